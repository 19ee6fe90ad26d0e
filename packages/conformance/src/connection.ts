import type { IceCandidate, SessionDescription } from '@sigchart/core/machines';
import type { ConnectionPurpose, MediaKind } from './case.ts';

/** Media and data channel messages at a participant's connection. */
export interface MediaEnd {
  /** Name of this connection in all media that it sends. */
  readonly name: string;
  /** Number of RTP packets received, except those that are only padding. */
  readonly packets: number;
  /**
   * Number of RTP packets of a kind that a decoder can use: their payload is one of the codec, for video after a key frame, and most
   * packets before them have arrived. With `from`, only those of these connections, by name, and those whose origin is unknown.
   */
  received(kind: MediaKind, from?: readonly string[]): number;
  /** Texts received on data channels. */
  readonly data: readonly string[];
  /** Sends a text on the data channel, once that is open. */
  sendData(text: string): void;
}

/** The part of `RTCPeerConnection` that a conversation needs. A browser's fits, and so does anything of W3C's shape. */
export interface PeerConnectionEnd {
  readonly connectionState: string;
  readonly localDescription: { readonly sdp: string } | null;
  createOffer(): Promise<{ readonly sdp?: string }>;
  createAnswer(): Promise<{ readonly sdp?: string }>;
  setLocalDescription(description: SessionDescription): Promise<unknown>;
  setRemoteDescription(description: SessionDescription): Promise<unknown>;
  addIceCandidate(candidate: IceCandidate): Promise<unknown>;
  addEventListener(type: 'connectionstatechange', listener: () => void): void;
  addEventListener(
    type: 'icecandidate',
    listener: (event: {
      readonly candidate?: {
        readonly candidate: string;
        readonly sdpMid?: string | null;
        readonly sdpMLineIndex?: number | null;
      } | null;
    }) => void,
  ): void;
  /** Absent where connections touch no network; steps about media then do nothing. */
  readonly media?: MediaEnd;
  close(): unknown;
}

/** Opens a connection of a participant, with what it sends already in it. */
export type OpenEnd = (as: ConnectionPurpose, streamId: string) => PeerConnectionEnd | Promise<PeerConnectionEnd>;

/** So that candidates take the way that is to be shown, and no other. */
const withoutCandidates = (sdp: string): string => sdp.replace(/^a=(candidate:.*|end-of-candidates)\r?\n/gm, '');

/** A connection of a participant. Candidates of the other side may come at any time; they wait for its description. */
export class End {
  readonly #connection: Promise<PeerConnectionEnd>;
  #opened: PeerConnectionEnd | undefined;
  readonly #candidates: IceCandidate[] = [];
  readonly #listeners: ((candidate: IceCandidate) => void)[] = [];
  #waiting: IceCandidate[] | undefined = [];
  #closed = false;
  /** The local description that was sent last, and the remote one that was applied last. */
  own: string | undefined;
  theirs: string | undefined;

  constructor(open: () => PeerConnectionEnd | Promise<PeerConnectionEnd>) {
    this.#connection = Promise.resolve(open()).then((connection) => {
      this.#opened = connection;
      if (this.#closed) connection.close();
      connection.addEventListener('icecandidate', ({ candidate }) => {
        if (!candidate || candidate.candidate === '') return;
        const { candidate: line, sdpMid = null, sdpMLineIndex = null } = candidate;
        const made = { candidate: line, sdpMid, sdpMLineIndex };
        this.#candidates.push(made);
        for (const listener of this.#listeners) listener(made);
      });
      return connection;
    });
  }

  /** Makes and applies the own description. */
  async describe(type: SessionDescription['type']): Promise<string> {
    const connection = await this.#connection;
    const { sdp = '' } = await (type === 'offer' ? connection.createOffer() : connection.createAnswer());
    await connection.setLocalDescription({ type, sdp });
    this.own = withoutCandidates(connection.localDescription?.sdp ?? sdp);
    return this.own;
  }

  /** Applies the other side's description, and what candidates have waited for it. */
  async apply(description: SessionDescription): Promise<void> {
    const connection = await this.#connection;
    await connection.setRemoteDescription(description);
    this.theirs = description.sdp;
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const candidate of waiting) await connection.addIceCandidate(candidate).catch(() => {});
  }

  /** Takes a candidate of the other side. One that cannot be used is one path less. */
  add(candidate: IceCandidate): void {
    if (this.#waiting !== undefined) this.#waiting.push(candidate);
    else void this.#connection.then((connection) => connection.addIceCandidate(candidate)).catch(() => {});
  }

  /** True if it has the other side's description. */
  get isDescribed(): boolean {
    return this.#waiting === undefined;
  }

  /** Hands on every own candidate, those made already and those to come. */
  onCandidate(listener: (candidate: IceCandidate) => void): void {
    this.#listeners.push(listener);
    for (const candidate of this.#candidates) listener(candidate);
  }

  /** True if it was opened, and not closed. */
  get isOpen(): boolean {
    return this.#opened !== undefined && !this.#closed;
  }

  /** Received media, if connections use a network. */
  get media(): MediaEnd | undefined {
    return this.#opened?.media;
  }

  get state(): string {
    return this.#opened?.connectionState ?? 'new';
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    void Promise.resolve(this.#opened?.close()).catch(() => {});
  }
}

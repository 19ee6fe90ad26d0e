import type { IceCandidate, SessionDescription } from '@sigchart/core';
import type { IceCandidateEventLike, PeerConnectionLike, TransceiverLike } from '@sigchart/webrtc';
import { type LocalSection, writeDescription } from './sdp/localDescription.ts';
import type { RemoteDescription } from './sdp/remoteDescription.ts';
import {
  Transport,
  type TransportListener,
  type TransportOptions,
  type TransportState,
} from './transport/transport.ts';

/** An operation that does not fit where the negotiation is. @see https://webidl.spec.whatwg.org/#invalidstateerror */
export class InvalidStateError extends Error {
  override readonly name = 'InvalidStateError';
}

/** The worst state first: that of the connection is the worst of its transports'. */
const states: readonly TransportState[] = ['failed', 'disconnected', 'connecting', 'new', 'connected'];

/** What both kinds of connection share: transports, candidates, states, and the own description. */
export abstract class Connection implements PeerConnectionLike {
  readonly #options: TransportOptions;
  readonly #transports = new Map<string, Transport>();
  readonly #sessionId = String(Math.floor(Math.random() * 2 ** 52));
  readonly #candidateListeners: ((event: IceCandidateEventLike) => void)[] = [];
  readonly #stateListeners: (() => void)[] = [];
  readonly #onClosed: () => void;
  #version = 0;
  #described = false;
  #closed: Promise<void> | undefined;
  /** The sections of the own description, in its order. */
  protected sections: readonly LocalSection[] = [];
  protected remote: RemoteDescription | undefined;

  constructor(options: TransportOptions, onClosed: () => void) {
    this.#options = options;
    this.#onClosed = onClosed;
  }

  get connectionState(): string {
    if (this.#closed !== undefined) return 'closed';
    const all = [...this.#transports.values()].map(({ state }) => state);
    return states.find((state) => all.includes(state)) ?? 'new';
  }

  get localDescription(): { readonly sdp: string } | null {
    return this.#described ? { sdp: this.write() } : null;
  }

  protected get isClosed(): boolean {
    return this.#closed !== undefined;
  }

  protected get transports(): readonly Transport[] {
    return [...this.#transports.values()];
  }

  /** Hears the packets and the state of a transport. */
  protected abstract listenTo(transport: () => Transport): Omit<TransportListener, 'candidate'>;

  /** The transport of a BUNDLE group, by the `mid` of its first section; a new one if there is none. */
  protected transport(mid: string, controlling: boolean): Transport {
    const known = this.#transports.get(mid);
    if (known !== undefined) return known;
    const listener = this.listenTo(() => transport);
    const transport: Transport = new Transport(this.#options, controlling, {
      rtp: (packet) => listener.rtp(packet),
      rtcp: (packet) => listener.rtcp(packet),
      stateChanged: () => {
        listener.stateChanged();
        for (const changed of this.#stateListeners) changed();
      },
      candidate: (candidate) => {
        const sdpMLineIndex = this.sections.findIndex((section) => section.transport === transport);
        for (const heard of this.#candidateListeners)
          heard({ candidate: { candidate, sdpMid: mid, sdpMLineIndex: Math.max(0, sdpMLineIndex) } });
      },
    });
    this.#transports.set(mid, transport);
    return transport;
  }

  /** Frees transports that no section uses any more. */
  protected dropUnusedTransports(): void {
    for (const [mid, transport] of this.#transports) {
      if (this.sections.some((section) => section.transport === transport)) continue;
      this.#transports.delete(mid);
      void transport.close();
    }
  }

  protected write(): string {
    return writeDescription(this.#sessionId, this.#version, this.sections);
  }

  protected assertOpen(): void {
    if (this.isClosed) throw new InvalidStateError('the connection is closed');
  }

  /** The own description is what was created last; it cannot be another. */
  protected async describe(): Promise<void> {
    this.#version += 1;
    this.#described = true;
    await Promise.all(this.transports.map((transport) => transport.gather()));
    this.assertOpen();
    if (this.transports.some(({ candidates }) => candidates.length === 0))
      throw new Error('no address or port to listen on');
  }

  abstract createOffer(): Promise<{ readonly sdp: string }>;
  abstract createAnswer(): Promise<{ readonly sdp: string }>;
  abstract setLocalDescription(description: SessionDescription): Promise<void>;
  abstract setRemoteDescription(description: SessionDescription): Promise<void>;
  abstract getTransceivers(): readonly TransceiverLike[];

  async addIceCandidate({ candidate, sdpMid, sdpMLineIndex }: IceCandidate): Promise<void> {
    if (this.remote === undefined) throw new InvalidStateError('no remote description');
    const { sections } = this.remote;
    // An end of candidates is not told to werift, which would then fail for good when none of them answers at once.
    if (candidate === '' || this.isClosed) return;
    const section = sections.find(({ mid }) => mid === sdpMid) ?? sections[sdpMLineIndex ?? 0];
    const transport = section && this.#transports.get(section.bundledWith);
    if (section === undefined || transport === undefined) throw new Error('no media section of that candidate');
    await transport.addCandidate(candidate);
  }

  /** Adds the candidates that a description brought along. */
  protected addCandidatesOf({ sections }: RemoteDescription): void {
    for (const { bundledWith, media } of sections) {
      for (const { foundation, component, transport, priority, ip, port, type } of media.candidates ?? []) {
        const line = `candidate:${foundation} ${component} ${transport} ${priority} ${ip} ${port} typ ${type}`;
        this.#transports
          .get(bundledWith)
          ?.addCandidate(line)
          .catch(() => {});
      }
    }
  }

  addEventListener(type: 'connectionstatechange', listener: () => void): void;
  addEventListener(type: 'icecandidate', listener: (event: IceCandidateEventLike) => void): void;
  addEventListener(type: string, listener: (event: IceCandidateEventLike) => void): void {
    if (type === 'icecandidate') this.#candidateListeners.push(listener);
    else this.#stateListeners.push(listener as () => void);
  }

  /** Ends what the connection does. Called once, before its transports are closed. */
  protected abstract end(): void;

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#stateListeners.length = 0;
    this.#candidateListeners.length = 0;
    this.end();
    await Promise.all(this.transports.map((transport) => transport.close()));
    this.#onClosed();
  }
}

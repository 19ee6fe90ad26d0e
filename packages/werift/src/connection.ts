import type { IceCandidate, SessionDescription } from '@sigchart/core/machines';
import type { IceCandidateEventLike, PeerConnectionLike, TransceiverLike } from '@sigchart/webrtc';
import type { MediaDescription } from 'sdp-transform';
import { type LocalSection, writeDescription } from './sdp/localDescription.ts';
import { DescriptionError, type RemoteSection, type RemoteTransport } from './sdp/remoteDescription.ts';
import { lineOf } from './transport/candidate.ts';
import type { PacketListener } from './transport/srtpTransport.ts';
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

/** Dependencies and options of a connection. */
export interface ConnectionOptions extends TransportOptions {
  /** Called when all its resources are released. */
  readonly onClosed: () => void;
}

/** Handler of the packets of one transport. */
export interface TransportHandler extends PacketListener {
  /** Called when the transport moves away from a path that did not answer: what was sent last is lost. */
  moved(): void;
  close(): void;
}

/** A section of an offer, and the section whose transport it uses with what the remote says of that; `undefined` when it is rejected. */
export interface Bundled {
  readonly offered: RemoteSection;
  readonly tagged: Tagged | undefined;
}

/** The first section of a BUNDLE group, or an unbundled section, and its transport parameters. */
interface Tagged {
  readonly section: RemoteSection;
  readonly transport: RemoteTransport;
}

/** The worst state first: a connection is as its worst transport is. */
const states: readonly TransportState[] = ['failed', 'disconnected', 'connecting', 'new', 'connected'];

/** Base of publishers' and players' connections: transports, candidates, states, and the local description. */
export abstract class Connection<Handler extends TransportHandler = TransportHandler> implements PeerConnectionLike {
  readonly #options: ConnectionOptions;
  readonly #transports = new Map<Transport, Handler>();
  /** Pending closes of transports that are no longer used. */
  readonly #dropped = new Set<Promise<void>>();
  readonly #sessionId = String(Math.floor(Math.random() * 2 ** 52));
  readonly #candidateListeners: ((event: IceCandidateEventLike) => void)[] = [];
  readonly #stateListeners: (() => void)[] = [];
  readonly #negotiationListeners: (() => void)[] = [];
  readonly #changeListeners = { datachannelopen: new Set<() => void>(), audiolevelchange: new Set<() => void>() };
  #state = 'new';
  #version = 0;
  #isDescribed = false;
  #closing: Promise<void> | undefined;
  /** The mids of the remote description's tagged sections (RFC 9143), whose candidates count. */
  #tagged: ReadonlySet<string> | undefined;
  /** For each transport of an answer, the mid of its tagged section. */
  readonly #speakers = new WeakMap<Transport, string>();
  /** The sections of the own description. */
  protected sections: readonly LocalSection[] = [];

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  get connectionState(): string {
    if (this.#closing !== undefined) return 'closed';
    const all = this.transports.map(({ state }) => state);
    return states.find((state) => all.includes(state)) ?? 'new';
  }

  get localDescription(): { readonly sdp: string } | null {
    return this.#isDescribed ? { sdp: this.write() } : null;
  }

  /** Number of UDP sockets that are open. */
  get sockets(): number {
    return this.transports.reduce((sum, transport) => sum + transport.sockets, 0);
  }

  protected get transports(): readonly Transport[] {
    return [...this.#transports.keys()];
  }

  /** The transport of an own section. */
  protected transportAt(mid: string | undefined): Transport | undefined {
    return this.sections.find((section) => section.mid === mid)?.transport;
  }

  protected handlerOf(transport: Transport): Handler | undefined {
    return this.#transports.get(transport);
  }

  /** Opens what deals with the packets of a transport. */
  protected abstract handle(transport: Transport): Handler;

  /** Called when a transport has changed its state. */
  protected abstract transportChanged(transport: Transport): void;

  /** Opens a transport; with the ICE credentials of another, if it was `offered` as that one. */
  protected openTransport(isOffering: boolean, offered?: Transport): Transport {
    const listener: TransportListener = {
      rtp: (packet, atMs) => {
        transport.traffic.received(packet.payload.length);
        handler.rtp(packet, atMs);
      },
      rtcp: (packet, atMs) => handler.rtcp(packet, atMs),
      rtcpBytes: (packet, atMs) => handler.rtcpBytes(packet, atMs),
      stateChanged: () => {
        this.transportChanged(transport);
        this.#updateState();
      },
      candidate: (candidate) => this.#announce(candidate, transport),
      moved: () => handler.moved(),
    };
    const transport = new Transport(this.#options, isOffering, listener, offered);
    const handler = this.handle(transport);
    this.#transports.set(transport, handler);
    return transport;
  }

  /**
   * The transports of an answer, by tagged section. If another section becomes the tagged one of a transport, because the
   * previous one was rejected or a new one precedes it, browsers open a new transport with the previous ICE credentials.
   */
  protected answeringTransports(answered: readonly Bundled[]): ReadonlyMap<RemoteSection, Transport> {
    const transports = new Map<RemoteSection, Transport>();
    for (const { tagged } of answered) {
      if (tagged === undefined || transports.has(tagged.section)) continue;
      const bundled = answered.filter((one) => one.tagged?.section === tagged.section);
      const mids = bundled.map(({ offered }) => offered.mid);
      const transport = this.#answeringTransport(tagged, mids);
      transport.setRemote(tagged.transport);
      transports.set(tagged.section, transport);
    }
    return transports;
  }

  #answeringTransport({ section, transport: remote }: Tagged, bundled: readonly string[]): Transport {
    // A remote that starts another DTLS association has also restarted ICE, so the old transport is useless.
    const known = this.sections.flatMap(({ mid, transport }) =>
      bundled.includes(mid) && transport?.fits(remote) === true ? transport : [],
    );
    const same = known.find((transport) => this.#speakers.get(transport) === section.mid);
    if (same !== undefined) return same;
    const transport = this.openTransport(false, known[0]);
    this.#speakers.set(transport, section.mid);
    return transport;
  }

  /**
   * Asserts that an offer has the sections of the one before, in their order; a rejected one may have become another. Another
   * connection of the remote may have any sections.
   *
   * @throws {DescriptionError} when it has not.
   */
  protected assertFollows(offered: readonly RemoteSection[]): void {
    const remotes = offered.flatMap(({ transport }) => transport ?? []);
    const isKnown = (remote: RemoteTransport) => this.transports.some((transport) => transport.fits(remote));
    if (remotes.length > 0 && !remotes.some(isKnown)) return;
    const differs = this.sections.some(({ mid, kind, transport }, index) => {
      const section = offered[index];
      return section === undefined || (transport !== undefined && (section.mid !== mid || section.kind !== kind));
    });
    if (differs) throw new DescriptionError('the sections do not match those of the previous offer');
  }

  #updateState(): void {
    const state = this.connectionState;
    if (state === this.#state) return;
    this.#state = state;
    for (const listener of this.#stateListeners) listener();
  }

  #announce(candidate: string, transport: Transport): void {
    const sdpMLineIndex = this.sections.findIndex((section) => section.transport === transport);
    const sdpMid = this.sections[sdpMLineIndex]?.mid ?? null;
    for (const listener of this.#candidateListeners) listener({ candidate: { candidate, sdpMid, sdpMLineIndex } });
  }

  /** Frees the transports that no section uses any more. */
  protected dropUnusedTransports(): void {
    for (const [transport, handler] of this.#transports) {
      if (this.sections.some((section) => section.transport === transport)) continue;
      this.#transports.delete(transport);
      handler.close();
      const closing = transport.close().finally(() => this.#dropped.delete(closing));
      this.#dropped.add(closing);
    }
    this.#updateState();
  }

  protected write(): string {
    return writeDescription(this.#sessionId, this.#version, this.sections);
  }

  /** @throws {InvalidStateError} once the connection is closed. */
  protected assertOpen(): void {
    if (this.#closing !== undefined) throw new InvalidStateError('the connection is closed');
  }

  /**
   * Makes what was written last the own description, and gathers what candidates it lacks.
   *
   * @throws {Error} when there is no port to listen on.
   */
  protected async describe(): Promise<void> {
    this.#version += 1;
    this.#isDescribed = true;
    await this.gather();
  }

  /**
   * Gathers what candidates the transports lack.
   *
   * @throws {Error} when there is no port to listen on.
   */
  protected async gather(): Promise<void> {
    await Promise.all(this.transports.map((transport) => transport.gather()));
    this.assertOpen();
    const lacking = this.transports.filter(({ candidates }) => candidates.length === 0);
    if (lacking.length === 0) return;
    // The connection cannot continue.
    if (this.#state !== 'new') for (const transport of lacking) transport.fail();
    throw new Error('no port is free to listen on');
  }

  abstract createOffer(): Promise<{ readonly sdp: string }>;
  abstract createAnswer(): Promise<{ readonly sdp: string }>;
  abstract setLocalDescription(description: SessionDescription): Promise<void>;
  abstract setRemoteDescription(description: SessionDescription): Promise<void>;
  abstract getTransceivers(): readonly TransceiverLike[];

  /**
   * Accepts candidates of these remote sections from now on, and ignores those of others.
   *
   * @param bytes - The length of the description, which pays for checks of its candidates.
   */
  protected expectCandidates(tagged: readonly string[], bytes: number): void {
    this.#tagged = new Set(tagged);
    const described = new Set(tagged.flatMap((mid) => this.transportAt(mid) ?? []));
    for (const transport of described) transport.earn(bytes / described.size);
  }

  /** Adds the candidates that a section of the remote brought along. */
  protected addCandidatesOf(mid: string, { candidates = [] }: MediaDescription): void {
    for (const candidate of candidates)
      try {
        this.#add(lineOf(candidate), mid);
      } catch {
        // One that cannot be used is one path less.
      }
  }

  /** @throws {TypeError} when it is no candidate that can be reached from here. */
  #add(candidate: string, mid: string | undefined): void {
    // The others are for ports that the remote does not use, because their sections are bundled or rejected.
    if (mid === undefined || this.#tagged?.has(mid) !== true) return;
    this.transportAt(mid)?.addCandidate(candidate);
  }

  async addIceCandidate({ candidate, sdpMid, sdpMLineIndex }: IceCandidate): Promise<void> {
    if (this.#tagged === undefined) throw new InvalidStateError('the description of the candidate is not applied yet');
    // An end of candidates changes nothing: those of this end may still be found by the checks of the remote.
    if (candidate === '' || this.#closing !== undefined) return;
    const isKnown = this.sections.some(({ mid }) => mid === sdpMid);
    const mid = isKnown && sdpMid !== null ? sdpMid : this.sections[sdpMLineIndex ?? 0]?.mid;
    this.transportAt(mid)?.earn(candidate.length);
    this.#add(candidate, mid);
  }

  async checkMedia(): Promise<boolean> {
    const alive = await Promise.all(this.transports.map((transport) => transport.isRemoteAlive()));
    return alive.includes(true);
  }

  addEventListener(
    type: 'connectionstatechange' | 'negotiationneeded' | 'datachannelopen' | 'audiolevelchange',
    listener: () => void,
  ): void;
  addEventListener(type: 'icecandidate', listener: (event: IceCandidateEventLike) => void): void;
  addEventListener(type: string, listener: (event: IceCandidateEventLike) => void): void {
    if (type === 'icecandidate') this.#candidateListeners.push(listener);
    else if (type === 'negotiationneeded') this.#negotiationListeners.push(listener as () => void);
    else if (type === 'datachannelopen' || type === 'audiolevelchange')
      this.#changeListeners[type].add(listener as () => void);
    else this.#stateListeners.push(listener as () => void);
  }

  /** Dispatches an event that is not about negotiation. */
  protected changed(type: 'datachannelopen' | 'audiolevelchange'): void {
    for (const listener of this.#changeListeners[type]) listener();
  }

  /** Dispatches `negotiationneeded`. */
  protected needNegotiation(): void {
    for (const listener of this.#negotiationListeners) listener();
  }

  /** Ends what it does, before its transports are closed. */
  protected abstract end(): void;

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#stateListeners.length = 0;
    this.#candidateListeners.length = 0;
    this.#negotiationListeners.length = 0;
    for (const listeners of Object.values(this.#changeListeners)) listeners.clear();
    this.end();
    for (const handler of this.#transports.values()) handler.close();
    await Promise.all([...this.#dropped, ...this.transports.map((transport) => transport.close())]);
    this.#options.onClosed();
  }
}

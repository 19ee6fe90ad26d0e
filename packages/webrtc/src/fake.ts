import type { IceCandidate, SessionDescription } from '@sigchart/core/machines';
import type { IceCandidateEventLike, PeerConnectionLike, TransceiverLike } from './connection.ts';

/** Connections that reach each other by what their descriptions say, without any network. */
export interface FakeNetwork {
  /** A new connection. `trackIds` are the tracks it sends, one media section each. */
  connect(trackIds?: readonly string[]): FakeConnection;
  /** Number of connections that are open. */
  readonly open: number;
}

/** A connection for tests. Behaves as the W3C says as far as {@link PeerConnectionLike} goes. */
export interface FakeConnection extends PeerConnectionLike {
  /** Makes the network fail under both sides, or restores it. */
  setReachable(reachable: boolean): void;
  /** From now on sends nothing, which the other side has not noticed yet. */
  fallSilent(): void;
}

const version = 'v=0\r\n';

class Fake implements FakeConnection {
  connectionState = 'new';
  localDescription: { readonly sdp: string } | null = null;
  readonly #name: string;
  readonly #network: Map<string, Fake>;
  readonly #transceivers: TransceiverLike[];
  readonly #candidateListeners: ((event: IceCandidateEventLike) => void)[] = [];
  readonly #stateListeners: (() => void)[] = [];
  #local: SessionDescription['type'] | undefined;
  #remote: SessionDescription['type'] | undefined;
  #other: string | undefined;
  #reached = false;
  #isSilent = false;
  /** True from the description of a replacing connection until it is connected. */
  #isReplaced = false;

  constructor(name: string, network: Map<string, Fake>, trackIds: readonly string[]) {
    this.#name = name;
    this.#network = network;
    this.#transceivers = trackIds.map((id, index) => ({ mid: String(index), sender: { track: { id } } }));
    network.set(name, this);
  }

  #sdp = () => `${version}a=ice-ufrag:${this.#name}\r\n`;

  #fail(reason: string): never {
    const error = new Error(reason);
    error.name = 'InvalidStateError';
    throw error;
  }

  async createOffer() {
    if (this.connectionState === 'closed') this.#fail('closed');
    return { sdp: this.#sdp() };
  }

  async createAnswer() {
    if (this.#remote !== 'offer') this.#fail('no offer to answer');
    return { sdp: this.#sdp() };
  }

  async setLocalDescription({ type, sdp }: SessionDescription) {
    if (this.connectionState === 'closed') this.#fail('closed');
    this.localDescription = { sdp };
    this.#local = type;
    const line = `candidate:1 1 udp 1 127.0.0.1 9 typ host ufrag ${this.#name}`;
    for (const listener of this.#candidateListeners) {
      listener({ candidate: { candidate: line, sdpMid: '0', sdpMLineIndex: 0 } });
      listener({ candidate: null });
    }
    this.#settle();
  }

  async setRemoteDescription({ type, sdp }: SessionDescription) {
    const other = /^a=ice-ufrag:(\S+)/m.exec(sdp)?.[1];
    if (!sdp.startsWith(version) || other === undefined) this.#fail('not a description');
    if (type === 'answer' && this.#local !== 'offer') this.#fail('there is no offer to answer');
    this.#isReplaced ||= this.#other !== undefined && this.#other !== other;
    this.#other = other;
    this.#remote = type;
    this.#settle();
  }

  async addIceCandidate({ candidate }: IceCandidate) {
    if (this.#other === undefined) this.#fail('no remote description');
    if (candidate !== '') this.#reached = true;
    this.#settle();
  }

  /** Connects both sides once each has described itself and one has a candidate of the other. */
  #settle(): void {
    const other = this.#other === undefined ? undefined : this.#network.get(this.#other);
    if (other === undefined || other.#other !== this.#name) return;
    if (!this.#reached && !other.#reached) return;
    for (const side of [this, other]) {
      if (side.connectionState === 'new' || side.#isReplaced) side.become('connected');
      side.#isReplaced = false;
    }
  }

  become(state: string): void {
    if (this.connectionState === state || this.connectionState === 'closed') return;
    this.connectionState = state;
    for (const listener of this.#stateListeners) queueMicrotask(listener);
  }

  setReachable(reachable: boolean): void {
    const other = this.#other === undefined ? undefined : this.#network.get(this.#other);
    for (const side of [this, other]) side?.become(reachable ? 'connected' : 'disconnected');
  }

  getTransceivers() {
    return this.#transceivers;
  }

  addEventListener(type: string, listener: never): void {
    if (type === 'icecandidate') this.#candidateListeners.push(listener);
    else if (type === 'connectionstatechange') this.#stateListeners.push(listener);
  }

  fallSilent(): void {
    this.#isSilent = true;
  }

  async checkMedia() {
    const other = this.#other === undefined ? undefined : this.#network.get(this.#other);
    return this.connectionState === 'connected' && other !== undefined && !other.#isSilent;
  }

  close(): void {
    if (!this.#network.delete(this.#name)) return;
    this.connectionState = 'closed';
    const other = this.#other === undefined ? undefined : this.#network.get(this.#other);
    other?.become('disconnected');
  }
}

/** Makes a network of fake connections. */
export function fakeNetwork(): FakeNetwork {
  const connections = new Map<string, Fake>();
  let count = 0;
  return {
    connect(trackIds = []) {
      count += 1;
      return new Fake(`fake${count}`, connections, trackIds);
    },
    get open() {
      return connections.size;
    },
  };
}

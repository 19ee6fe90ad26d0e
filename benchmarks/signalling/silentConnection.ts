import type { IceCandidate, SessionDescription } from '@sigchart/core/machines';
import type { IceCandidateEventLike, PeerConnectionLike } from '@sigchart/webrtc';

/**
 * A connection that costs next to nothing: it answers with a text, and is connected as soon as it has a candidate. What is
 * left is the signalling.
 */
export class SilentConnection implements PeerConnectionLike {
  connectionState = 'new';
  localDescription: { readonly sdp: string } | null = null;
  readonly #answer: string;
  readonly #stateListeners: (() => void)[] = [];
  readonly #candidateListeners: ((event: IceCandidateEventLike) => void)[] = [];

  constructor(answer: string) {
    this.#answer = answer;
  }

  async createOffer() {
    return { sdp: this.#answer };
  }

  async createAnswer() {
    return { sdp: this.#answer };
  }

  async setLocalDescription({ sdp }: SessionDescription) {
    this.localDescription = { sdp };
    const candidate = 'candidate:1 1 udp 2130706431 192.0.2.1 50000 typ host';
    for (const listener of this.#candidateListeners)
      listener({ candidate: { candidate, sdpMid: '0', sdpMLineIndex: 0 } });
  }

  async setRemoteDescription(_: SessionDescription) {}

  async addIceCandidate(_: IceCandidate) {
    if (this.connectionState === 'connected') return;
    this.connectionState = 'connected';
    for (const listener of this.#stateListeners) listener();
  }

  getTransceivers() {
    return [];
  }

  addEventListener(type: string, listener: (event: IceCandidateEventLike) => void): void {
    if (type === 'icecandidate') this.#candidateListeners.push(listener);
    else if (type === 'connectionstatechange') this.#stateListeners.push(listener as () => void);
  }

  close() {
    this.connectionState = 'closed';
  }
}

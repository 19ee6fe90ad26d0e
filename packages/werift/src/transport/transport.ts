import { setImmediate } from 'node:timers/promises';
import type { IceServer } from '@sigchart/core';
import {
  parseIceServers,
  type RTCCertificate,
  RTCDtlsFingerprint,
  RTCDtlsParameters,
  RTCIceGatherer,
  RTCIceTransport,
  type RtcpPacket,
  type RtpHeader,
} from 'werift';
import { isSameAssociation, type RemoteTransport } from '../sdp/remoteDescription.ts';
import type { Addresses } from './addresses.ts';
import { announced, type LocalCandidate, lineOf, readCandidate } from './candidate.ts';
import { Liveness } from './liveness.ts';
import { pairRelays, renewSockets, secureSockets, sendDatagram, setCredentials } from './sockets.ts';
import { type PacketListener, SrtpTransport } from './srtpTransport.ts';

/** What every transport of a process shares. */
export interface TransportOptions {
  readonly certificate: RTCCertificate;
  readonly addresses: Addresses;
  readonly iceServers: readonly IceServer[];
  /** The first and the last UDP port to use. */
  readonly portRange: readonly [number, number];
}

/** What a transport tells its connection. */
export interface TransportListener extends PacketListener {
  stateChanged(): void;
  candidate(line: string): void;
}

/** Where a transport is, in the words of W3C's `RTCPeerConnectionState`. */
export type TransportState = 'new' | 'connecting' | 'connected' | 'disconnected' | 'failed';

/** How long gathering may hold a description back; candidates of slower servers trickle. Milliseconds. */
const gatheringMs = 300;

/** The most candidates of a peer that are tried: each is one more address that this server sends checks to. */
const maxRemoteCandidates = 64;

/** ICE, DTLS and SRTP of one 5-tuple: what the media sections of one BUNDLE group share. */
export class Transport {
  state: TransportState = 'new';
  /** The candidates gathered so far. */
  readonly candidates: LocalCandidate[] = [];
  /** How many UDP sockets are open. */
  sockets = 0;
  readonly dtls: SrtpTransport;
  readonly #ice: RTCIceTransport;
  readonly #gatherer: RTCIceGatherer;
  readonly #listener: TransportListener;
  readonly #liveness: Liveness;
  readonly #remoteCandidates = new Set<string>();
  /** Those of before an ICE restart, over which packets come until the new ones are in use. */
  readonly #closeOldSockets: (() => Promise<void>)[] = [];
  #remote: RemoteTransport | undefined;
  #gathering: Promise<void> | undefined;
  #started = false;
  #closed = false;

  /**
   * @param controlling - Whether this end made the first offer (RFC 8445 § 6.1.1).
   * @param offered - One that this one was offered as, so that it has the same ICE credentials.
   */
  constructor(options: TransportOptions, controlling: boolean, listener: TransportListener, offered?: Transport) {
    const { certificate, addresses, iceServers, portRange } = options;
    this.#listener = listener;
    this.#gatherer = new RTCIceGatherer({
      ...parseIceServers(iceServers.map((server) => ({ ...server }))),
      // werift's own choice would be a socket for each address.
      useIpv4: false,
      useIpv6: false,
      additionalHostAddresses: [...addresses.listen],
      interfaceAddresses: addresses.bind,
      portRange: [...portRange],
    });
    const { connection } = this.#gatherer;
    // Without a STUN server werift asks one on the internet.
    if (!iceServers.some(({ urls }) => urls.startsWith('stun'))) delete connection.stunServer;
    connection.iceControlling = controlling;
    if (offered !== undefined) {
      const { usernameFragment, password } = offered.local;
      setCredentials(connection, usernameFragment, password);
    }
    this.#ice = new RTCIceTransport(this.#gatherer);
    this.#ice.onIceCandidate.subscribe((candidate) => {
      if (candidate === undefined) return;
      this.sockets = secureSockets(connection);
      if (candidate.type === 'relay') pairRelays(connection);
      for (const local of announced(candidate, addresses.announce)) {
        this.candidates.push(local);
        listener.candidate(lineOf(local));
      }
    });
    this.#ice.onStateChange.subscribe((state) => {
      if (state === 'failed') this.#become('failed');
    });
    this.dtls = new SrtpTransport(this.#ice, certificate, listener);
    this.dtls.onStateChange.subscribe((state) => {
      if (state === 'connected') {
        this.#liveness.start();
        this.#become('connected');
      }
      // The peer has said goodbye, or is not who it claimed to be.
      if (state === 'closed' || state === 'failed') this.#become('failed');
    });
    this.#liveness = new Liveness(connection, (alive) => this.#become(alive ? 'connected' : 'disconnected'));
  }

  #become(state: TransportState): void {
    if (this.#closed || this.state === state || this.state === 'failed') return;
    this.state = state;
    this.#listener.stateChanged();
  }

  /** Gives up. */
  fail(): void {
    this.#become('failed');
  }

  /** What the own description says of this transport. */
  get local() {
    const { usernameFragment, password } = this.#gatherer.localParameters;
    const [fingerprint] = this.dtls.localParameters.fingerprints;
    return { usernameFragment, password, fingerprint };
  }

  /** Whether packets can be sent. */
  get isWritable(): boolean {
    return this.state === 'connected';
  }

  /** What the own answer says about who begins DTLS: the peer, unless it cannot. @see RFC 8842 § 5.3 */
  get setup(): 'active' | 'passive' {
    return this.#remote?.setup === 'passive' ? 'active' : 'passive';
  }

  /** Gathers candidates. Resolves when those of hosts are there; those of servers may follow. */
  async gather(): Promise<void> {
    if (this.#closed || this.#gatherer.gatheringState !== 'new') return;
    this.#gathering = this.#gatherer.gather().catch(() => {});
    let timeout: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timeout = setTimeout(resolve, gatheringMs);
    });
    await Promise.race([this.#gathering, late]);
    clearTimeout(timeout);
  }

  /** Takes what the peer says of its end. Other ICE credentials than before restart ICE. */
  setRemote(remote: RemoteTransport): void {
    const { usernameFragment, password, iceLite, fingerprints } = remote;
    if (this.#remote !== undefined && !this.isOf(remote)) {
      this.candidates.length = 0;
      this.#remoteCandidates.clear();
      this.#started = false;
      this.#closeOldSockets.push(renewSockets(this.#gatherer.connection));
    }
    // The roles of DTLS last as long as it does, whatever a later offer says of them.
    this.#remote = this.#remote === undefined ? remote : { ...remote, setup: this.#remote.setup };
    this.#ice.setRemoteParams({ usernameFragment, password, iceLite });
    if (iceLite) this.#gatherer.connection.iceControlling = true;
    this.dtls.setRemoteParams(
      new RTCDtlsParameters(
        fingerprints.map(({ algorithm, value }) => new RTCDtlsFingerprint(algorithm, value)),
        'auto',
      ),
    );
  }

  async #closeOld(): Promise<void> {
    await Promise.all(this.#closeOldSockets.splice(0).map((close) => close()));
  }

  /** Whether these are the ICE credentials of the peer's end. */
  isOf({ usernameFragment, password }: RemoteTransport): boolean {
    return this.#remote?.usernameFragment === usernameFragment && this.#remote.password === password;
  }

  /** Whether this is the transport of a remote end, or is free for it. Another DTLS association needs another transport. */
  fits(remote: RemoteTransport): boolean {
    return this.#remote === undefined || isSameAssociation(this.#remote, remote);
  }

  /** Whether another transport has the same remote, which has given it another one for its sections. */
  hasRemoteOf(other: Transport): boolean {
    return other.#remote !== undefined && this.fits(other.#remote);
  }

  /** Connects to the peer, once its parameters are set and gathering has begun. */
  start(): void {
    if (this.#closed || this.#remote === undefined || this.#started) return;
    this.#started = true;
    if (this.state === 'new') this.#become('connecting');
    if (this.dtls.state === 'new') this.dtls.role = this.setup === 'active' ? 'client' : 'server';
    this.#connect().catch(() => this.#become('failed'));
  }

  async #connect(): Promise<void> {
    await this.#ice.start();
    await this.#closeOld();
    if (this.dtls.state === 'new' && !this.#closed) await this.dtls.start();
  }

  /**
   * Adds a candidate of the peer.
   *
   * @throws {TypeError} when it is none that can be reached from here.
   */
  addCandidate(line: string): void {
    const candidate = readCandidate(line);
    const address = `${candidate.ip} ${candidate.port}`;
    // Many a description repeats them in each section.
    if (this.#remoteCandidates.has(address) || this.#remoteCandidates.size === maxRemoteCandidates) return;
    this.#remoteCandidates.add(address);
    // Not waited for: a name on the local network is asked for up to 10 s, and what comes behind it may be what connects.
    this.#ice.addRemoteCandidate(candidate)?.catch(() => {});
  }

  /** Encrypts and sends one RTP packet. */
  sendRtp(payload: Buffer, header: RtpHeader): void {
    sendDatagram(this.#ice.connection, this.dtls.encrypt(payload, header));
  }

  /** Encrypts and sends RTCP packets as one compound. */
  sendRtcp(packets: RtcpPacket[]): void {
    if (this.isWritable && packets.length > 0) this.dtls.sendRtcp(packets).catch(() => {});
  }

  /** Encrypts and sends RTCP that werift does not write. */
  sendRtcpBytes(bytes: Buffer): void {
    if (this.isWritable) this.#ice.connection.send(this.dtls.srtcp.encrypt(bytes)).catch(() => {});
  }

  /** Tells the peer, and frees the sockets. Safe at any time, and twice. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#liveness.stop();
    this.dtls.end();
    // Node sends in the next turn, if the socket is still open then.
    await setImmediate();
    await this.dtls.stop().catch(() => {});
    await this.#closeOld().catch(() => {});
    if (this.#gathering !== undefined) {
      // A socket that was being bound when the others were closed is closed after them.
      await this.#gathering;
      await this.#gatherer.connection.close().catch(() => {});
    }
    this.sockets = 0;
  }
}

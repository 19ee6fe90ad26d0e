import { setImmediate } from 'node:timers/promises';
import type { IceServer } from '@sigchart/core/machines';
import {
  type IceCandidate,
  type RTCCertificate,
  RTCDtlsFingerprint,
  RTCDtlsParameters,
  type RtcpPacket,
  type RtpHeader,
} from 'werift';
import { IceAgent } from '../ice/agent.ts';
import type { Base } from '../ice/base.ts';
import { gather } from '../ice/gathering.ts';
import { iceTransportOf } from '../ice/iceTransport.ts';
import { resolveMulticastName } from '../ice/multicastNames.ts';
import { canonical, isTarget } from '../ice/targets.ts';
import type { Schedule } from '../schedule.ts';
import { isSameAssociation, type RemoteTransport } from '../sdp/remoteDescription.ts';
import type { Addresses } from './addresses.ts';
import { announced, isMulticastName, type LocalCandidate, lineOf, readCandidate } from './candidate.ts';
import type { SocketShare } from './socketBudget.ts';
import { type PacketListener, SrtpTransport } from './srtpTransport.ts';
import { type FirstPacketListener, Traffic, TransportTraffic } from './traffic.ts';

/** Dependencies and options that all transports of a process share. */
export interface TransportOptions {
  readonly certificate: RTCCertificate;
  readonly addresses: Addresses;
  readonly iceServers: readonly IceServer[];
  /** The first and the last UDP port to use. */
  readonly portRange: readonly [number, number];
  /** Number of UDP sockets the client may have. */
  readonly sockets: SocketShare;
  /** True if candidates on private networks are checked. Default when this server is on one itself. */
  readonly privateCandidates?: boolean | undefined;
  /** Runs what they do every so often. */
  readonly schedule: Schedule;
  /** Counter of their traffic. Default none. */
  readonly traffic?: Traffic | undefined;
  readonly onFirstPacket?: FirstPacketListener | undefined;
}

/** Reports of a transport to its connection. */
export interface TransportListener extends PacketListener {
  stateChanged(): void;
  candidate(line: string): void;
  /** Called when it moves away from a path that did not answer: what was sent last is lost. */
  moved(): void;
}

/** State of a transport, as in W3C's `RTCPeerConnectionState`. */
export type TransportState = 'new' | 'connecting' | 'connected' | 'disconnected' | 'failed';

/** Time gathering may hold a description back; candidates of slower servers trickle. Milliseconds. */
const gatheringMs = 300;

/** Most candidates of a remote that are checked, in each ICE session. */
const maxRemoteCandidates = 64;

/** Maximum number of local network names resolved for one transport. */
const maxNames = 8;

/** ICE, DTLS and SRTP of one 5-tuple: what the media sections of one BUNDLE group share. */
export class Transport {
  state: TransportState = 'new';
  /** The candidates gathered so far. */
  readonly candidates: LocalCandidate[] = [];
  readonly dtls: SrtpTransport;
  readonly traffic: TransportTraffic;
  readonly #options: TransportOptions;
  readonly #ice: IceAgent;
  readonly #bases: Base[] = [];
  readonly #listener: TransportListener;
  readonly #remoteCandidates = new Set<string>();
  #names = 0;
  #remote: RemoteTransport | undefined;
  #gathering: Promise<void> | undefined;
  #hasPath: () => void = () => {};
  #started = false;
  #closed = false;

  /**
   * @param offers - True if this end makes the offers.
   * @param offered - The transport that this one was offered with, so that it has the same ICE credentials.
   */
  constructor(options: TransportOptions, offers: boolean, listener: TransportListener, offered?: Transport) {
    this.traffic = new TransportTraffic(options.traffic ?? new Traffic(), options.onFirstPacket);
    this.#options = options;
    this.#listener = listener;
    const paths = {
      connected: () => this.#hasPath(),
      alive: (isAlive: boolean) => {
        if (this.dtls.state === 'connected') this.#become(isAlive ? 'connected' : 'disconnected');
      },
      moved: () => listener.moved(),
      failed: () => this.#become('failed'),
    };
    this.#ice = new IceAgent(offers, paths, offered?.local, options.schedule);
    // A packet that can be decrypted is from the remote, whatever its address.
    const received: PacketListener = {
      rtp: (packet, atMs) => {
        this.#ice.authenticated(atMs);
        listener.rtp(packet, atMs);
      },
      rtcp: (packet, atMs) => {
        this.#ice.authenticated(atMs);
        listener.rtcp(packet, atMs);
      },
      rtcpBytes: (packet, atMs) => {
        this.#ice.authenticated(atMs);
        return listener.rtcpBytes(packet, atMs);
      },
    };
    this.dtls = new SrtpTransport(iceTransportOf(this.#ice), options.certificate, received);
    this.dtls.onStateChange.subscribe((state) => {
      if (state === 'connected') this.#become('connected');
      // The remote has sent close_notify, or failed verification.
      if (state === 'closed' || state === 'failed') this.#become('failed');
    });
  }

  /** Number of UDP sockets that are open. */
  get sockets(): number {
    return this.#bases.length;
  }

  #become(state: TransportState): void {
    if (this.#closed || this.state === state || this.state === 'failed') return;
    this.state = state;
    this.#listener.stateChanged();
  }

  /** Enters the state `failed`. */
  fail(): void {
    this.#become('failed');
  }

  /** Parameters for the local description. */
  get local() {
    const { usernameFragment, password } = this.#ice.local;
    const [fingerprint] = this.dtls.localParameters.fingerprints;
    return { usernameFragment, password, fingerprint };
  }

  /** True if packets can be sent. */
  get isWritable(): boolean {
    return this.state === 'connected';
  }

  /** Reports whether the remote is alive: by what it sent within the last second, or by its answer to a check. */
  async isRemoteAlive(): Promise<boolean> {
    return this.isWritable && (await this.#ice.isRemoteAlive());
  }

  /** DTLS role in the local answer: the remote starts, unless it cannot. @see RFC 8842 § 5.3 */
  get setup(): 'active' | 'passive' {
    return this.#remote?.setup === 'passive' ? 'active' : 'passive';
  }

  /** Gathers candidates. Resolves with the host candidates; those of servers may follow. */
  async gather(): Promise<void> {
    if (this.#closed || this.#gathering !== undefined) return;
    this.#gathering = gather({
      ...this.#options,
      received: (base, datagram, host, port) => this.#ice.receive(base, datagram, host, port),
      askStunServer: (...query) => this.#ice.askStunServer(...query),
      found: (candidate, base) => this.#found(candidate, base),
    });
    let timeout: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timeout = setTimeout(resolve, gatheringMs);
    });
    await Promise.race([this.#gathering, late]);
    clearTimeout(timeout);
  }

  #found(candidate: IceCandidate, base: Base | undefined): void {
    if (base !== undefined) this.#bases.push(base);
    if (this.#closed) return;
    if (base !== undefined) this.#ice.addBase(base);
    for (const local of announced(candidate, this.#options.addresses.announce)) {
      this.candidates.push(local);
      this.#listener.candidate(lineOf(local));
    }
  }

  /** Counts bytes that the remote signalled: they bound what checks it may cause. */
  earn(bytes: number): void {
    this.#ice.earn(bytes);
  }

  /** Takes what the remote says of its end. Other ICE credentials than before restart ICE. */
  setRemote(remote: RemoteTransport): void {
    const { usernameFragment, password, iceLite, fingerprints } = remote;
    if (this.#remote !== undefined && !this.isOf(remote)) {
      this.#remoteCandidates.clear();
      this.#names = 0;
    }
    // The DTLS roles last as long as the association, whatever a later offer says.
    this.#remote = this.#remote === undefined ? remote : { ...remote, setup: this.#remote.setup };
    this.#ice.setRemote({ usernameFragment, password }, iceLite);
    this.dtls.setRemoteParams(
      new RTCDtlsParameters(
        fingerprints.map(({ algorithm, value }) => new RTCDtlsFingerprint(algorithm, value)),
        'auto',
      ),
    );
  }

  /** True if these are the ICE credentials of the remote's end. */
  isOf({ usernameFragment, password }: RemoteTransport): boolean {
    return this.#remote?.usernameFragment === usernameFragment && this.#remote.password === password;
  }

  /** True if this is the transport of a remote end, or is free for it. Another DTLS association needs another transport. */
  fits(remote: RemoteTransport): boolean {
    return this.#remote === undefined || isSameAssociation(this.#remote, remote);
  }

  /** True if another transport has the same remote, which has given it another one for its sections. */
  hasRemoteOf(other: Transport): boolean {
    return other.#remote !== undefined && this.fits(other.#remote);
  }

  /** Connects to the remote, once its parameters are set and gathering has started. */
  start(): void {
    if (this.#closed || this.#remote === undefined || this.#started) return;
    this.#started = true;
    if (this.state === 'new') this.#become('connecting');
    if (this.dtls.state === 'new') this.dtls.role = this.setup === 'active' ? 'client' : 'server';
    this.#connect().catch(() => this.#become('failed'));
  }

  async #connect(): Promise<void> {
    const path = new Promise<void>((resolve) => {
      this.#hasPath = resolve;
    });
    this.#ice.start();
    await path;
    if (this.dtls.state === 'new' && !this.#closed) await this.dtls.start();
  }

  /**
   * Adds a remote candidate.
   *
   * @throws {TypeError} if it cannot be reached from here.
   */
  addCandidate(line: string): void {
    const { ip, port, priority } = readCandidate(line);
    if (!isMulticastName(ip)) {
      this.#addRemote(canonical(ip), port, priority);
      return;
    }
    this.#names += 1;
    if (this.#names > maxNames) return;
    const remote = this.#remote;
    resolveMulticastName(ip)
      .then((address) => {
        // After an ICE restart it is of no use.
        if (address !== undefined && remote === this.#remote) this.#addRemote(canonical(address), port, priority);
      })
      .catch(() => {});
  }

  #addRemote(host: string, port: number, priority: number): void {
    const { addresses, privateCandidates } = this.#options;
    if (!isTarget(host, port, { announced: addresses.announce, privateCandidates })) return;
    const address = `${host} ${port}`;
    // Many a description repeats them in each section.
    if (this.#remoteCandidates.has(address) || this.#remoteCandidates.size === maxRemoteCandidates) return;
    this.#remoteCandidates.add(address);
    this.#ice.addRemote({ host, port, priority });
  }

  /** Encrypts and sends one RTP packet. */
  sendRtp(payload: Buffer, header: RtpHeader): void {
    this.traffic.sent(payload.length);
    this.#ice.send(this.dtls.encrypt(payload, header));
  }

  /** Encrypts and sends RTCP packets as one compound. */
  sendRtcp(packets: RtcpPacket[]): void {
    if (this.isWritable && packets.length > 0) this.dtls.sendRtcp(packets).catch(() => {});
  }

  /** Encrypts and sends RTCP that werift does not write. */
  sendRtcpBytes(bytes: Buffer): void {
    if (this.isWritable) this.#ice.send(this.dtls.srtcp.encrypt(bytes));
  }

  /** Notifies the remote and releases the sockets. May be called at any time, and repeatedly. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.dtls.end();
    // Node sends in the next turn, if the socket is still open then.
    await setImmediate();
    await this.dtls.stop().catch(() => {});
    this.#ice.close();
    // A socket that was being bound when the others were closed is closed after them.
    await this.#gathering;
    await Promise.all(this.#bases.splice(0).map((base) => base.close().catch(() => {})));
  }
}

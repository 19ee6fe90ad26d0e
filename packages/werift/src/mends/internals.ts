import type { RTCDataChannel, RTCSctpTransport } from 'werift';
import type { Block } from './receivedNumbers.ts';

/** A DATA chunk, as far as the mends read it. @see RFC 9260 § 3.3.1 */
interface DataChunk {
  readonly streamId: number;
  readonly tsn: number;
  readonly userData: Buffer;
}

/** Private members of werift 0.25's SCTP association. */
export interface AssociationInternals {
  /** The cumulative TSN: all up to it have been received. */
  lastReceivedTsn: number;
  /** Bytes that the remote may still send. */
  readonly advertisedRwnd: number;
  /** Chunks that are not acknowledged yet, in order. */
  readonly sentQueue: readonly { readonly tsn: number }[];
  /** Chunks that wait for others of their message, for each stream, in order. */
  readonly inboundStreams: Readonly<Record<number, { readonly reassembly: readonly DataChunk[] }>>;
  /** True to acknowledge, and whether at once. */
  sackNeeded: boolean;
  sackImmediate: boolean;
  /** Retransmission timeout. Seconds. */
  rto: number;
  /** Retransmits INIT or COOKIE ECHO. */
  timer1Expired: () => void;
  /** The bridge to DTLS. */
  readonly transport: { dtls: RTCSctpTransport['dtlsTransport'] };
  handleData(data: Buffer): Promise<void>;
  transmit(): Promise<void>;
  transmitReconfigRequest(): Promise<void>;
  timerReconfigHandleExpired(): Promise<void>;
  timerHeartbeatExpired(): Promise<void>;
  markReceived(tsn: number): boolean;
  receiveDataChunk(chunk: DataChunk): void;
  receiveForwardTsnChunk(chunk: object): void;
  receiveSackChunk(chunk: { readonly cumulativeTsn: number; gaps: Block[] }): Promise<void>;
  sendChunk(chunk: { readonly type: number; gaps?: Block[] } | undefined): Promise<void>;
}

/** Private members of werift 0.25's SCTP transport, which sends and receives data channel messages. */
export interface TransportInternals {
  readonly sctp: { readonly associationState: number };
  readonly dataChannelQueue: [RTCDataChannel, protocol: number, Buffer][];
  dataChannelFlush(): Promise<void>;
  datachannelReceive(streamId: number, protocol: number, data: Buffer): Promise<void>;
  datachannelSend(channel: RTCDataChannel, message: string | Buffer): number;
}

/** The private members of an association. */
export const associationOf = ({ sctp }: RTCSctpTransport) => sctp as unknown as AssociationInternals;

/** The private members of a transport. */
export const internalsOf = (transport: RTCSctpTransport) => transport as unknown as TransportInternals;

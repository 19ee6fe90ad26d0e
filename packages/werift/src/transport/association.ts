import type { RTCDataChannel, RTCDtlsTransport, RTCSctpTransport } from 'werift';
import { ahead, type Block, isReached, ReceivedNumbers } from './receivedNumbers.ts';

/** How werift calls an association that messages can be sent over. */
const established = 4;

/** How long the answer to a first packet is waited for. Seconds; werift has 3, as it once was. @see RFC 9260 § 16 */
const initialTimeoutS = 1;

/**
 * How long that is waited for at most, each time twice as long as before: nine times, so half a minute, which is as long as a peer
 * may be silent. Seconds. @see RFC 7675 § 5.1
 */
const maxInitialTimeoutS = 4;

/** The type of a SACK chunk. @see RFC 9260 § 3.2 */
const sack = 3;

/** The most chunks of a stream that wait for others: werift goes through all of them for each message that is complete. */
const maxWaiting = 8_192;

/** What werift keeps to itself of a transport. */
export interface Transporting {
  readonly sctp: { readonly associationState: number };
  readonly dataChannelQueue: (readonly [RTCDataChannel, protocol: number, Buffer])[];
  dataChannelFlush(): Promise<void>;
}

/** What werift keeps to itself of an association. */
export interface Associating {
  /** The last number up to which all have come. */
  lastReceivedTsn: number;
  /** How many bytes the peer may still send. */
  readonly advertisedRwnd: number;
  /** What is not acknowledged yet, in order. */
  readonly sentQueue: readonly { readonly tsn: number }[];
  /** What waits, for each stream, in order. */
  readonly inboundStreams: Readonly<Record<number, { readonly reassembly: readonly { readonly tsn: number }[] }>>;
  /** Whether to acknowledge, and at once. */
  sackNeeded: boolean;
  sackImmediate: boolean;
  /** After how many seconds a packet is sent again. */
  rto: number;
  /** Called when the association is not there in time: sends its first packet again. */
  timer1Expired: () => void;
  handleData(data: Buffer): Promise<void>;
  transmit(): Promise<void>;
  transmitReconfigRequest(): Promise<void>;
  timerReconfigHandleExpired(): Promise<void>;
  timerHeartbeatExpired(): Promise<void>;
  markReceived(tsn: number): boolean;
  receiveDataChunk(chunk: { readonly streamId: number; readonly tsn: number; readonly userData: Buffer }): void;
  receiveForwardTsnChunk(chunk: object): void;
  receiveSackChunk(chunk: { readonly cumulativeTsn: number; gaps: Block[] }): Promise<void>;
  sendChunk(chunk: { readonly type: number; gaps?: Block[] } | undefined): Promise<void>;
}

/**
 * Mends what werift 0.25 does with SCTP, each of which can go when it is mended there.
 *
 * @param spareBytes - How much more than its window a peer may send.
 */
export function mendAssociation(transport: RTCSctpTransport, spareBytes: number): void {
  const associating = transport.sctp as unknown as Associating;
  backOff(associating);
  // What follows is not late because the beginning was.
  transport.sctp.stateChanged.connected.subscribe(() => {
    associating.rto = initialTimeoutS;
  });
  noteByBlocks(associating);
  keepToWindow(associating, spareBytes);
  readGapBlocks(associating);
  sendInTurn(transport as unknown as Transporting);
  catchErrors(transport);
}

/** Has an association go on over another DTLS transport, which is no end for browsers either. */
export function moveAssociation(transport: RTCSctpTransport, to: RTCDtlsTransport): void {
  const { dtlsTransport: from } = transport;
  const { transport: bridge } = transport.sctp as unknown as { readonly transport: { dtls: RTCDtlsTransport } };
  // Its end would be that of the association.
  from.onStateChange.allUnsubscribe();
  to.dataReceiver = from.dataReceiver;
  from.dataReceiver = () => {};
  bridge.dtls = to;
  transport.dtlsTransport = to;
}

/** Waits longer each time for the association to begin. werift waits for as long each time. @see RFC 9260 § 5.1 */
export function backOff(associating: Associating): void {
  const { timer1Expired } = associating;
  associating.rto = initialTimeoutS;
  associating.timer1Expired = () => {
    associating.rto = Math.min(2 * associating.rto, maxInitialTimeoutS);
    timer1Expired();
  };
}

/**
 * Has an association take note of what it receives by blocks. werift sorts all that has come behind a gap, as texts, for each
 * chunk: after a loss among some thousand short messages, the process does nothing else for seconds.
 */
export function noteByBlocks(associating: Associating): void {
  const { receiveForwardTsnChunk, sendChunk } = associating;
  let received = new ReceivedNumbers();
  let reached: number | undefined;
  /** What has come in this association: a peer may begin it anew. */
  const current = () => {
    if (associating.lastReceivedTsn !== reached) received = new ReceivedNumbers();
    return received;
  };
  const reach = (cumulative: number) => {
    associating.lastReceivedTsn = cumulative;
    reached = cumulative;
  };
  associating.markReceived = (tsn) => {
    const cumulative = current().note(tsn, associating.lastReceivedTsn);
    reach(cumulative ?? associating.lastReceivedTsn);
    return cumulative === undefined;
  };
  associating.receiveForwardTsnChunk = (chunk) => {
    const noted = current();
    receiveForwardTsnChunk.call(associating, chunk);
    reach(noted.advance(associating.lastReceivedTsn));
  };
  associating.sendChunk = async (chunk) => {
    // When the answer to a first packet arrives just after its timer, werift repeats a packet that is gone by then.
    if (chunk === undefined) return;
    if (chunk.type === sack) chunk.gaps = current().gapBlocks(associating.lastReceivedTsn);
    await sendChunk.call(associating, chunk);
  };
}

/**
 * Takes no more than the window that the peer was told, and `spareBytes`. werift keeps whatever comes, a message without an end too.
 *
 * @see RFC 9260 § 6.2
 */
export function keepToWindow(associating: Associating, spareBytes: number): void {
  const { receiveDataChunk } = associating;
  associating.receiveDataChunk = (chunk) => {
    const waiting = associating.inboundStreams[chunk.streamId]?.reassembly ?? [];
    const last = waiting.at(-1);
    const isFull = waiting.length >= maxWaiting && last !== undefined && !isReached(chunk.tsn, last.tsn);
    if (!isFull && associating.advertisedRwnd + spareBytes >= chunk.userData.length) {
      receiveDataChunk.call(associating, chunk);
      return;
    }
    associating.sackNeeded = true;
    associating.sackImmediate = true;
  };
}

/**
 * Reads of an acknowledgement what can be true: blocks in order, of what was sent. werift goes through every number of every
 * block, which may be 65 535 numbers some hundred times.
 *
 * @see RFC 9260 § 3.3.4
 */
export function readGapBlocks(associating: Associating): void {
  const { receiveSackChunk } = associating;
  associating.receiveSackChunk = async (chunk) => {
    let end = 0;
    const { tsn = chunk.cumulativeTsn } = associating.sentQueue.at(-1) ?? {};
    const outstanding = isReached(tsn, chunk.cumulativeTsn) ? 0 : ahead(tsn, chunk.cumulativeTsn);
    chunk.gaps = chunk.gaps.filter(([first, last]) => {
      const isTrue = first > end && last >= first && last <= outstanding;
      if (isTrue) end = last;
      return isTrue;
    });
    await receiveSackChunk.call(associating, chunk);
  };
}

/**
 * Has messages begun one after another. werift begins each as it comes, and each then looks, at every packet that goes out,
 * whether all before it are sent: some thousand at once keep the process from everything else for half a minute.
 */
export function sendInTurn(transporting: Transporting): void {
  const flush = transporting.dataChannelFlush.bind(transporting);
  let isSending = false;
  transporting.dataChannelFlush = async () => {
    if (isSending) return;
    isSending = true;
    try {
      do await flush();
      while (transporting.dataChannelQueue.length > 0 && transporting.sctp.associationState === established);
    } finally {
      isSending = false;
    }
  };
}

/**
 * Makes methods safe to call without waiting for them, as timers and events of werift 0.25 do: an error ends what the method does,
 * and not the process.
 */
export function catchRejections<Name extends string>(
  target: Record<Name, () => Promise<void>>,
  names: readonly Name[],
): void {
  for (const name of names) {
    const method = target[name];
    target[name] = async () => {
      await method.call(target).catch(() => {});
    };
  }
}

/**
 * Makes a peer's errors its own: werift lets what it cannot read in SCTP or in a data channel's protocol reject where nobody
 * listens, which ends the process.
 */
function catchErrors(transport: RTCSctpTransport): void {
  const { sctp, dtlsTransport } = transport;
  catchRejections(sctp as unknown as Associating, [
    'transmit',
    'transmitReconfigRequest',
    'timerReconfigHandleExpired',
    'timerHeartbeatExpired',
  ]);
  catchRejections(transport as unknown as Transporting, ['dataChannelFlush']);
  const { handleData } = sctp as unknown as Associating;
  const { datachannelReceive } = transport as unknown as {
    datachannelReceive(streamId: number, protocol: number, data: Buffer): Promise<void>;
  };
  dtlsTransport.dataReceiver = (data) => {
    handleData.call(sctp, data).catch(() => {});
  };
  sctp.onReceive.allUnsubscribe();
  sctp.onReceive.subscribe((streamId, protocol, data) => {
    datachannelReceive(streamId, protocol, data).catch(() => {});
  });
}

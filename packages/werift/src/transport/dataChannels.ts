import { RTCDataChannel, RTCDataChannelParameters, RTCSctpTransport } from 'werift';
import { noteByBlocks } from './receivedNumbers.ts';
import type { Transport } from './transport.ts';

/** The longest message that is taken. Bytes, told to the peer as `a=max-message-size`. */
export const maxMessageBytes = 256 * 1024;

/** What a channel may leave unsent before it is passed over, so that a slow peer does not fill the memory. Bytes. */
const maxBufferedBytes = 4 * maxMessageBytes;

/** The SCTP port of this end, as every implementation has it. @see RFC 8841 § 5.2 */
export const sctpPort = 5000;

/** How SCTP is told that a message is empty, as a text or not. @see RFC 8831 § 8 */
const [emptyText, emptyBinary] = [56, 57];

/** What a peer says of its end. */
export interface DataChannelOptions {
  /** Its SCTP port. Default 5 000. */
  readonly port: number | undefined;
  /** The longest message it takes, in bytes; 0 is any. Default 65 536. @see RFC 8841 § 6.1 */
  readonly maxMessageSize: number | undefined;
}

/** The data channels of one transport. */
export class DataChannels {
  readonly #sctp = new RTCSctpTransport(sctpPort, maxMessageBytes);
  readonly #channels: RTCDataChannel[] = [];
  readonly #received: (message: string | Buffer) => void;
  readonly #port: number;
  readonly #maxBytes: number;
  #started = false;

  constructor(transport: Transport, options: DataChannelOptions, received: (message: string | Buffer) => void) {
    const { port = sctpPort, maxMessageSize = 65_536 } = options;
    this.#port = port;
    this.#maxBytes = maxMessageSize === 0 ? Number.POSITIVE_INFINITY : maxMessageSize;
    this.#received = received;
    this.#sctp.setDtlsTransport(transport.dtls);
    this.#sctp.setRemoteMaxMessageSize(maxMessageSize);
    guard(this.#sctp);
    noteByBlocks(this.#sctp);
    sendInTurn(this.#sctp);
    this.#sctp.onDataChannel.subscribe((channel) => this.#listen(channel));
  }

  /** Opens a channel as soon as there is an association. */
  open(label: string): void {
    this.#listen(new RTCDataChannel(this.#sctp, new RTCDataChannelParameters({ label })));
  }

  #listen(channel: RTCDataChannel): void {
    this.#channels.push(channel);
    channel.onMessage.subscribe((message) => this.#received(message));
  }

  /** Starts the association, once the transport is connected. */
  start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#sctp.start(this.#port).catch(() => {});
  }

  /** Sends a message over the first channel that is open; without one it is lost. */
  send(message: string | Buffer): void {
    const channel = this.#channels.find(({ readyState }) => readyState === 'open');
    if (channel === undefined || channel.bufferedAmount > maxBufferedBytes) return;
    if (message.length === 0) sendEmpty(this.#sctp, channel, message);
    else if (Buffer.byteLength(message) <= this.#maxBytes) channel.send(message);
  }

  /** Ends the association. */
  stop(): void {
    this.#sctp.stop().catch(() => {});
  }
}

/** What werift keeps to itself. */
interface Sending {
  readonly sctp: { readonly associationState: number };
  readonly dataChannelQueue: (readonly [RTCDataChannel, protocol: number, Buffer])[];
  dataChannelFlush(): Promise<void>;
}

/** How werift calls an association that messages can be sent over. */
const established = 4;

/**
 * Has messages begun one after another.
 *
 * werift 0.25 begins each as it comes, and each then looks, at every packet that goes out, whether all before it are sent: some
 * thousand at once keep the process from everything else for half a minute. Can go when it has one of them wait.
 */
export function sendInTurn(transport: RTCSctpTransport): void {
  const sending = transport as unknown as Sending;
  const flush = sending.dataChannelFlush.bind(sending);
  let isSending = false;
  sending.dataChannelFlush = async () => {
    if (isSending) return;
    isSending = true;
    try {
      do await flush();
      while (sending.dataChannelQueue.length > 0 && sending.sctp.associationState === established);
    } finally {
      isSending = false;
    }
  };
}

/**
 * Sends an empty message as a byte that says so, since SCTP has no empty ones. werift 0.25 sends it without, which no association
 * survives.
 *
 * @see RFC 8831 § 6.6
 */
function sendEmpty(transport: RTCSctpTransport, channel: RTCDataChannel, message: string | Buffer): void {
  const sending = transport as unknown as Sending;
  const byte = Buffer.alloc(1);
  channel.addBufferedAmount(byte.length);
  sending.dataChannelQueue.push([channel, typeof message === 'string' ? emptyText : emptyBinary, byte]);
  sending.dataChannelFlush().catch(() => {});
}

/**
 * Makes a peer's errors its own: werift 0.25 lets what it cannot read in SCTP or in a data channel's protocol reject where
 * nobody listens, which ends the process. Can go when werift catches them itself.
 */
function guard(transport: RTCSctpTransport): void {
  const { sctp, dtlsTransport } = transport;
  const { handleData } = sctp as unknown as { handleData(data: Buffer): Promise<void> };
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

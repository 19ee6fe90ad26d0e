import { RTCDataChannel, RTCDataChannelParameters, RTCSctpTransport } from 'werift';
import { internalsOf } from '../mends/internals.ts';
import { mend } from '../mends/mend.ts';
import { moveAssociation } from '../mends/migration.ts';
import type { Transport } from './transport.ts';

/** Maximum length of a received message in bytes, sent to the remote as `a=max-message-size`. */
export const maxMessageBytes = 256 * 1024;

/**
 * Backlog above which messages are dropped, so that a slow remote does not exhaust the memory. It allows for a file of some
 * megabytes on a lossy path. Bytes.
 */
const maxBufferedBytes = 32 * maxMessageBytes;

/** Approximate overhead of an unsent message, in bytes. */
const unsentBytes = 200;

/** The SCTP port of this end, as every implementation has it. @see RFC 8841 § 5.2 */
export const sctpPort = 5000;

/** Parameters of the remote end. */
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
  #transport: Transport;
  readonly #received: (message: string | Buffer) => void;
  readonly #opened: () => void;
  readonly #port: number;
  readonly #maxBytes: number;
  #started = false;

  /** `received` is called with each message, `opened` whenever another channel can be used. */
  constructor(
    transport: Transport,
    options: DataChannelOptions,
    received: (message: string | Buffer) => void,
    opened: () => void = () => {},
  ) {
    const { port = sctpPort, maxMessageSize = 65_536 } = options;
    this.#transport = transport;
    this.#port = port;
    this.#maxBytes = maxMessageSize === 0 ? Number.POSITIVE_INFINITY : maxMessageSize;
    this.#received = received;
    this.#opened = opened;
    this.#sctp.setDtlsTransport(transport.dtls);
    this.#sctp.setRemoteMaxMessageSize(maxMessageSize);
    mend(this.#sctp);
    this.#sctp.onDataChannel.subscribe((channel) => this.#listen(channel));
  }

  /** Opens a channel as soon as there is an association. */
  open(label: string): void {
    this.#listen(new RTCDataChannel(this.#sctp, new RTCDataChannelParameters({ label })));
  }

  #listen(channel: RTCDataChannel): void {
    this.#channels.push(channel);
    channel.onMessage.subscribe((message) => this.#received(message));
    channel.stateChanged.subscribe((state) => {
      if (state === 'open') this.#opened();
    });
  }

  /** True if the association is with the remote of a transport. */
  isWithRemoteOf(transport: Transport): boolean {
    return transport === this.#transport || transport.hasRemoteOf(this.#transport);
  }

  /** Starts on the section's transport, or moves to it. */
  startOn(transport: Transport): void {
    if (transport !== this.#transport) moveAssociation(this.#sctp, transport.dtls);
    this.#transport = transport;
    this.start();
  }

  /** Starts the association, if the transport is connected. */
  start(): void {
    if (this.#started || !this.#transport.isWritable) return;
    this.#started = true;
    this.#sctp.start(this.#port).catch(() => {});
  }

  /**
   * Sends a message over the newest channel that is open; without one it is lost. A remote that opens another channel listens on that
   * one, even if it has left the one before open.
   */
  send(message: string | Buffer): void {
    const channel = this.#channels.findLast(({ readyState }) => readyState === 'open');
    if (channel === undefined || this.#unsentBytes(channel) > maxBufferedBytes) return;
    if (Buffer.byteLength(message) <= this.#maxBytes) channel.send(message);
  }

  #unsentBytes({ bufferedAmount }: RTCDataChannel): number {
    return bufferedAmount + unsentBytes * internalsOf(this.#sctp).dataChannelQueue.length;
  }

  /** Ends the association. */
  stop(): void {
    this.#sctp.stop().catch(() => {});
  }
}

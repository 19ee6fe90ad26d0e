import { RTCDataChannel, RTCDataChannelParameters, RTCSctpTransport } from 'werift';
import type { Transport } from './transport.ts';

/** The longest message that is taken. Bytes, told to the peer as `a=max-message-size`. */
export const maxMessageBytes = 256 * 1024;

/** What a channel may leave unsent before it is passed over, so that a slow peer does not fill the memory. Bytes. */
const maxBufferedBytes = 4 * maxMessageBytes;

/** The SCTP port of this end, as every implementation has it. @see RFC 8841 § 5.2 */
export const sctpPort = 5000;

/** The data channels of one transport. */
export class DataChannels {
  readonly #sctp = new RTCSctpTransport(sctpPort, maxMessageBytes);
  readonly #channels: RTCDataChannel[] = [];
  readonly #received: (message: string | Buffer) => void;
  readonly #transport: Transport;
  #remoteMaxBytes = maxMessageBytes;

  constructor(transport: Transport, received: (message: string | Buffer) => void) {
    this.#transport = transport;
    this.#received = received;
    this.#sctp.setDtlsTransport(transport.dtls);
    guard(this.#sctp);
    this.#sctp.onDataChannel.subscribe((channel) => this.#listen(channel));
  }

  /** Opens a channel once the transport is connected. */
  open(label: string): void {
    this.#listen(new RTCDataChannel(this.#sctp, new RTCDataChannelParameters({ label })));
  }

  #listen(channel: RTCDataChannel): void {
    this.#channels.push(channel);
    channel.onMessage.subscribe((message) => this.#received(message));
  }

  /** Starts the association. `maxBytes` is the longest message the peer takes, 0 for any. */
  start(remotePort: number, maxBytes: number): void {
    this.#remoteMaxBytes = maxBytes === 0 ? Number.POSITIVE_INFINITY : maxBytes;
    this.#sctp.setRemoteMaxMessageSize(maxBytes);
    this.#sctp.start(remotePort).catch(() => {});
    void this.#transport;
  }

  /** Sends a message over the first channel that is open; without one it is lost. */
  send(message: string | Buffer): void {
    const channel = this.#channels.find(({ readyState }) => readyState === 'open');
    if (channel === undefined || channel.bufferedAmount > maxBufferedBytes) return;
    if (Buffer.byteLength(message) <= this.#remoteMaxBytes) channel.send(message);
  }

  /** Ends the association. */
  stop(): void {
    this.#sctp.stop().catch(() => {});
  }
}

/**
 * Makes a peer's errors its own: werift 0.25 lets what it cannot read in SCTP or in a data channel's protocol reject where
 * nobody listens, which ends the process. Can go when werift catches them itself.
 */
function guard(transport: RTCSctpTransport): void {
  const { sctp, dtlsTransport } = transport;
  const ignore = () => {};
  dtlsTransport.dataReceiver = (data) => {
    sctp['handleData'](data).catch(ignore);
  };
  sctp.onReceive.allUnsubscribe();
  sctp.onReceive.subscribe((...message) => {
    transport['datachannelReceive'](...message).catch(ignore);
  });
}

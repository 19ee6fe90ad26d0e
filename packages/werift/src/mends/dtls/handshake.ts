import type { RTCDtlsTransport } from 'werift';
import { ReplayWindow } from '../../transport/replayWindow.ts';
import { Flights } from './flights.ts';
import { fragmentsOf, type HandshakeFragment, type HandshakeMessage, HandshakeMessages } from './handshakeMessages.ts';
import { contentType, type DtlsRecord, recordsOf } from './records.ts';
import { Verification, VerificationError } from './verification.ts';

/** werift's end of a DTLS association. */
type Socket = NonNullable<RTCDtlsTransport['dtls']>;

type Packet = Parameters<Socket['cipher']['encryptPacket']>[0];
type FragmentedHandshake = Parameters<Socket['onHandleHandshakes']>[0][number];

/** Types of handshake messages. @see RFC 5246 § 7.4 and RFC 6347 § 4.3.2 */
const clientHello = 1;
const serverHello = 2;
const helloVerifyRequest = 3;
const certificate = 11;
const serverKeyExchange = 12;
const certificateRequest = 13;
const serverHelloDone = 14;
const certificateVerify = 15;
const clientKeyExchange = 16;
const finished = 20;

/** Messages that each side of a handshake sends. */
const messagesOf = {
  client: [clientHello, certificate, clientKeyExchange, certificateVerify, finished],
  server: [
    helloVerifyRequest,
    serverHello,
    certificate,
    serverKeyExchange,
    certificateRequest,
    serverHelloDone,
    finished,
  ],
} as const satisfies Record<string, readonly number[]>;

/** A ClientHello after the one with the cookie requests a renegotiation. */
const lastHello = 1;

/** Alerts. @see RFC 5246 § 7.2 and § 7.2.2 */
const [warning, fatal] = [1, 2];
const closeNotify = 0;
const noRenegotiation = 100;

/** Numbers that werift gives to the flights with special treatment. @see RFC 6347 § 4.2.4 */
const [cookieFlight, lastFlight] = [2, 6];

/** Size of the replay window for encrypted records, in record numbers. @see RFC 6347 § 4.1.2.6 */
const replayWindow = 64;

/** Maximum number of encrypted records held until the keys exist. They overtook the messages that the keys depend on. */
const maxEarly = 4;

/**
 * Delay before the retransmission of a flight. Milliseconds; `undefined` for the last flight, which has no answer.
 *
 * By RFC 6347 § 4.2.4 a server does not retransmit its request for a cookie, because it has no state for the client yet. Here ICE
 * has proved the client's address. A browser whose hello takes two datagrams repeats its hello only after up to 13 s if the
 * request is lost a few times.
 */
const waitOf = (flight: number): number | undefined => {
  if (flight === lastFlight) return undefined;
  return flight === cookieFlight ? 500 : 100;
};

/**
 * Performs the parts of DTLS 1.2 that werift 0.25 gets wrong, and lets werift build and parse the messages.
 *
 * Anyone who knows the port can send records, so records that do not fit are ignored. werift ends the association on an
 * unencrypted alert or an unknown record type, starts another handshake on a hello, and fails on a datagram of one byte.
 *
 * @see RFC 6347 § 4.1.2.7
 */
export class Handshake {
  readonly #socket: Socket;
  readonly #remoteSide: 'client' | 'server';
  readonly #messages = new HandshakeMessages();
  readonly #verification = new Verification();
  readonly #received = new ReplayWindow(replayWindow);
  readonly #flights: Flights;
  readonly #early: DtlsRecord[] = [];
  /** The types of the messages that the remote has sent. */
  readonly #types = new Set<number>();
  #isFinished = false;
  #isClosed = false;

  constructor(socket: Socket, side: 'client' | 'server', send: (datagram: Buffer) => void) {
    this.#socket = socket;
    this.#remoteSide = side === 'client' ? 'server' : 'client';
    const encryptPacket = socket.cipher.encryptPacket.bind(socket.cipher);
    this.#flights = new Flights(send, (type, number, plain) => {
      const header = { contentType: type, protocolVersion: socket.dtls.version, epoch: 1, sequenceNumber: number };
      return encryptPacket({ recordLayerHeader: { ...header, contentLen: plain.length }, fragment: plain } as Packet)
        .fragment;
    });
    // Records that werift would encrypt are encrypted when they are numbered.
    socket.cipher.encryptPacket = (record) => record;
    Object.assign(socket.transport, {
      send: async (bytes: Buffer) => {
        const { flight } = socket.dtls;
        this.#flights.add(flight, bytes, waitOf(flight));
      },
    });
    socket.send = async (data) => this.#flights.sendData(data);
    // It would read each datagram a second time.
    socket.transport.socket.onData = () => {};
  }

  /** Processes a datagram, whoever sent it. */
  receive(datagram: Buffer): void {
    if (this.#isClosed) return;
    for (const record of recordsOf(datagram)) {
      if (record.epoch === 1) this.#encrypted(record);
      else if (record.epoch === 0 && record.type === contentType.handshake && !this.#isFinished)
        this.#handshake(record.fragment, false);
    }
  }

  #encrypted(record: DtlsRecord): void {
    if (this.#socket.cipher.cipher === undefined) {
      if (this.#early.length < maxEarly) this.#early.push(record);
      return;
    }
    // A Finished that is repeated as it was (werift 0.25 does that) asks for the own one; no message of a handshake is taken twice.
    if (record.type !== contentType.handshake && this.#received.has(record.number)) return;
    const plain = this.#decrypt(record);
    if (plain === undefined) return;
    this.#received.add(record.number);
    if (record.type === contentType.handshake) this.#handshake(plain, true);
    else if (!this.#isFinished) return;
    else if (record.type === contentType.applicationData) this.#socket.onData.execute(plain);
    else if (record.type === contentType.alert) this.#alert(plain);
  }

  #decrypt({ type, epoch, number, fragment }: DtlsRecord): Buffer | undefined {
    const { cipher, dtls } = this.#socket;
    const header = { contentType: type, protocolVersion: dtls.version, epoch, sequenceNumber: number };
    try {
      return cipher.decryptPacket({
        recordLayerHeader: { ...header, contentLen: fragment.length },
        fragment,
      } as Packet);
    } catch {
      return undefined;
    }
  }

  #alert([level, description]: Buffer): void {
    if (level === fatal || description === closeNotify) this.#socket.onClose.execute();
  }

  #handshake(record: Buffer, isEncrypted: boolean): void {
    for (const fragment of fragmentsOf(record)) {
      if (!this.#fits(fragment, isEncrypted)) continue;
      if (this.#messages.isRepeated(fragment)) this.#repeated(fragment);
      else this.#messages.add(fragment);
    }
    for (let message = this.#messages.take(); message !== undefined; message = this.#messages.take())
      this.#deliver(message);
  }

  /** True if the remote may send a message here: Finished is the only encrypted one. */
  #fits({ type, sequence }: HandshakeFragment, isEncrypted: boolean): boolean {
    if (this.#isFinished && type === clientHello) this.#flights.sendAlert(warning, noRenegotiation);
    const isExpected = (messagesOf[this.#remoteSide] as readonly number[]).includes(type);
    if (!isExpected || isEncrypted !== (type === finished)) return false;
    if (type === clientHello) return sequence <= lastHello;
    return type !== helloVerifyRequest || sequence === 0;
  }

  /** Sends the own flight again, since the remote has not received it. */
  #repeated({ type }: HandshakeFragment): void {
    // A client repeats its hello by its own timer: its first one came twice.
    if (type === helloVerifyRequest) return;
    if (!this.#isFinished || this.#remoteSide === 'client') this.#flights.repeat();
  }

  #deliver(message: HandshakeMessage): void {
    const { msg_type: type } = message;
    try {
      // The second hello has the cookie.
      if (this.#types.has(type) && type !== clientHello) throw new VerificationError(`two messages of type ${type}`);
      this.#types.add(type);
      this.#verify(message);
    } catch (error) {
      this.#fail(error as Error);
      return;
    }
    if (type === finished) {
      this.#isFinished = true;
      this.#flights.stop();
    }
    this.#socket.onHandleHandshakes([message as FragmentedHandshake]).catch((error) => this.#fail(error));
    if (this.#socket.cipher.cipher !== undefined) for (const record of this.#early.splice(0)) this.#encrypted(record);
  }

  /** @throws {Error} when the remote is not who it says, or the message cannot be read. */
  #verify({ msg_type: type, fragment }: HandshakeMessage): void {
    const { cipher, dtls } = this.#socket;
    const transcript = () => Buffer.concat(dtls.sortedHandshakeCache.map((message) => message.serialize()));
    if (type === certificate) this.#verification.certificate(fragment);
    else if (type === serverKeyExchange)
      this.#verification.keyExchange(
        fragment,
        Buffer.concat([cipher.localRandom.serialize(), cipher.remoteRandom.serialize()]),
      );
    else if (type === certificateVerify) this.#verification.certificateVerify(fragment, transcript());
    else if (type === finished)
      this.#verification.finished(fragment, this.#remoteSide, cipher.masterSecret, transcript());
  }

  #fail(error: Error): void {
    if (this.#isClosed) return;
    this.close();
    this.#socket.onError.execute(error);
  }

  /** Sends close_notify, so that the remote need not wait for a timeout. @see RFC 5246 § 7.2.1 */
  sendCloseNotify(): void {
    if (this.#isFinished && !this.#isClosed) this.#flights.sendAlert(warning, closeNotify);
  }

  /** Sends and takes nothing more. */
  close(): void {
    this.#isClosed = true;
    this.#flights.stop();
    // werift would continue for half a minute.
    this.#socket.dtls.flight = Number.POSITIVE_INFINITY;
  }
}

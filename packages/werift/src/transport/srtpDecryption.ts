import { ProtectionProfileAeadAes128Gcm, type SrtcpSession, type SrtpSession } from 'werift';
import { ReplayWindow } from './replayWindow.ts';

/**
 * Number of packets behind the latest one of a source that are still accepted, each once. A retransmission on the stream itself
 * is as far behind as its sender's history reaches.
 */
export const replayWindowPackets = 1_024;

/** The most sources of one transport whose packets are taken. Each is remembered until the keys go. */
export const maxEncryptedSources = 1_024;

/** A packet that was received before, or of one source too many. */
export class ReplayError extends Error {
  override readonly name = 'ReplayError';
}

/** Received packet indexes of one source. */
interface ReceivedIndexes {
  highest: number;
  readonly window: ReplayWindow;
}

/** Takes each index of each source once. @see RFC 3711 § 3.3.2 */
class Indexes {
  readonly #sources = new Map<number, ReceivedIndexes>();

  /** The highest index of a source, `undefined` before its first packet. */
  highest(ssrc: number): number | undefined {
    return this.#sources.get(ssrc)?.highest;
  }

  /** @throws {ReplayError} */
  assertNew(ssrc: number, index: number): void {
    const source = this.#sources.get(ssrc);
    if (source === undefined ? this.#sources.size === maxEncryptedSources : source.window.has(index))
      throw new ReplayError(`packet ${index} of source ${ssrc}`);
  }

  /** Remembers an index, whose packet is authentic. */
  add(ssrc: number, index: number): void {
    const source = this.#sources.get(ssrc) ?? { highest: index, window: new ReplayWindow(replayWindowPackets) };
    source.highest = Math.max(source.highest, index);
    source.window.add(index);
    this.#sources.set(ssrc, source);
  }
}

/**
 * Decrypts the RTP packets of the remote, each once.
 *
 * werift 0.25 accepts repeated packets, and detects a rollover only from packets within 100 of it on both sides: after a longer
 * loss, it cannot decrypt until the end of the connection. Can go when it has a replay list, and estimates the index as RFC 3711
 * does.
 *
 * @see RFC 3711 § 3.3.1 and appendix A
 */
export class RtpDecryption {
  readonly #session: SrtpSession;
  readonly #indexes = new Indexes();

  constructor(session: SrtpSession) {
    this.#session = session;
  }

  /**
   * Decrypts one packet.
   *
   * @throws {ReplayError} when it was received before.
   * @throws {Error} when it is not authentic.
   */
  decrypt(datagram: Buffer): Buffer {
    const [ssrc, sequenceNumber] = [datagram.readUInt32BE(8), datagram.readUInt16BE(2)];
    const highest = this.#indexes.highest(ssrc) ?? sequenceNumber;
    const index = highest + (((sequenceNumber - highest) << 16) >> 16);
    if (index < 0) throw new ReplayError('the packet is older than the first one');
    this.#indexes.assertNew(ssrc, index);
    const [plain] = this.#session.remoteContext.cipher.decryptRtp(datagram, Math.floor(index / 0x1_0000));
    this.#indexes.add(ssrc, index);
    return plain;
  }
}

/** Bytes of an SRTCP index, and of the authentication tag behind it in AES128_CM_HMAC_SHA1_80. @see RFC 3711 § 3.4 */
const indexBytes = 4;
const hmacBytes = 10;

/** Decrypts the RTCP packets of the remote, each once. */
export class RtcpDecryption {
  readonly #session: SrtcpSession;
  readonly #indexes = new Indexes();
  /** Bytes behind the index. @see RFC 7714 § 9.3 */
  readonly #tagBytes: number;

  constructor(session: SrtcpSession) {
    this.#session = session;
    this.#tagBytes = session.remoteContext.profile === ProtectionProfileAeadAes128Gcm ? 0 : hmacBytes;
  }

  /**
   * Decrypts one compound.
   *
   * @throws {ReplayError} when it was received before.
   * @throws {Error} when it is not authentic.
   */
  decrypt(datagram: Buffer): Buffer {
    const ssrc = datagram.readUInt32BE(4);
    // The first bit means that it is encrypted.
    const index = datagram.readUInt32BE(datagram.length - this.#tagBytes - indexBytes) & 0x7fff_ffff;
    this.#indexes.assertNew(ssrc, index);
    const plain = this.#session.decrypt(datagram);
    this.#indexes.add(ssrc, index);
    return plain;
  }
}

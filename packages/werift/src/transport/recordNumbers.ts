import type { RTCDtlsTransport } from 'werift';

/**
 * Numbers the records that are encrypted from 0, which the handshake's Finished has.
 *
 * werift 0.25 goes on with the count of those before for that one, and begins with 1 behind it. So a later record, the eighth
 * or so, has a number once more: the peer takes it for a replay and passes over it, and two records are encrypted with the same
 * nonce. Can go when werift begins the count of an epoch with its first record.
 *
 * @see RFC 6347 § 4.1 and RFC 5288 § 3
 */
export function countRecords({ cipher }: NonNullable<RTCDtlsTransport['dtls']>): void {
  const encryptPacket = cipher.encryptPacket.bind(cipher);
  let count = 0;
  cipher.encryptPacket = (record) => {
    record.recordLayerHeader.sequenceNumber = count;
    count += 1;
    return encryptPacket(record);
  };
}

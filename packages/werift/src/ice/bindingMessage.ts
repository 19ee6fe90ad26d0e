import { createHmac, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { classes, Message, methods } from 'werift';
import type { Credentials } from './credentials.ts';

/** Bytes of a header, and of the attributes that prove a message, their own headers included. @see RFC 8489 § 5, § 14.5 and § 14.7 */
const headerBytes = 20;
const integrityBytes = 24;
const fingerprintBytes = 8;

/** Types of attributes. */
const messageIntegrity = 0x0008;
const fingerprint = 0x8028;

/** A request to send. */
export interface StunRequest {
  readonly transactionIdHex: string;
  readonly bytes: Buffer;
}

/** Content of a connectivity check. */
export interface CheckOptions {
  readonly local: Credentials;
  readonly remote: Credentials;
  /** Of the candidate that the remote would learn from the check. @see RFC 8445 § 7.1.1 */
  readonly priority: number;
  readonly isControlling: boolean;
  readonly tieBreaker: bigint;
  readonly nominates: boolean;
}

/** Writes a connectivity check. @see RFC 8445 § 7.2.2 */
export function checkRequest({
  local,
  remote,
  priority,
  isControlling,
  tieBreaker,
  nominates,
}: CheckOptions): StunRequest {
  const request = new Message(methods.BINDING, classes.REQUEST)
    .setAttribute('USERNAME', `${remote.usernameFragment}:${local.usernameFragment}`)
    .setAttribute('PRIORITY', priority)
    .setAttribute(isControlling ? 'ICE-CONTROLLING' : 'ICE-CONTROLLED', tieBreaker);
  if (nominates) request.setAttribute('USE-CANDIDATE', null);
  return { transactionIdHex: request.transactionIdHex, bytes: sign(request as Message, remote.password) };
}

/** Writes the answer to a check from an address. @see RFC 8445 § 7.3.1.2 */
export const successResponse = ({ transactionId }: Message, host: string, port: number, password: string): Buffer =>
  sign(
    new Message(methods.BINDING, classes.RESPONSE, transactionId).setAttribute('XOR-MAPPED-ADDRESS', [
      host,
      port,
    ]) as Message,
    password,
  );

/** Response that tells the remote to switch to the other role. @see RFC 8445 § 7.3.1.1 */
export const roleConflictResponse = ({ transactionId }: Message, password: string): Buffer =>
  sign(
    new Message(methods.BINDING, classes.ERROR, transactionId).setAttribute('ERROR-CODE', [
      487,
      'Role Conflict',
    ]) as Message,
    password,
  );

const hmacOf = (bytes: Buffer, password: string) => createHmac('sha1', password).update(bytes).digest();

/** A message with MESSAGE-INTEGRITY and FINGERPRINT. werift writes all of it again for each of the two. */
function sign(message: Message, password: string): Buffer {
  const plain = message.bytes;
  const signed = plain.length + integrityBytes;
  const bytes = Buffer.alloc(signed + fingerprintBytes);
  plain.copy(bytes);
  // Each of them covers a length that ends with itself.
  bytes.writeUInt16BE(signed - headerBytes, 2);
  const hmac = hmacOf(bytes.subarray(0, plain.length), password);
  bytes.writeUInt16BE(messageIntegrity, plain.length);
  bytes.writeUInt16BE(hmac.length, plain.length + 2);
  hmac.copy(bytes, plain.length + 4);
  bytes.writeUInt16BE(bytes.length - headerBytes, 2);
  bytes.writeUInt16BE(fingerprint, signed);
  bytes.writeUInt16BE(4, signed + 2);
  bytes.writeUInt32BE((crc32(bytes.subarray(0, signed)) ^ 0x5354_554e) >>> 0, signed + 4);
  return bytes;
}

/** Checks the MESSAGE-INTEGRITY of a parsable message against a password. */
export function isSigned(datagram: Buffer, password: string): boolean {
  for (let start = headerBytes; start + integrityBytes <= datagram.length; ) {
    const length = datagram.readUInt16BE(start + 2);
    if (datagram.readUInt16BE(start) === messageIntegrity) {
      if (length !== integrityBytes - 4) return false;
      const covered = Buffer.from(datagram.subarray(0, start));
      covered.writeUInt16BE(start + integrityBytes - headerBytes, 2);
      return timingSafeEqual(hmacOf(covered, password), datagram.subarray(start + 4, start + integrityBytes));
    }
    start += 4 + 4 * Math.ceil(length / 4);
  }
  return false;
}

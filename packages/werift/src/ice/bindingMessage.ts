import { classes, Message, methods } from 'werift';
import type { Credentials } from './session.ts';

/** What a connectivity check says. */
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
export function checkRequest({ local, remote, priority, isControlling, tieBreaker, nominates }: CheckOptions): Message {
  const request = new Message(methods.BINDING, classes.REQUEST)
    .setAttribute('USERNAME', `${remote.usernameFragment}:${local.usernameFragment}`)
    .setAttribute('PRIORITY', priority)
    .setAttribute(isControlling ? 'ICE-CONTROLLING' : 'ICE-CONTROLLED', tieBreaker);
  if (nominates) request.setAttribute('USE-CANDIDATE', null);
  return sign(request as Message, remote.password);
}

/** Writes the answer to a check from an address. @see RFC 8445 § 7.3.1.2 */
export const successResponse = ({ transactionId }: Message, host: string, port: number, password: string): Message =>
  sign(
    new Message(methods.BINDING, classes.RESPONSE, transactionId).setAttribute('XOR-MAPPED-ADDRESS', [
      host,
      port,
    ]) as Message,
    password,
  );

/** Tells the remote to take the other role. @see RFC 8445 § 7.3.1.1 */
export const roleConflictResponse = ({ transactionId }: Message, password: string): Message =>
  sign(
    new Message(methods.BINDING, classes.ERROR, transactionId).setAttribute('ERROR-CODE', [
      487,
      'Role Conflict',
    ]) as Message,
    password,
  );

const sign = (message: Message, password: string): Message =>
  message.addMessageIntegrity(Buffer.from(password)).addFingerprint();

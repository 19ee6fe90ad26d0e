import { timingSafeEqual } from 'node:crypto';
import { sha256 } from '../sha256.ts';
import { type Policy, purposeOf } from './policy.ts';

/** What {@link hashTokens} needs. */
export interface HashTokensOptions {
  /** What only whoever makes tokens knows. */
  readonly secret: string;
}

/** The token for a stream and a purpose: the SHA-256 of id, purpose and secret, one behind the other, in hexadecimal. */
export const hashToken = (streamId: string, type: string, secret: string): string =>
  sha256(`${streamId}${type}${secret}`).toString('hex');

/** The token is the hash of what is wanted and a secret. It can be used again, and never ends. */
export const hashTokens =
  ({ secret }: HashTokensOptions): Policy =>
  ({ action, streamId, token }) => {
    if (token === undefined) return 'unauthorized_access';
    const expected = hashToken(streamId, purposeOf(action), secret);
    // Both hashed once more, so that they are of one length, and time tells nothing of how much of it was right.
    return timingSafeEqual(sha256(token), sha256(expected)) ? undefined : 'unauthorized_access';
  };

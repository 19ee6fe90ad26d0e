import { timingSafeEqual } from 'node:crypto';
import { sha256 } from '../sha256.ts';
import { type Policy, purposeOf } from './policy.ts';
import { sufficientFor } from './right.ts';

/** Options of {@link hashTokens}. */
export interface HashTokensOptions {
  /** Secret shared with the issuer of the tokens. */
  readonly secret: string;
}

/** The token for a stream or room and a purpose: the SHA-256 of id, purpose and secret, concatenated, in hexadecimal. */
export const hashToken = (streamId: string, type: string, secret: string): string =>
  sha256(`${streamId}${type}${secret}`).toString('hex');

/** Requires a token that is the hash of the request and a secret. It can be used repeatedly, and does not expire. */
export const hashTokens =
  ({ secret }: HashTokensOptions): Policy =>
  (request) => {
    const { token } = request;
    if (token === undefined) return 'unauthorized_access';
    // Both are hashed again to get equal lengths, so that timing does not reveal how much of the token was right.
    const shown = sha256(token);
    const found = sufficientFor(request).find(({ id }) =>
      timingSafeEqual(shown, sha256(hashToken(id, purposeOf(request.action), secret))),
    );
    return found === undefined ? 'unauthorized_access' : { right: found.right };
  };

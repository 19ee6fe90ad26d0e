import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose';
import * as v from 'valibot';
import { destinationOf } from '../http/destination.ts';
import type { Policy } from './policy.ts';
import { accessBy, type Right } from './right.ts';

/** Options of {@link jwtTokens}: a secret, or the address of the keys. */
export interface JwtTokensOptions {
  /** Secret that signs the tokens. At least 32 bytes. */
  readonly secret?: string | undefined;
  /** Address of the public keys (RFC 7517). */
  readonly jwksUrl?: string | undefined;
  /**
   * Accepted signature algorithms. Default `HS256` with a secret; `RS256`, `PS256`, `ES256` and `EdDSA` with keys. Never both
   * kinds at once, because a public key is not a secret.
   */
  readonly algorithms?: readonly string[] | undefined;
  /** Tolerance for the signer's clock, for `exp` and `nbf`. Seconds, default 30. */
  readonly leewaySeconds?: number | undefined;
  /** The time. Milliseconds since 1970. */
  readonly now: () => number;
}

/** Fewest bytes of a secret for HS256 (RFC 7518 § 3.2). */
const fewestSecretBytes = 32;

/** Default tolerance between two clocks. Seconds. */
export const defaultLeewaySeconds = 30;

/** Time the keys may take to come. Milliseconds. */
const keysTimeoutMs = 5_000;

const claims = v.object({
  streamId: v.string(),
  type: v.picklist(['publish', 'play']),
  roomId: v.optional(v.nullable(v.string())),
});

/** The rights that a token's claims give. `streamId` may name a room; `roomId` names one besides the stream. */
function rightOf(payload: JWTPayload): Right[] {
  const { success, output } = v.safeParse(claims, payload);
  if (!success) return [];
  const { streamId, type, roomId } = output;
  return [
    { streamId, type, roomId: undefined },
    { streamId, type, roomId: roomId || streamId },
  ];
}

function verifier(verification: JwtTokensOptions) {
  const { secret, jwksUrl, algorithms, leewaySeconds = defaultLeewaySeconds, now } = verification;
  const options = () => ({ requiredClaims: ['exp'], currentDate: new Date(now()), clockTolerance: leewaySeconds });
  if (secret !== undefined && jwksUrl === undefined) {
    if (Buffer.byteLength(secret) < fewestSecretBytes)
      throw new Error(`The secret of JWTs must have at least ${fewestSecretBytes} bytes.`);
    const allowed = [...(algorithms ?? ['HS256'])];
    if (allowed.some((name) => !name.startsWith('HS'))) throw new Error('A secret is for HS256, HS384 and HS512 only.');
    const key = new TextEncoder().encode(secret);
    return (token: string) => jwtVerify(token, key, { ...options(), algorithms: allowed });
  }
  if (jwksUrl !== undefined && secret === undefined) {
    const allowed = [...(algorithms ?? ['RS256', 'PS256', 'ES256', 'EdDSA'])];
    if (allowed.some((name) => name.startsWith('HS') || name === 'none'))
      throw new Error('Published keys are not for HS256, HS384 and HS512.');
    const { url, headers } = destinationOf(jwksUrl);
    const keys = createRemoteJWKSet(new URL(url), { timeoutDuration: keysTimeoutMs, headers });
    return (token: string) => jwtVerify(token, keys, { ...options(), algorithms: allowed });
  }
  throw new Error('JWTs need either a secret or the address of keys.');
}

/**
 * The token is a JWT with `streamId`, `type` (`publish` or `play`) and `exp`. One whose `streamId` or `roomId` is a room grants
 * everything in that room. It can be used again until it ends.
 *
 * @throws {Error} when the options make no sense.
 * @see docs/protocol.md § Authorization · RFC 7519
 */
export function jwtTokens(options: JwtTokensOptions): Policy {
  const verify = verifier(options);
  return async (request) => {
    if (request.token === undefined) return 'unauthorized_access';
    try {
      const { payload } = await verify(request.token);
      const found = rightOf(payload).flatMap((right) => accessBy(right, request) ?? []);
      if (found.length === 0) return 'unauthorized_access';
      return { right: found.includes('stream') ? 'stream' : 'room' };
    } catch {
      return 'unauthorized_access';
    }
  };
}

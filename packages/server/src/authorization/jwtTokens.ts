import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose';
import * as v from 'valibot';
import type { Policy } from './policy.ts';
import { covers, type Right } from './right.ts';

/** What {@link jwtTokens} needs: a secret, or where the keys are. */
export interface JwtTokensOptions {
  /** What tokens are signed with. At least 32 bytes. */
  readonly secret?: string | undefined;
  /** Where the public keys are published (RFC 7517). */
  readonly jwksUrl?: string | undefined;
  /**
   * How tokens may be signed. Default `HS256` with a secret, `RS256`, `PS256`, `ES256` and `EdDSA` with keys; never both
   * kinds at once, as a public key is no secret.
   */
  readonly algorithms?: readonly string[] | undefined;
  /** The time. Milliseconds since 1970. */
  readonly now: () => number;
}

/** Fewest bytes of a secret for HS256 (RFC 7518 § 3.2). */
const fewestSecretBytes = 32;

/** How long the keys may take to come. Milliseconds. */
const keysTimeoutMs = 5_000;

const claims = v.object({
  streamId: v.string(),
  type: v.picklist(['publish', 'play']),
  roomId: v.optional(v.nullable(v.string())),
});

/** What a token allows. Its `streamId` may be that of a room. */
function rightOf(payload: JWTPayload): Right[] {
  const { success, output } = v.safeParse(claims, payload);
  if (!success) return [];
  const { streamId, type, roomId } = output;
  return [
    { streamId, type, roomId: undefined },
    { streamId, type, roomId: roomId || streamId },
  ];
}

function verifier({ secret, jwksUrl, algorithms, now }: JwtTokensOptions) {
  const options = () => ({ requiredClaims: ['exp'], currentDate: new Date(now()) });
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
    const keys = createRemoteJWKSet(new URL(jwksUrl), { timeoutDuration: keysTimeoutMs });
    return (token: string) => jwtVerify(token, keys, { ...options(), algorithms: allowed });
  }
  throw new Error('JWTs need either a secret or the address of keys.');
}

/**
 * The token is a JWT with `streamId`, `type` (`publish` or `play`) and `exp`; one whose `streamId` or `roomId` is a room is
 * good for everything in that room. It can be used again until it ends.
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
      return rightOf(payload).some((right) => covers(right, request)) ? undefined : 'unauthorized_access';
    } catch {
      return 'unauthorized_access';
    }
  };
}

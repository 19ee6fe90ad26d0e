import { timingSafeEqual } from 'node:crypto';
import { jwtVerify } from 'jose';
import { defaultLeewaySeconds } from '../authorization/jwtTokens.ts';
import { sha256 } from '../sha256.ts';
import { notDone, type Reply } from './reply.ts';

/** Authentication of the REST API. At least one option must be set, or every request is refused. */
export interface RestAuthentication {
  /** Keys that are accepted as `Authorization: Bearer <key>`. */
  readonly keys?: readonly string[] | undefined;
  /** Secret of accepted JWTs (HS256) in `Authorization`. At least 32 bytes. */
  readonly jwtSecret?: string | undefined;
  /** Tolerance for the signer's clock, for `exp` and `nbf`. Seconds, default 30. */
  readonly jwtLeewaySeconds?: number | undefined;
}

/** Fewest bytes of a secret for HS256 (RFC 7518 § 3.2). */
const fewestSecretBytes = 32;

/** Refuses a secret that is too short to sign with. */
export function checkSecret(name: string, secret: string | undefined): void {
  if (secret !== undefined && Buffer.byteLength(secret) < fewestSecretBytes)
    throw new Error(`${name} must have at least ${fewestSecretBytes} bytes.`);
}

const shownBy = (headers: Headers): string | undefined =>
  (headers.get('authorization') ?? headers.get('proxyauthorization'))?.replace(/^Bearer\s+/i, '').trim();

/**
 * Creates the authentication of requests: it returns `undefined` to accept a request, otherwise the response.
 *
 * The origin of a request proves nothing: behind a proxy or relay, every client appears to be on this machine.
 *
 * @see docs/rest.md § Authentication
 */
export function authentication(options: RestAuthentication) {
  const { keys = [], jwtSecret, jwtLeewaySeconds: clockTolerance = defaultLeewaySeconds } = options;
  checkSecret('The secret of the REST API', jwtSecret);
  if (keys.includes('')) throw new Error('A key of the REST API is empty.');
  const digests = keys.map(sha256);
  const secret = jwtSecret === undefined ? undefined : new TextEncoder().encode(jwtSecret);

  // Every key is compared, so that timing reveals nothing.
  const isKey = (shown: string) => {
    const digested = sha256(shown);
    return digests.filter((known) => timingSafeEqual(known, digested)).length > 0;
  };
  const isJwt = async (shown: string) => {
    if (secret === undefined) return false;
    try {
      await jwtVerify(shown, secret, { algorithms: ['HS256'], clockTolerance });
      return true;
    } catch {
      return false;
    }
  };

  return async (headers: Headers): Promise<Reply | undefined> => {
    if (digests.length === 0 && secret === undefined)
      return notDone('The REST API is closed: no key is configured.', 403);
    const shown = shownBy(headers);
    if (shown === undefined) return notDone('Authorization is missing: send `Authorization: Bearer <key>`.', 401);
    return isKey(shown) || (await isJwt(shown)) ? undefined : notDone('Authorization is not valid.', 401);
  };
}

import { timingSafeEqual } from 'node:crypto';
import { jwtVerify } from 'jose';
import { defaultLeewaySeconds } from '../authorization/jwtTokens.ts';
import { sha256 } from '../sha256.ts';
import { notDone, type Reply } from './reply.ts';

/** Who may use the REST API. */
export interface RestAuthentication {
  /** Whoever shows one of these as `Authorization: Bearer` may. */
  readonly keys?: readonly string[] | undefined;
  /** Whoever shows a JWT signed with this (HS256) in `Authorization` may. At least 32 bytes. */
  readonly jwtSecret?: string | undefined;
  /** How far the clock of whoever signs may be off, for `exp` and `nbf`. Seconds, default 30. */
  readonly jwtLeewaySeconds?: number | undefined;
}

/** What is known of who asks. */
export interface Requester {
  /** The address of the socket; `undefined` when it is not known. */
  readonly address: string | undefined;
  readonly headers: Headers;
}

/** Fewest bytes of a secret for HS256 (RFC 7518 § 3.2). */
const fewestSecretBytes = 32;

/** Refuses a secret that is too short to sign with. */
export function checkSecret(name: string, secret: string | undefined): void {
  if (secret !== undefined && Buffer.byteLength(secret) < fewestSecretBytes)
    throw new Error(`${name} must have at least ${fewestSecretBytes} bytes.`);
}

const isLoopback = (address: string) => /^(::ffff:)?127\.|^::1$/.test(address);

const isLoopbackHost = (host: string) => /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i.test(host);

const forwardingHeaders = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'];

/**
 * A program on this machine that asks for itself. A proxy asks for others; a page in a browser may belong to another site,
 * and its name may have been bent to this machine (DNS rebinding).
 */
function isLocal({ address, headers }: Requester): boolean {
  if (address === undefined || !isLoopback(address)) return false;
  if (forwardingHeaders.some((name) => headers.has(name))) return false;
  const host = headers.get('host') ?? '';
  if (!isLoopbackHost(host)) return false;
  const origin = headers.get('origin');
  if (origin !== null && origin !== `http://${host}` && origin !== `https://${host}`) return false;
  return ['same-origin', 'none'].includes(headers.get('sec-fetch-site') ?? 'none');
}

const shownBy = (headers: Headers): string | undefined =>
  (headers.get('authorization') ?? headers.get('proxyauthorization'))?.replace(/^Bearer\s+/i, '').trim();

/**
 * Decides over who may use the REST API: `undefined` lets in, anything else is the answer.
 *
 * With keys or a secret configured, everybody shows one. With none, only programs on this machine are let in.
 *
 * @see docs/rest.md § Authentication
 */
export function authentication(options: RestAuthentication) {
  const { keys = [], jwtSecret, jwtLeewaySeconds: clockTolerance = defaultLeewaySeconds } = options;
  checkSecret('The secret of the REST API', jwtSecret);
  if (keys.includes('')) throw new Error('A key of the REST API is empty.');
  const digests = keys.map(sha256);
  const secret = jwtSecret === undefined ? undefined : new TextEncoder().encode(jwtSecret);

  // Every key is compared, so that time tells nothing of which is near.
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

  return async (requester: Requester): Promise<Reply | undefined> => {
    if (digests.length === 0 && secret === undefined)
      return isLocal(requester)
        ? undefined
        : notDone('Without a key configured, only this machine may use the REST API.', 403);
    const shown = shownBy(requester.headers);
    if (shown === undefined) return notDone('Authorization is missing.', 401);
    return isKey(shown) || (await isJwt(shown)) ? undefined : notDone('Authorization is not valid.', 401);
  };
}

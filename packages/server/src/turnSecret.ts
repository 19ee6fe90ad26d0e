import { createHmac } from 'node:crypto';
import type { IceServer } from '@sigchart/core/machines';

/** Options to make credentials for TURN servers that share a secret with this one. */
export interface TurnSecretOptions {
  /** All ICE servers. Those of `turn:` and `turns:` get credentials, which replace any others. */
  readonly iceServers: readonly IceServer[];
  /** The secret that the TURN servers have too: `static-auth-secret` of coturn. */
  readonly secret: string;
  /** Time credentials may be used to allocate a relay. Seconds, default 600. */
  readonly ttlSeconds?: number | undefined;
  /** The time. Milliseconds since 1970. Default that of Node. */
  readonly now?: () => number;
}

const needsCredentials = ({ urls }: IceServer) => /^turns?:/i.test(urls);

/**
 * Makes ICE servers with credentials that end, each time it is called. Pass the result as `iceServers`.
 *
 * The user name is the second, since 1970, in which they end; the credential is its HMAC-SHA1 by the secret, in Base64.
 *
 * @see docs/decisions/0039-turn-credentials-end.md
 * @throws {Error} when the secret is empty.
 */
export function withTurnSecret(options: TurnSecretOptions): () => readonly IceServer[] {
  const { iceServers, secret, ttlSeconds = 600, now = Date.now } = options;
  if (secret === '') throw new Error('The secret of the TURN servers is empty.');
  return () => {
    const username = `${Math.floor(now() / 1_000) + ttlSeconds}:sigchart`;
    const credential = createHmac('sha1', secret).update(username).digest('base64');
    return iceServers.map((server) => (needsCredentials(server) ? { ...server, username, credential } : server));
  };
}

import { createHmac } from 'node:crypto';

/** Key bytes of a secret: the base64 after `whsec_`, as in Standard Webhooks, or the text itself. */
const keyOf = (secret: string): Buffer =>
  secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : Buffer.from(secret);

/**
 * Headers that prove the sender and the age of a webhook: an id, the time in seconds since 1970, and HMAC-SHA256 over both and
 * the body.
 *
 * @see docs/rest.md § Webhooks · https://www.standardwebhooks.com
 */
export function signatureHeaders(id: string, timestamp: number, body: string, secret: string | undefined) {
  const headers = { 'webhook-id': id, 'webhook-timestamp': String(timestamp) };
  if (secret === undefined) return headers;
  const signature = createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { ...headers, 'webhook-signature': `v1,${signature}` };
}

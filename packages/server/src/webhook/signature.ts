import { createHmac } from 'node:crypto';

/** The bytes that a secret stands for: base64 behind `whsec_`, as Standard Webhooks writes it, else its text. */
const keyOf = (secret: string): Buffer =>
  secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : Buffer.from(secret);

/**
 * What a webhook carries so that its receiver knows who sent it, and that it is not an old one sent again: an id, the time
 * in seconds since 1970, and HMAC-SHA256 over both and the body.
 *
 * @see docs/rest.md § Webhooks · https://www.standardwebhooks.com
 */
export function signatureHeaders(id: string, timestamp: number, body: string, secret: string | undefined) {
  const headers = { 'webhook-id': id, 'webhook-timestamp': String(timestamp) };
  if (secret === undefined) return headers;
  const signature = createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { ...headers, 'webhook-signature': `v1,${signature}` };
}

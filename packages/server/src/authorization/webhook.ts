import { destinationOf } from '../http/destination.ts';
import type { Policy } from './policy.ts';

/** Options of {@link webhook}. */
export interface WebhookOptions {
  /** Address that is called. A user and a password in it are sent as `Authorization: Basic`. */
  readonly url: string;
  /** Time the answer may take. Milliseconds, default 5 000. */
  readonly timeoutMs?: number;
}

/**
 * Asks an application over HTTP. Only `200` grants; any other status, a redirect or no answer in time refuses.
 *
 * @see docs/protocol.md § Authorization
 */
export function webhook({ url: address, timeoutMs = 5_000 }: WebhookOptions): Policy {
  const { url, headers } = destinationOf(address);
  const text = (value: string | undefined) => value ?? '';
  return async ({ action, app, streamId, room, token, subscriberId, subscriberCode, metaData }) => {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify({
          appName: app,
          name: streamId,
          streamId,
          mode: action,
          room: text(room),
          token: text(token),
          subscriberId: text(subscriberId),
          subscriberCode: text(subscriberCode),
          metaData: text(metaData),
        }),
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      });
      await response.body?.cancel();
      if (response.status !== 200) return 'unauthorized_access';
      // The application was asked about the stream; for a member, only about the room.
      return { right: action === 'enter' ? 'room' : 'stream' };
    } catch {
      return 'unauthorized_access';
    }
  };
}

import * as v from 'valibot';
import { text } from './field.ts';

/** `ping`: the client is alive. Answered by `pong`. */
export const ping = v.object({ command: v.literal('ping') });

/** `pong`: the answer to `ping`. */
export const pong = v.object({ command: v.literal('pong') });

/**
 * `registerPushNotificationToken`: registers a device for push notifications. Its fields, a token among them, are ignored, because this
 * server sends no push notifications.
 */
export const registerPushNotificationToken = v.object({ command: v.literal('registerPushNotificationToken') });

/** `sendPushNotification`: sends a push notification to devices. Its fields are ignored. */
export const sendPushNotification = v.object({ command: v.literal('sendPushNotification') });

/** `getIceServerConfig`: asks for the STUN or TURN server to use. Always answered by `iceServerConfig`. */
export const getIceServerConfig = v.object({ command: v.literal('getIceServerConfig') });

/** `iceServerConfig`: one `stun:` or `turn:` URI, or `""` for none, and the TURN credentials. */
export const iceServerConfig = v.object({
  command: v.literal('iceServerConfig'),
  stunServerUri: v.optional(v.fallback(v.string(), ''), ''),
  turnServerUsername: text,
  turnServerCredential: text,
});

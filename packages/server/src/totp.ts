import { Secret, TOTP } from 'otpauth';
import type { Purpose, Subscriber } from './store/registered.ts';

/** Parameters of subscribers' codes. */
export interface TotpOptions {
  /** Lifetime of one code. Seconds, default 60. */
  readonly periodSeconds?: number;
  /** Secret for the codes of unregistered subscribers. By default they have none. */
  readonly publishSecret?: string;
  readonly playSecret?: string;
}

/** Owner of a code. */
export interface TotpSubject {
  readonly streamId: string;
  readonly subscriberId: string;
  readonly type: Purpose;
  /** As registered, if so. */
  readonly subscriber: Subscriber | undefined;
}

const defaultPeriodSeconds = 60;

/** One of six digits, by HMAC-SHA1, as authenticator apps make them. */
function generator({ streamId, subscriberId, type, subscriber }: TotpSubject, options: TotpOptions): TOTP | undefined {
  const period = subscriber?.totpExpiryPeriodSeconds || options.periodSeconds || defaultPeriodSeconds;
  if (subscriber !== undefined)
    return new TOTP({ secret: Secret.fromBase32(subscriber.b32Secret.replace(/=+$/, '')), period });
  const secret = type === 'publish' ? options.publishSecret : options.playSecret;
  if (secret === undefined) return undefined;
  const text = `${secret}${subscriberId}${streamId}${type}`;
  return new TOTP({ secret: Secret.fromUTF8(text.padEnd(Math.ceil(text.length / 8) * 8, 'X')), period });
}

/**
 * The code of a subscriber at a time, in milliseconds since 1970; `undefined` without a secret for it.
 *
 * @see docs/rest.md § Subscribers · RFC 6238
 */
export const totpCode = (subject: TotpSubject, options: TotpOptions, now: number): string | undefined =>
  generator(subject, options)?.generate({ timestamp: now });

/** True if a code is right at a time, or was or will be one period from it, as clocks differ. In constant time. */
export function isTotpCode(subject: TotpSubject, options: TotpOptions, now: number, code: string): boolean {
  // The library throws for six characters that have more bytes.
  if (!/^\d{6}$/.test(code)) return false;
  return typeof generator(subject, options)?.validate({ token: code, timestamp: now, window: 1 }) === 'number';
}

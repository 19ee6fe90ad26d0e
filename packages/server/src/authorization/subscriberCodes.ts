import type { Purpose, Subscriber } from '../store/registered.ts';
import type { Awaitable } from '../store/store.ts';
import { isTotpCode, type TotpOptions } from '../totp.ts';
import { asking, type Policy, purposeOf } from './policy.ts';

/** What {@link subscriberCodes} needs. */
export interface SubscriberCodesOptions {
  readonly subscriberOf: (app: string, streamId: string, subscriberId: string) => Awaitable<Subscriber | undefined>;
  readonly totp: TotpOptions;
  /** The time. Milliseconds since 1970. */
  readonly now: () => number;
}

/** Whoever is registered to publish may play, too, with the same codes. */
const isAllowed = (subscriber: Subscriber | undefined, type: Purpose) =>
  subscriber === undefined || subscriber.type === type || subscriber.type === 'publish';

/** `subscriberCode` is the time-based code of `subscriberId`, registered for the stream or derived from a secret. */
export const subscriberCodes =
  ({ subscriberOf, totp, now }: SubscriberCodesOptions): Policy =>
  ({ action, app, streamId, subscriberId, subscriberCode }) => {
    if (subscriberId === undefined || subscriberCode === undefined) return 'unauthorized_access';
    return asking(
      () => subscriberOf(app, streamId, subscriberId),
      (subscriber) => {
        const type = purposeOf(action);
        const isRight =
          isAllowed(subscriber, type) &&
          isTotpCode({ streamId, subscriberId, type, subscriber }, totp, now(), subscriberCode);
        return isRight ? undefined : 'unauthorized_access';
      },
    );
  };

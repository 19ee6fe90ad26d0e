import { sha256 } from '../sha256.ts';
import type { Purpose, Subscriber } from '../store/registered.ts';
import type { Awaitable } from '../store/store.ts';
import { isTotpCode, type TotpOptions } from '../totp.ts';
import type { AuthorizationRequest, Decision } from './authorize.ts';
import { asking, type Policy, purposeOf } from './policy.ts';
import { sufficientFor } from './right.ts';
import { WrongCodes } from './wrongCodes.ts';

/** Options of {@link subscriberCodes}. */
export interface SubscriberCodesOptions {
  readonly subscriberOf: (app: string, streamId: string, subscriberId: string) => Awaitable<Subscriber | undefined>;
  readonly totp: TotpOptions;
  /** The time. Milliseconds since 1970. */
  readonly now: () => number;
}

/** True if the subscriber is registered for the purpose; those who may publish may also play. */
const isAllowed = (subscriber: Subscriber | undefined, type: Purpose) =>
  subscriber === undefined || subscriber.type === type || subscriber.type === 'publish';

/** Short key for names of any length, for maps with many entries. */
const shortened = (names: readonly string[]) => sha256(JSON.stringify(names)).toString('base64');

/**
 * Requires the time-based code of `subscriberId` as `subscriberCode`, registered for the stream or derived from a secret; into a
 * room, for the room. After five wrong codes in a minute, every code of that subscriber is refused until the minute is over.
 */
export function subscriberCodes({ subscriberOf, totp, now }: SubscriberCodesOptions): Policy {
  const wrongCodes = new WrongCodes({ now });

  /** Checks a code for one stream or room. */
  const check = ({ action, app }: AuthorizationRequest, streamId: string, subscriberId: string, code: string) =>
    asking(
      () => subscriberOf(app, streamId, subscriberId),
      (subscriber): Decision => {
        const who = shortened([app, streamId, subscriberId]);
        if (wrongCodes.areTooMany(who)) return 'unauthorized_access';
        const type = purposeOf(action);
        const isRight =
          isAllowed(subscriber, type) && isTotpCode({ streamId, subscriberId, type, subscriber }, totp, now(), code);
        if (isRight) wrongCodes.forget(who);
        else wrongCodes.add(who);
        return isRight ? undefined : 'unauthorized_access';
      },
    );

  return (request) => {
    const { subscriberId, subscriberCode } = request;
    if (subscriberId === undefined || subscriberCode === undefined) return 'unauthorized_access';
    // Only one, so that one message is one guess.
    const [wanted] = sufficientFor(request);
    if (wanted === undefined) return 'unauthorized_access';
    const { id, right } = wanted;
    const decided = check(request, id, subscriberId, subscriberCode);
    const proved = (decision: Decision): Decision => decision ?? { right };
    return decided instanceof Promise ? decided.then(proved) : proved(decided);
  };
}

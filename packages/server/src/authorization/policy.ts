import type { AccessAction } from '@sigchart/core/machines';
import type { Purpose } from '../store/registered.ts';
import type { Awaitable } from '../store/store.ts';
import type { AuthorizationRequest, Authorize, Decision, Proof } from './authorize.ts';

/**
 * One rule about requests. It gets everything it depends on as options.
 *
 * @see docs/protocol.md § Authorization
 */
export type Policy = (request: AuthorizationRequest) => Awaitable<Decision>;

/** The weaker of two proofs: policies have to agree, so the least specific right counts. */
const weaker = (one: Proof | undefined, other: Proof | undefined): Proof | undefined => {
  if (one === undefined || other === undefined) return one ?? other;
  return one.right === 'room' ? one : other;
};

/** Applies policies in order. The first refusal decides, and later policies are not called. */
export function every(policies: readonly Policy[]): Authorize {
  return (request) => {
    const from = (first: number, proof: Proof | undefined): Awaitable<Decision> => {
      let shown = proof;
      for (const [index, policy] of policies.entries()) {
        if (index < first) continue;
        const decision = policy(request);
        if (decision instanceof Promise)
          return decision.then((later) => (typeof later === 'string' ? later : from(index + 1, weaker(shown, later))));
        if (typeof decision === 'string') return decision;
        shown = weaker(shown, decision);
      }
      return shown;
    };
    return from(0, undefined);
  };
}

/** A rule for some actions; it grants every other. */
export const forActions =
  (actions: readonly AccessAction[], policy: Policy): Policy =>
  (request) =>
    actions.includes(request.action) ? policy(request) : undefined;

/** The purpose that a token must have: peers and members send, too. */
export const purposeOf = (action: AccessAction): Purpose =>
  action === 'publish' || action === 'join' || action === 'enter' ? 'publish' : 'play';

/** Queries a store and decides by its answer. If the store fails, the request is refused with `data_store_not_available`. */
export function asking<Answer, Decided = Decision>(
  question: () => Awaitable<Answer>,
  decide: (answer: Answer) => Awaitable<Decided>,
): Awaitable<Decided | 'data_store_not_available'> {
  const failed = () => 'data_store_not_available' as const;
  let answer: Awaitable<Answer>;
  try {
    answer = question();
  } catch {
    return failed();
  }
  return answer instanceof Promise ? answer.then(decide, failed) : decide(answer);
}

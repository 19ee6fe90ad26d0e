import type { AccessAction, ErrorDefinition } from '@sigchart/core';
import type { Purpose } from '../store/registered.ts';
import type { Awaitable } from '../store/store.ts';
import type { AuthorizationRequest, Authorize } from './authorize.ts';

/** `undefined` lets through; a definition refuses with that error. */
export type Decision = ErrorDefinition | undefined;

/**
 * One rule over what somebody wants to do. What it needs of the world it is given.
 *
 * @see docs/protocol.md § Authorization
 */
export type Policy = (request: AuthorizationRequest) => Awaitable<Decision>;

/** All of them must let through. Asked in their order; the first that refuses decides, and the others are not asked. */
export function every(policies: readonly Policy[]): Authorize {
  return (request) => {
    const from = (first: number): Awaitable<Decision> => {
      for (const [index, policy] of policies.entries()) {
        if (index < first) continue;
        const decision = policy(request);
        if (decision instanceof Promise) return decision.then((refusal) => refusal ?? from(index + 1));
        if (decision !== undefined) return decision;
      }
      return undefined;
    };
    return from(0);
  };
}

/** A rule for some actions; it lets through every other. */
export const forActions =
  (actions: readonly AccessAction[], policy: Policy): Policy =>
  (request) =>
    actions.includes(request.action) ? policy(request) : undefined;

/** What a token must be for: a peer and a member send, too. */
export const purposeOf = (action: AccessAction): Purpose =>
  action === 'play' || action === 'query' ? 'play' : 'publish';

/** Asks a store, and decides by its answer. A store that fails refuses with `data_store_not_available`. */
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

import type { AccessEvent, AccessRequest } from '@sigchart/core/machines';
import { expect, test } from 'vitest';
import { Decisions, type Grant, verdictOf } from './decisions.ts';

const wish = (more: Partial<AccessRequest> = {}): AccessRequest => ({
  action: 'publish',
  streamId: 's1',
  room: undefined,
  token: undefined,
  subscriberId: undefined,
  subscriberCode: undefined,
  metaData: undefined,
  ...more,
});

/** Event reported for a request, given the result of the policies. */
async function decided(decision: unknown): Promise<AccessEvent> {
  const decisions = new Decisions(() => {
    const answer = typeof decision === 'function' ? decision() : decision;
    return answer instanceof Promise ? answer.then((later) => verdictOf(later, [])) : verdictOf(answer, []);
  });
  return new Promise((resolve) => decisions.decide(wish(), resolve));
}

test.each([
  ['a definition', 'user_blocked', 'user_blocked'],
  ['false', false, 'unauthorized_access'],
  ['null', null, 'unauthorized_access'],
  ['an object', {}, 'unauthorized_access'],
  ['a right that there is not', { right: 'all' }, 'unauthorized_access'],
  ['a promise of what is no verdict', Promise.resolve(false), 'unauthorized_access'],
  ['a promise that is broken', () => Promise.reject(new Error('out of order')), 'unauthorized_access'],
])('%s refuses', async (_, verdict, definition) => {
  expect(await decided(verdict)).toMatchObject({ type: 'access.refused', definition });
});

test('nothing grants, and so does a right', async () => {
  expect(await decided(undefined)).toEqual({ type: 'access.granted', request: wish() });
  expect(await decided(Promise.resolve({ right: 'room' }))).toEqual({
    type: 'access.granted',
    request: wish(),
    right: 'room',
  });
});

test('a grant is remembered, unless its credentials are too long', () => {
  let remembered: readonly Grant[] = [];
  const decisions = new Decisions((_, granted) => {
    remembered = granted;
    return {};
  });
  decisions.decide(wish({ token: 'short' }), () => {});
  decisions.decide(wish({ token: 'x'.repeat(200_000) }), () => {});
  decisions.decide(wish(), () => {});
  expect(remembered.map(({ token }) => token)).toEqual(['short']);
});

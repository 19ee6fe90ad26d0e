import type { AccessEvent, AccessRequest } from '@sigchart/core/machines';
import { expect, test, vi } from 'vitest';
import { Decisions, type Grant, type Granted, verdictOf } from './decisions.ts';

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

test('of requests that wait for a decision there are 256, and a further one is refused at once', async () => {
  let decide: (verdict: Granted) => void = () => {};
  const decisions = new Decisions(
    () =>
      new Promise((resolve) => {
        decide = resolve;
      }),
  );
  const events: AccessEvent['type'][] = [];
  // The first is being decided, and does not wait.
  for (let count = 0; count < 258; count += 1)
    decisions.decide(wish({ streamId: `s${count}` }), ({ type }) => events.push(type));
  expect(events).toEqual(['access.refused']);
  decide({});
  await vi.waitFor(() => expect(events).toEqual(['access.refused', 'access.granted']));
  decisions.decide(wish({ streamId: 'next' }), ({ type }) => events.push(type));
  expect(events).toHaveLength(2);
});

test('the last 256 grants of a socket are remembered', () => {
  let remembered: readonly Grant[] = [];
  const decisions = new Decisions((_, granted) => {
    remembered = granted;
    return {};
  });
  for (let count = 0; count < 300; count += 1) decisions.decide(wish({ streamId: `s${count}` }), () => {});
  expect(remembered).toHaveLength(256);
  expect([remembered[0]?.streamId, remembered.at(-1)?.streamId]).toEqual(['s298', 's43']);
});

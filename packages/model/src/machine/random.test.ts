import { begin, maxWaitingCandidates, step } from '@sigchart/core/machines';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AnyMachineSnapshot } from 'xstate';
import { isNightly } from '../../test/nightly.ts';
import { everySubject } from '../alphabet/roles.ts';
import { transitionsOf } from './transition.ts';

const runs = isNightly ? 100_000 : 200;
const length = 50;

type AnyEffect = { readonly type: string; readonly name?: string };

/** Messages by which shared machines learn that all sockets are gone. */
const farewells: Readonly<Record<string, readonly object[]>> = {
  'peer.server': [1, 2, 3, 4].map((from) => ({ type: 'socket.closed', from })),
  'conference.server': [1, 2].map((from) => ({ type: 'socket.closed', from })),
  'quality.server': [{ type: 'media.closed' }],
  'stream.server': [1, 2].flatMap((socket) => [
    ...Array.from({ length }, () => ({ type: 'room.memberLeft', room: 'r1', by: socket })),
    { type: 'role.unsubscribed', from: socket },
    { type: 'role.released', from: socket },
    { type: 'role.released', from: socket },
  ]),
};

test.each(everySubject)(
  `%s bears any ${length} events in any order, and ends with its socket`,
  { timeout: isNightly ? 3_600_000 : 600_000 },
  (id, { machine, options }) => {
    const timersHeard = new Set(transitionsOf(machine).map(({ event }) => event));
    fc.assert(
      fc.property(
        fc.constantFrom(...(options.inputs ?? [undefined])),
        fc.array(fc.constantFrom(...options.events), { maxLength: length }),
        (input, events) => {
          let { snapshot, effects } = begin(machine, input as never);
          let isOpen = false;
          const timers = new Set<string>();
          const check = () => {
            for (const effect of effects as readonly AnyEffect[]) {
              if (effect.type === 'timer.start') timers.add(effect.name as string);
              if (effect.type === 'timer.stop') timers.delete(effect.name as string);
              if (effect.type === 'rtc.open') {
                expect(isOpen, 'a connection is opened while one is open').toBe(false);
                isOpen = true;
              } else if (effect.type.startsWith('rtc.')) {
                expect(isOpen, `${effect.type} without a connection`).toBe(true);
                isOpen = effect.type !== 'rtc.close';
              }
            }
            for (const timer of timers) expect(timersHeard).toContain(`timer.${timer}`);
            const { ownCandidates = [], theirCandidates = [] } = (snapshot as AnyMachineSnapshot).context;
            expect(Math.max(ownCandidates.length, theirCandidates.length)).toBeLessThanOrEqual(maxWaitingCandidates);
          };
          check();
          const isOver = () => (snapshot as AnyMachineSnapshot).status === 'done';
          const isUnused = () => isOver() || (snapshot as AnyMachineSnapshot).hasTag('unused');
          const farewell = farewells[id] ?? [{ type: 'socket.closed' }];
          for (const [index, event] of [...events, ...farewell].entries()) {
            if (isOver() || (index >= events.length && isUnused())) break;
            ({ snapshot, effects } = step(machine, snapshot, event as never));
            check();
          }
          expect(isUnused()).toBe(true);
          expect(isOpen, 'a connection is left open').toBe(false);
        },
      ),
      { numRuns: runs },
    );
  },
);

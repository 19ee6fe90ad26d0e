import { type ActorRefFrom, assign, fromPromise, sendTo, setup, spawnChild, stopChild } from 'xstate';

/** Counts what was brewed. Every coffee machine starts one. */
const counter = setup({
  types: { context: {} as { readonly cups: number }, events: {} as { readonly type: 'brewed' } },
}).createMachine({
  id: 'counter',
  context: { cups: 0 },
  initial: 'counting',
  states: {
    counting: { on: { brewed: { actions: assign({ cups: ({ context }) => context.cups + 1 }) } } },
  },
});

/** Something of everything that a statechart has: nested and parallel states, history, time, promises and children. */
export const coffeeMachine = setup({
  types: {
    context: {} as {
      readonly water: number;
      readonly counter: ActorRefFrom<typeof counter> | undefined;
      readonly account: string | undefined;
    },
    events: {} as
      | { readonly type: 'switchOn' | 'switchOff' | 'brew' | 'refill' | 'openLid' | 'closeLid' }
      | { readonly type: 'pay'; readonly account: string; readonly token: string },
  },
  actors: {
    counter,
    heat: fromPromise(async () => ({ degrees: 93 })),
  },
  guards: { hasWater: ({ context }) => context.water > 0 },
  delays: { brewing: 20 },
}).createMachine({
  id: 'coffee',
  context: { water: 1, counter: undefined, account: undefined },
  initial: 'off',
  entry: [
    assign({ counter: ({ spawn }) => spawn('counter', { id: 'counter' }) }),
    spawnChild('counter', { id: 'second' }),
    stopChild('second'),
  ],
  states: {
    off: { on: { switchOn: 'on.resumed' } },
    on: {
      type: 'parallel',
      on: { switchOff: 'off', pay: { actions: assign({ account: ({ event }) => event.account }) } },
      states: {
        resumed: { type: 'history', history: 'deep' },
        water: {
          initial: 'cold',
          states: {
            cold: {
              invoke: { src: 'heat', onDone: 'hot', onError: 'broken' },
            },
            hot: {
              initial: 'idle',
              states: {
                idle: { on: { brew: { guard: 'hasWater', target: 'brewing' } } },
                brewing: {
                  exit: sendTo('counter', { type: 'brewed' }),
                  after: {
                    brewing: { target: 'idle', actions: assign({ water: ({ context }) => context.water - 1 }) },
                  },
                },
              },
            },
            broken: { type: 'final' },
          },
        },
        lid: {
          initial: 'closed',
          on: { refill: { actions: assign({ water: 3 }) } },
          states: {
            closed: { on: { openLid: 'open' } },
            open: { on: { closeLid: 'closed' }, after: { 60000: 'closed' } },
          },
        },
      },
    },
  },
});

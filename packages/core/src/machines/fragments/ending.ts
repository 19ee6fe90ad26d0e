import { send, startTimer, stopTimer } from '../action.ts';
import { stopTimeoutMs } from '../timer.ts';

/** Transitions of a client's role once the server has confirmed its end, or has not done so in time. */
export const onceOver = <Over extends string, const Then>(over: Over, then: Then) =>
  ({ [over]: then, 'timer.stopping': then }) as { readonly [Type in Over | 'timer.stopping']: Then };

/** A wait for the server's word, which ends in any case. */
export const awaitingEnd = { entry: startTimer('stopping', stopTimeoutMs), exit: stopTimer('stopping') } as const;

const ending = { ...awaitingEnd, entry: [send({ command: 'stop' }), awaitingEnd.entry] } as const;

/** To be tried again, if it has not been tried too often. */
export const again = [
  { guard: 'mayRetry', target: 'retrying' },
  { target: 'ended', actions: 'giveFailed' },
] as const;

const failed = { target: 'ended', actions: 'giveFailed' } as const;

/** Transitions with which an accepted publisher or player ends, or is to be tried again. */
export const acceptedEnds = {
  'rtc.failed': [{ guard: 'isNegotiationFailure', target: 'failing' }, { target: 'restarting' }],
  'timer.media': 'restarting',
  'timer.grace': 'restarting',
  'app.stop': 'stopping',
  'socket.lost': 'offline',
} as const;

/**
 * The states in which a client's publisher or player ends. In each, the role waits for the server's confirmation, so that late
 * messages of one role are never taken for those of the next.
 *
 * @param asked - Event of the application that requests the role.
 * @param over - Message of the server that ends the role.
 */
export const endingStates = <Asked extends string, Over extends string>(asked: Asked, over: Over) => {
  const askedAgain = { [asked]: { target: 'restarted', actions: 'adoptRequest' } } as {
    readonly [Type in Asked]: { readonly target: 'restarted'; readonly actions: 'adoptRequest' };
  };
  return {
    // Over, and to be tried again.
    restarting: {
      id: 'restarting',
      ...ending,
      on: { ...onceOver(over, again), 'app.stop': 'stopping', 'socket.lost': 'offline' },
    },
    // The application has asked for the end.
    stopping: {
      ...ending,
      on: { ...onceOver(over, 'stopped'), 'socket.lost': 'stopped', ...askedAgain },
    },
    // Over, and not to be tried again, as it cannot be described here.
    failing: {
      ...ending,
      on: { ...onceOver(over, failed), 'socket.lost': failed, ...askedAgain },
    },
    // Asked for again before the end was confirmed.
    restarted: {
      ...awaitingEnd,
      on: { ...onceOver(over, 'requesting'), 'app.stop': 'stopping', 'socket.lost': 'offline' },
    },
  } as const;
};

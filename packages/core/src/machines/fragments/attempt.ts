import { stopTimer } from '../action.ts';

/**
 * The states of a client's role before its first request, and between a failure and the next request.
 *
 * @param asked - Event of the application that requests the role.
 * @param requesting - State in which the role sends its request.
 */
export const attemptStates = <Asked extends string, const Requesting extends string>(
  asked: Asked,
  requesting: Requesting,
) => {
  const begin = { [asked]: { target: 'offline', actions: 'adoptRequest' } } as {
    readonly [Type in Asked]: { readonly target: 'offline'; readonly actions: 'adoptRequest' };
  };
  return {
    idle: { on: { ...begin, 'app.stop': 'stopped' } },
    offline: { on: { 'socket.opened': requesting, 'app.stop': 'stopped' } },
    retrying: {
      entry: 'startRetryTimer',
      exit: [stopTimer('retry'), 'countAttempt'],
      on: { 'timer.retry': requesting, 'app.stop': 'stopped', 'socket.lost': 'offline' },
    },
  } as const;
};

import { type ActionKinds, startTimer, stopTimer } from '../action.ts';
import type { RoleName } from '../ports/role.ts';
import type { RtcEffect } from '../ports/rtc.ts';
import { graceMs, mediaTimeoutMs } from '../timer.ts';

/** Actions that open and close a role's connection, on either side. */
export const mediaActions = <E, U>(
  { effect }: ActionKinds<{ readonly streamId: string }, RtcEffect, E, U>,
  role: RoleName,
) => ({
  openConnection: effect(({ context }) => ({ type: 'rtc.open', role, streamId: context.streamId })),
  closeConnection: effect(() => ({ type: 'rtc.close' })),
});

const inDoubt = { entry: startTimer('grace', graceMs), exit: stopTimer('grace') } as const;

/**
 * The states of a client's media, once it has a connection.
 *
 * @param flowing - Name of the state in which media flows.
 * @param doubted - Further transitions while it is unknown whether media flows.
 */
export const mediaStates = <const Flowing extends string, const Doubted extends object = Record<never, never>>(
  flowing: Flowing,
  doubted: Doubted = {} as Doubted,
) => {
  const whileFlowing = {
    on: { 'rtc.disconnected': 'interrupted', 'clock.skipped': { guard: 'hasSlept', target: 'resuming' } },
  } as const;
  return {
    initial: 'connecting',
    states: {
      connecting: {
        entry: startTimer('media', mediaTimeoutMs),
        exit: stopTimer('media'),
        on: { 'rtc.connected': { target: flowing, actions: 'markEstablished' } },
      },
      ...({ [flowing]: whileFlowing } as { readonly [State in Flowing]: typeof whileFlowing }),
      // ICE often comes back by itself within seconds, and the other end waits as long as this side does.
      interrupted: { ...inDoubt, on: { 'rtc.connected': flowing, ...doubted } },
      // This side did not run for a while. The remote may have ended the role meanwhile, with its message still in flight.
      resuming: {
        ...inDoubt,
        on: { 'rtc.connected': flowing, 'rtc.disconnected': 'interrupted', 'timer.grace': flowing, ...doubted },
      },
    },
  } as const;
};

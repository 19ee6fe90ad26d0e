import type { ActionKinds } from '../action.ts';
import type { RoleName, RtcEffect, TimerEffect } from '../effect.ts';
import { graceMs, mediaTimeoutMs } from '../timer.ts';

/** How a role opens, watches and closes its connection, on either side. */
export const mediaActions = <E, U>(
  { effect }: ActionKinds<{ readonly streamId: string }, RtcEffect | TimerEffect, E, U>,
  role: RoleName,
) => ({
  openConnection: effect(({ context }) => ({ type: 'rtc.open', role, streamId: context.streamId })),
  closeConnection: effect(() => ({ type: 'rtc.close' })),
  startMediaTimer: effect(() => ({ type: 'timer.start', name: 'media', ms: mediaTimeoutMs })),
  stopMediaTimer: effect(() => ({ type: 'timer.stop', name: 'media' })),
  startGraceTimer: effect(() => ({ type: 'timer.start', name: 'grace', ms: graceMs })),
  stopGraceTimer: effect(() => ({ type: 'timer.stop', name: 'grace' })),
});

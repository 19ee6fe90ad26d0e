import type { ChartedRole } from '../chart/plans.ts';

const shared: Readonly<Record<string, string>> = {
  idle: 'Not started',
  offline: 'Connecting to the server',
  requesting: 'Asking the server',
  joining: 'Joining the call',
  entering: 'Entering the room',
  waiting: 'Waiting for the other participant',
  connecting: 'Connecting media',
  publishing: 'Live',
  playing: 'Playing',
  connected: 'Connected',
  entered: 'In the room',
  interrupted: 'Network interrupted',
  resuming: 'Continuing after a pause',
  restarting: 'Starting again',
  retrying: 'Trying again soon',
  restarted: 'Starting again',
  rejoining: 'Joining again',
  reentering: 'Entering again',
  stopping: 'Stopping',
  leaving: 'Leaving',
  failing: 'Stopping',
  stopped: 'Stopped',
  ended: 'Ended',
};

const own: Readonly<Partial<Record<ChartedRole, Readonly<Record<string, string>>>>> = {
  peer: { stopped: 'You left the call' },
  member: { stopped: 'You left the room' },
};

/** The caption for the state of a role; the state's own name if there is none. */
export const captionOf = (role: ChartedRole, state: string): string => own[role]?.[state] ?? shared[state] ?? state;

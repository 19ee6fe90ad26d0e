import type { SessionTransition } from '@sigchart/core';

/** How the socket of a client is doing. */
export interface SocketWatch {
  /** How often in a row it was dialled in vain. */
  readonly attempt: number;
  readonly open: boolean;
  /** Whether it has ever been open. */
  readonly wasOpen: boolean;
}

/** Before anything is dialled. */
export const undialled: SocketWatch = { attempt: 0, open: false, wasOpen: false };

/** What a transition of the socket machine makes of it; one of a role changes nothing. */
export function watchSocket(before: SocketWatch, { address, state, context }: SessionTransition): SocketWatch {
  if (address !== undefined) return before;
  const { attempt } = context as { readonly attempt: number };
  const open = typeof state === 'object';
  // A wait follows a call in vain, which the machine counts as the wait ends.
  return { attempt: state === 'waiting' ? attempt + 1 : attempt, open, wasOpen: before.wasOpen || open };
}

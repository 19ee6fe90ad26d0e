import type { RoleSnapshot } from '@sigchart/browser';
import { explainDefinition } from '../explain/definition.ts';

/** State of the player and its socket. */
export type EmbeddedState = Pick<RoleSnapshot, 'state' | 'reason' | 'definition' | 'socket'>;

const absent = 'no_stream_exist';

/**
 * The caption over the picture; none while it plays. `before` is the previous caption: a player that asks again keeps it until it
 * has an answer.
 */
export function captionOf({ state, reason, definition, socket }: EmbeddedState, before: string): string {
  switch (state) {
    case 'playing':
      return '';
    case 'interrupted':
    case 'resuming':
      return 'The network is interrupted. The stream continues by itself.';
    case 'ended':
      if (definition === absent) return 'Waiting for the stream to start.';
      if (reason === 'ended') return 'The stream has ended. It continues here if it comes back.';
      if (reason === 'refused' && definition !== undefined) return explainDefinition(definition).title;
      return 'The stream does not arrive. Trying again.';
    case 'offline':
      return socket === 'waiting' ? 'The server cannot be reached. Trying again.' : before || 'Connecting …';
    default:
      return before || 'Connecting …';
  }
}

/**
 * Delay before the player asks again, by the reason of its end. Milliseconds; randomized, so that the viewers of a stream do not
 * all ask at the same time.
 */
export function waitMs({ reason, definition }: Pick<EmbeddedState, 'reason' | 'definition'>, random: number): number {
  // A refusal for any reason but a missing stream rarely changes within moments.
  const isRefused = reason === 'refused' && definition !== absent;
  return (isRefused ? 30_000 : 2_000) * (1 + random / 2);
}

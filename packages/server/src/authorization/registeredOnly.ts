import type { Awaitable } from '../store/store.ts';
import { asking, type Policy } from './policy.ts';

/** Options of {@link registeredOnly}. */
export interface RegisteredOnlyOptions {
  readonly isRegistered: (app: string, streamId: string) => Awaitable<boolean>;
}

/**
 * Only registered streams are published, and only registered rooms entered. A stream of a registered room need not be
 * registered itself, as members may get an id from the server.
 */
export const registeredOnly =
  ({ isRegistered }: RegisteredOnlyOptions): Policy =>
  ({ action, app, streamId, room, rooms }) => {
    if (action !== 'publish' && action !== 'enter') return undefined;
    const ids = action === 'publish' ? [streamId, ...(room === undefined ? [] : [room]), ...rooms] : [streamId];
    return asking(
      () => {
        const answers = ids.map((id) => isRegistered(app, id));
        return answers.some((answer) => answer instanceof Promise) ? Promise.all(answers) : (answers as boolean[]);
      },
      (answers) => (answers.includes(true) ? undefined : 'not_allowed_unregistered_streams'),
    );
  };

import type { ClientMessage, ServerMessage } from './message.ts';

/**
 * The text of a message, as it goes on the wire. Fields that are `undefined` are left out.
 *
 * @example
 * ```ts
 * socket.send(encode({ command: 'play', streamId: 'stream1' }));
 * ```
 */
export const encode = (message: ClientMessage | ServerMessage): string => JSON.stringify(message);

import type { ClientMessage, ServerMessage } from './message.ts';

/**
 * Serializes a message for the wire. Fields that are `undefined` are left out.
 *
 * @example
 * ```ts
 * socket.send(encode({ command: 'play', streamId: 'stream1' }));
 * ```
 */
export const encode = (message: ClientMessage | ServerMessage): string => JSON.stringify(message);

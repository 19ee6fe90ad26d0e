import { type AppLimits, defaultAppLimits } from '@sigchart/core/app';

/** Limits for the clients of a server. @see docs/limits.md */
export interface ServerLimits extends AppLimits {
  /** WebSockets. Default 20 000. */
  readonly sockets: number;
  /** WebSockets from one address. Default 1 000. */
  readonly socketsPerAddress: number;
  /** Messages of one socket, each second. Default 100. */
  readonly messageRate: number;
  /** Messages of one socket at once. Default 400. */
  readonly messageBurst: number;
  /** Messages of all sockets from one address, each second. Default 1 000. */
  readonly addressMessageRate: number;
  /** Messages of all sockets from one address at once. Default 4 000. */
  readonly addressMessageBurst: number;
  /** Bytes of one message, above which its socket is closed. Default 2 MiB; the longest that is decoded has 786 432 in UTF-8. */
  readonly messageBytes: number;
  /** Maximum time for a message to arrive in full. Milliseconds, default 20 000. */
  readonly messageTimeoutMs: number;
  /** Bytes of all messages from one address that are not finished. Default 16 MiB. */
  readonly addressUnfinishedBytes: number;
  /** Bytes that a client may leave unread. Default 8 MiB. */
  readonly backlogBytes: number;
  /** Bytes that all clients of one address may leave unread. Default 64 MiB. */
  readonly addressBacklogBytes: number;
}

/** {@link ServerLimits} */
export const defaultServerLimits: ServerLimits = {
  ...defaultAppLimits,
  sockets: 20_000,
  socketsPerAddress: 1_000,
  messageRate: 100,
  messageBurst: 400,
  addressMessageRate: 1_000,
  addressMessageBurst: 4_000,
  messageBytes: 2 * 1024 * 1024,
  messageTimeoutMs: 20_000,
  addressUnfinishedBytes: 16 * 1024 * 1024,
  backlogBytes: 8 * 1024 * 1024,
  addressBacklogBytes: 64 * 1024 * 1024,
};

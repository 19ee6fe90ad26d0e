/**
 * Maximum time of a role between being accepted and connected media. After that, a publisher receives `publishTimeoutError`, a
 * player `play_finished`. Milliseconds.
 *
 * @see docs/protocol/timers.md § Every timer
 */
export const mediaTimeoutMs = 10_000;

/** Maximum wait of a `play` for a member that is not live, before `no_stream_exist`. Milliseconds. */
export const parkingMs = 10_000;

/**
 * Time media may be interrupted before the role ends. Milliseconds.
 *
 * @see docs/protocol/timers.md § Every timer
 */
export const graceMs = 8_000;

/** Time a silent owner of a stream id has to answer when another socket claims the id. Milliseconds. */
export const contestMs = 1_500;

/** Time for which candidates for a peer that has left are silently ignored. Milliseconds. */
export const lateMs = 2_000;

/** Interval of a server's liveness checks; a check that is unanswered at the next one ends the socket. Milliseconds. */
export const livenessMs = 10_000;

/** Time that the publishers of a silent socket have to show that their media arrives. Milliseconds. */
export const doubtMs = 2_000;

/** Interval of a client's `ping`; after two unanswered in a row, it reconnects. Milliseconds. */
export const pingMs = 3_000;

/** Time a client waits for what answers its request, `start` or an offer. Milliseconds. */
export const requestTimeoutMs = 10_000;

/** Time a client waits for `iceServerConfig` before it continues without. Milliseconds. */
export const iceServersTimeoutMs = 1_000;

/** Time a client that stops waits for the server to say so. Milliseconds. */
export const stopTimeoutMs = 1_000;

/**
 * Time a WHIP or WHEP request waits for the server's answer before it is responded to with 503. Longer than a player waits
 * for a member of a room that is not live yet. Milliseconds.
 */
export const exchangeTimeoutMs = 15_000;

/** Before the first retry, doubled before each further one. Milliseconds. */
export const retryDelayMs = 500;

/** The longest wait before a retry. Milliseconds. */
export const maxRetryDelayMs = 15_000;

/** The wait before retry number `attempt`, the first being 0. Milliseconds. */
export const backOffMs = (attempt: number): number =>
  Math.min(retryDelayMs * 2 ** Math.min(attempt, 16), maxRetryDelayMs);

/** Delay before a player that gets less than it wants is probed; doubled after each failed probe. Milliseconds. */
export const probeDelayMs = 500;

/** The longest wait for a probe. Milliseconds. */
export const maxProbeDelayMs = 8_000;

/** Time a paused video waits before it is tried again, where the path cannot be probed; doubled each time. Milliseconds. */
export const unprobedDelayMs = 5_000;

/** The longest wait of a paused video where the path cannot be probed. Milliseconds. */
export const maxUnprobedDelayMs = 30_000;

/** Time a probe may take. Milliseconds. */
export const probeTimeoutMs = 10_000;

/** Name of a timer. When it elapses, the machine receives `timer.<name>`. */
export type TimerName =
  | 'request'
  | 'media'
  | 'parking'
  | 'grace'
  | 'contest'
  | 'late'
  | 'liveness'
  | 'ping'
  | 'iceServers'
  | 'retry'
  | 'stopping'
  | 'probe'
  | 'exchange';

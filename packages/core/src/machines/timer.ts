/**
 * Time a role may take from being accepted to connected media. A publisher then hears `publishTimeoutError`, a player
 * `play_finished`. Milliseconds.
 *
 * @see docs/protocol.md § Timers
 */
export const mediaTimeoutMs = 10_000;

/** Time a `play` waits for a member that is not live yet, before it hears `no_stream_exist`. Milliseconds. */
export const parkingMs = 10_000;

/**
 * Time media may be interrupted before the role ends. Milliseconds.
 *
 * @see docs/protocol.md § Timers
 */
export const graceMs = 8_000;

/** Time a silent owner of a stream id has to answer when another socket claims the id. Milliseconds. */
export const contestMs = 1_500;

/** Time candidates for a peer that has left are passed over in silence. Milliseconds. */
export const lateMs = 2_000;

/** How often a server checks that a socket is alive; one check unanswered at the next ends it. Milliseconds. */
export const livenessMs = 10_000;

/** How often a client says `ping`; two unanswered in a row and it dials anew. Milliseconds. */
export const pingMs = 3_000;

/** Time a client waits for what answers its request, `start` or an offer. Milliseconds. */
export const requestTimeoutMs = 10_000;

/** Time a client waits for `iceServerConfig` before it goes on without. Milliseconds. */
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

/** Time a player that gets less than it wants waits for its first probe; doubled after each one in vain. Milliseconds. */
export const probeDelayMs = 500;

/** The longest wait for a probe. Milliseconds. */
export const maxProbeDelayMs = 8_000;

/** Time a paused video waits before it is tried again, where the path cannot be probed; doubled each time. Milliseconds. */
export const unprobedDelayMs = 5_000;

/** The longest wait of a paused video where the path cannot be probed. Milliseconds. */
export const maxUnprobedDelayMs = 30_000;

/** Time a probe may take. Milliseconds. */
export const probeTimeoutMs = 10_000;

/** Every timer a machine may start. Its end is heard as the event `timer.<name>`. */
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

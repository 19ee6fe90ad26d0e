import type { ClientCommand } from '../protocol/message.ts';

/** Token bucket. */
export interface RateLimit {
  /** Tokens added in a second. */
  readonly perSecond: number;
  /** Capacity. */
  readonly burst: number;
}

/** A token bucket. Plain data: the caller passes the time, in milliseconds of any monotonic clock. */
export interface Bucket {
  /** Tokens left; negative for a debt. */
  readonly tokens: number;
  /** Time of that amount. */
  readonly atMs: number;
}

/** A bucket of which nothing has been used. */
export const fullBucket = ({ burst }: RateLimit, nowMs: number): Bucket => ({ tokens: burst, atMs: nowMs });

/** Takes tokens. The bucket may go into debt: what has arrived is processed, and later messages have to wait. */
export const spend = (
  { tokens, atMs }: Bucket,
  { perSecond, burst }: RateLimit,
  cost: number,
  nowMs: number,
): Bucket => {
  const passedMs = Math.max(0, nowMs - atMs);
  // Without a limit, the bucket is always full.
  const back = perSecond === Number.POSITIVE_INFINITY ? burst : (passedMs * perSecond) / 1_000;
  return { tokens: Math.min(burst, tokens + back) - cost, atMs: Math.max(atMs, nowMs) };
};

/** Time until a debt is repaid. Milliseconds; 0 without one. */
export const debtMs = ({ tokens }: Bucket, { perSecond }: RateLimit): number =>
  tokens >= 0 ? 0 : (-tokens * 1_000) / perSecond;

/**
 * Costs of messages, by the work that they cause. Starting a role is expensive; candidates are cheap, because a browser sends
 * dozens at once.
 */
const costs: Partial<Record<ClientCommand, number>> = {
  ping: 0.1,
  takeCandidate: 0.25,
  publish: 6,
  play: 8,
  join: 4,
  joinRoom: 6,
};

/** Additional cost of publishing an id that another socket holds: the owner's liveness is checked. */
export const contestCost = 12;

/**
 * Additional cost of an offer that the server answers itself: it opens transports, gathers candidates and starts a handshake, in
 * about 20 times the CPU time of a plain message.
 */
export const answerCost = 19;

/** Time a text may be at no extra cost, and for each further token. UTF-16 code units. */
const lengthPerToken = 4_096;

/**
 * Cost of a text: 1 for most messages, and for texts that are not messages.
 *
 * @see docs/limits.md § Message rates
 */
export const costOf = (command: ClientCommand | undefined, length: number): number =>
  (command === undefined ? 1 : (costs[command] ?? 1)) + Math.floor(length / lengthPerToken);

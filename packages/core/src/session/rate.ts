import type { ClientCommand } from '../protocol/message.ts';

/** How much may be used of something that comes back with time. */
export interface RateLimit {
  /** How much comes back in a second. */
  readonly perSecond: number;
  /** How much may be used at once. */
  readonly burst: number;
}

/** A token bucket. Plain data: the time comes from outside, in milliseconds of any clock that only goes forward. */
export interface Bucket {
  /** What is left; below 0 what has been used in advance. */
  readonly tokens: number;
  /** When that was so. */
  readonly atMs: number;
}

/** A bucket of which nothing has been used. */
export const fullBucket = ({ burst }: RateLimit, nowMs: number): Bucket => ({ tokens: burst, atMs: nowMs });

/** Takes tokens out. There need not be enough: what has come is dealt with, and what comes next has to wait. */
export const spend = (
  { tokens, atMs }: Bucket,
  { perSecond, burst }: RateLimit,
  cost: number,
  nowMs: number,
): Bucket => {
  const passedMs = Math.max(0, nowMs - atMs);
  // Without a limit there is no time after which nothing has come back.
  const back = perSecond === Number.POSITIVE_INFINITY ? burst : (passedMs * perSecond) / 1_000;
  return { tokens: Math.min(burst, tokens + back) - cost, atMs: Math.max(atMs, nowMs) };
};

/** Time it takes from then on until what was used in advance has come back. Milliseconds, 0 when nothing was. */
export const debtMs = ({ tokens }: Bucket, { perSecond }: RateLimit): number =>
  tokens >= 0 ? 0 : (-tokens * 1_000) / perSecond;

/** What a message costs by what a server does for it. A role that begins is dear; a browser sends dozens of candidates at once. */
const costs: Partial<Record<ClientCommand, number>> = {
  ping: 0.1,
  takeCandidate: 0.25,
  publish: 4,
  play: 4,
  join: 4,
  joinRoom: 4,
};

/** The extra cost of publishing an id that another socket holds: its owner has to be asked whether it is alive. */
export const contestCost = 12;

/** Time a text may be at no extra cost, and for each further token. UTF-16 code units. */
const lengthPerToken = 4_096;

/**
 * What it costs to hear a text: 1 for most messages, and for what is none.
 *
 * @see docs/limits.md § Message rates
 */
export const costOf = (command: ClientCommand | undefined, length: number): number =>
  (command === undefined ? 1 : (costs[command] ?? 1)) + Math.floor(length / lengthPerToken);

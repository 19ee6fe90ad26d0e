import { type Bucket, debtMs, fullBucket, type RateLimit, spend } from '@sigchart/core/session';
import type { ServerLimits } from '../serverLimits.ts';
import type { AddressUse } from './addresses.ts';
import { Frames } from './frames.ts';

/** Cost of a frame in addition to its message, so that empty frames are not free. */
const frameCost = 0.05;

/** The shortest wait for tokens: a few messages then go at once, instead of a timer for each. Milliseconds. */
const shortestWaitMs = 10;

/** Consequences for a socket that sends too much. */
export interface TrafficEffects {
  /** Nothing more is read until {@link TrafficEffects.resume}. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** Called if the client exceeds a limit for which the socket must be closed. */
  readonly close: (reason: string) => void;
}

/** Rate limit of one socket. */
export class Traffic {
  readonly #limits: ServerLimits;
  readonly #rate: RateLimit;
  readonly #addressRate: RateLimit;
  readonly #address: AddressUse;
  readonly #now: () => number;
  readonly #effects: TrafficEffects;
  readonly #frames = new Frames();
  #bucket: Bucket;
  #unfinishedBytes = 0;
  #messages = 0;
  #waiting: NodeJS.Timeout | undefined;
  #deadline: NodeJS.Timeout | undefined;

  constructor(limits: ServerLimits, address: AddressUse, now: () => number, effects: TrafficEffects) {
    this.#limits = limits;
    this.#rate = { perSecond: limits.messageRate, burst: limits.messageBurst };
    this.#addressRate = { perSecond: limits.addressMessageRate, burst: limits.addressMessageBurst };
    this.#address = address;
    this.#now = now;
    this.#effects = effects;
    this.#bucket = fullBucket(this.#rate, now());
  }

  /** True if what the client sends has to wait. */
  get isHeld(): boolean {
    return this.#waiting !== undefined;
  }

  /** Bytes have come. */
  read(chunk: Uint8Array): void {
    const before = this.#frames.count;
    this.#frames.read(chunk);
    this.#count(this.#frames.unfinishedBytes);
    // Who has nothing unfinished is not to blame for others of the address.
    if (this.#unfinishedBytes > 0 && this.#address.unfinishedBytes > this.#limits.addressUnfinishedBytes) {
      this.#effects.close('too many bytes of messages that are not finished');
      return;
    }
    if (!this.isHeld) this.#watch();
    this.spend((this.#frames.count - before) * frameCost);
  }

  /** Charges what has arrived; later messages may have to wait for it. */
  spend(cost: number): void {
    const nowMs = this.#now();
    this.#bucket = spend(this.#bucket, this.#rate, cost, nowMs);
    this.#address.bucket = spend(this.#address.bucket, this.#addressRate, cost, nowMs);
    if (!this.isHeld) this.#holdIfNeeded();
  }

  /** The socket is closed. */
  end(): void {
    clearTimeout(this.#waiting);
    clearTimeout(this.#deadline);
    this.#count(0);
  }

  #holdIfNeeded(): void {
    const ms = Math.max(debtMs(this.#bucket, this.#rate), debtMs(this.#address.bucket, this.#addressRate));
    if (ms === 0) return;
    // The time of an unfinished message restarts when the server reads again.
    clearTimeout(this.#deadline);
    this.#deadline = undefined;
    this.#waiting = setTimeout(() => this.#release(), Math.max(ms, shortestWaitMs));
    this.#effects.pause();
  }

  #release(): void {
    this.#waiting = undefined;
    // Other sockets of the address may have used the new tokens.
    this.spend(0);
    if (this.isHeld) return;
    this.#effects.resume();
    this.#watch();
  }

  /** Counts what this socket has of unfinished messages among those of its address. */
  #count(bytes: number): void {
    this.#address.unfinishedBytes += bytes - this.#unfinishedBytes;
    this.#unfinishedBytes = bytes;
  }

  /** Limits the time of an unfinished message. The time counts only while the server reads. */
  #watch(): void {
    const { isUnfinished, messages } = this.#frames;
    if (isUnfinished && messages === this.#messages && this.#deadline !== undefined) return;
    this.#messages = messages;
    clearTimeout(this.#deadline);
    this.#deadline = undefined;
    if (!isUnfinished) return;
    this.#deadline = setTimeout(() => {
      this.#deadline = undefined;
      this.#effects.close('a message took too long');
    }, this.#limits.messageTimeoutMs);
  }
}

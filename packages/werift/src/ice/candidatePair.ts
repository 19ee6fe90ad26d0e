import type { Base } from './base.ts';
import type { Credentials } from './credentials.ts';

/** Remote end of a pair: a signalled candidate, or an address learned from checks or packets. */
export interface RemoteAddress {
  readonly host: string;
  readonly port: number;
  readonly priority: number;
}

/** State of a pair's check. @see RFC 8445 § 6.1.2.6 */
export type PairState = 'waiting' | 'checking' | 'valid' | 'failed';

/** A base of this end and an address of the remote: one path that packets may take. */
export class CandidatePair {
  readonly base: Base;
  readonly host: string;
  readonly port: number;
  readonly #remotePriority: number;
  state: PairState = 'waiting';
  /** The local credentials that the remote's checks use here. `undefined` before the first check. */
  local: Credentials | undefined;
  /** True if the last check of a controlling remote had USE-CANDIDATE. */
  isNominated = false;
  /** True if an authentic message arrived over it, so that packets from there are read. */
  isVerified = false;
  /** Time the first check was sent that has not been answered. Milliseconds, `undefined` when all are. */
  askedAtMs: number | undefined;
  /** Time the last check was sent. Milliseconds. */
  lastAskedAtMs = Number.NEGATIVE_INFINITY;
  /** Time of the last answered check, which is consent to send. Milliseconds. @see RFC 7675 § 5.1 */
  answeredAtMs = Number.NEGATIVE_INFINITY;
  /** Time of the latest check or authentic packet of the remote. Milliseconds. */
  heardAtMs = Number.NEGATIVE_INFINITY;
  /** Of the last check that was answered. Milliseconds. */
  roundTripMs = 0;

  constructor(base: Base, { host, port, priority }: RemoteAddress) {
    this.base = base;
    this.host = host;
    this.port = port;
    this.#remotePriority = priority;
  }

  /** True if the remote has ever answered here, and so has agreed to be sent to. */
  get isProven(): boolean {
    return this.answeredAtMs > Number.NEGATIVE_INFINITY;
  }

  isOf(base: Base, host: string, port: number): boolean {
    return this.port === port && this.base === base && this.host === host;
  }

  /** True if a check is unanswered for so long that the path is likely dead. */
  isStale(nowMs: number): boolean {
    return this.askedAtMs !== undefined && nowMs - this.askedAtMs > Math.max(staleMs, 3 * this.roundTripMs);
  }

  /** @see RFC 8445 § 6.1.2.3 */
  priority(isControlling: boolean): number {
    const [controlling, controlled] = isControlling
      ? [this.base.priority, this.#remotePriority]
      : [this.#remotePriority, this.base.priority];
    const [least, most] = [Math.min(controlling, controlled), Math.max(controlling, controlled)];
    return 2 ** 32 * least + 2 * most + (controlling > controlled ? 1 : 0);
  }
}

/** Time a check on a path in use may be unanswered before other paths are tried. Milliseconds. */
const staleMs = 600;

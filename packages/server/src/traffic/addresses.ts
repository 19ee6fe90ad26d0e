import { type Bucket, fullBucket, spend } from '@sigchart/core/session';
import type { ServerLimits } from '../serverLimits.ts';
import { addressKey } from './addressKey.ts';
import type { AddressBacklog } from './backlog.ts';

/** Usage shared by the sockets of one address. */
export interface AddressUse extends AddressBacklog {
  readonly key: string;
  sockets: number;
  bucket: Bucket;
  /** Bytes of messages that are not finished. */
  unfinishedBytes: number;
}

/** A socket that is counted, until it is released. */
export interface Place {
  readonly address: AddressUse;
  /** Reports the client's first message: from now on, its place is safe. */
  spoke(): void;
  release(): void;
}

/** A socket that has sent no message since it was opened. */
interface Silent {
  readonly address: AddressUse;
  readonly sinceMs: number;
  readonly close: () => void;
}

/** Time without a message after which a socket may lose its place. Milliseconds. */
const silenceMs = 10_000;

/** Counts sockets, in total and by address. */
export class Addresses {
  readonly #limits: ServerLimits;
  readonly #now: () => number;
  readonly #byKey = new Map<string, AddressUse>();
  /** Oldest first. */
  readonly #silent = new Set<Silent>();
  #sockets = 0;

  /** `now`: milliseconds of a clock that only goes forward. */
  constructor(limits: ServerLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
  }

  /** Number of addresses remembered. */
  get size(): number {
    return this.#byKey.size;
  }

  /**
   * Admits a socket. If there is no place, the oldest socket that has never sent a message loses its place. If there is none
   * either, returns the status of the refusal.
   *
   * @param close - Closes the socket if it loses its place later.
   */
  admit(remoteAddress: string | undefined, close: () => void): Place | 429 | 503 {
    const key = addressKey(remoteAddress ?? '');
    const known = this.#byKey.get(key);
    if (known !== undefined && known.sockets >= this.#limits.socketsPerAddress && !this.#makeRoom(known)) return 429;
    if (this.#sockets >= this.#limits.sockets && !this.#makeRoom()) return 503;
    const address: AddressUse = known ?? {
      key,
      sockets: 0,
      bucket: fullBucket(this.#rate, this.#now()),
      unfinishedBytes: 0,
      backlogBytes: 0,
      backlogs: new Set(),
    };
    this.#byKey.set(key, address);
    address.sockets += 1;
    this.#sockets += 1;
    const silent: Silent = { address, sinceMs: this.#now(), close };
    this.#silent.add(silent);
    let isTaken = true;
    return {
      address,
      spoke: () => this.#silent.delete(silent),
      release: () => {
        if (!isTaken) return;
        isTaken = false;
        this.#silent.delete(silent);
        address.sockets -= 1;
        this.#sockets -= 1;
        if (address.sockets === 0) this.#forget(address);
      },
    };
  }

  get #rate() {
    return { perSecond: this.#limits.addressMessageRate, burst: this.#limits.addressMessageBurst };
  }

  /** Closes the oldest silent socket, of one address or of any. */
  #makeRoom(of?: AddressUse): boolean {
    const before = this.#now() - silenceMs;
    for (const silent of this.#silent) {
      if (silent.sinceMs > before) return false;
      if (of !== undefined && silent.address !== of) continue;
      silent.close();
      return true;
    }
    return false;
  }

  /** Removes an address, but not its debt of tokens: a client that comes back still has to wait. */
  #forget(address: AddressUse): void {
    address.bucket = spend(address.bucket, this.#rate, 0, this.#now());
    const missing = this.#limits.addressMessageBurst - address.bucket.tokens;
    const forget = () => {
      if (address.sockets === 0 && this.#byKey.get(address.key) === address) this.#byKey.delete(address.key);
    };
    if (!(missing > 0)) forget();
    else setTimeout(forget, Math.min((missing * 1_000) / this.#limits.addressMessageRate, 60_000)).unref();
  }
}

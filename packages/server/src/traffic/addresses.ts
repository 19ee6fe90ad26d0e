import { type Bucket, fullBucket, spend } from '@sigchart/core/session';
import type { ServerLimits } from '../serverLimits.ts';
import { addressKey } from './addressKey.ts';
import type { Backlog } from './backlog.ts';

/** What the sockets of one address share. */
export interface AddressUse {
  readonly key: string;
  sockets: number;
  bucket: Bucket;
  /** Bytes of messages that are not finished. */
  unfinishedBytes: number;
  /** Bytes that its clients have left unread, as far as is known. */
  backlogBytes: number;
  readonly backlogs: Set<Backlog>;
}

/** A socket that is counted, until it is released. */
export interface Place {
  readonly address: AddressUse;
  /** The client has said something: its place is not given to another any more. */
  spoke(): void;
  release(): void;
}

/** Where a socket was opened and has not said anything since. */
interface Silent {
  readonly address: AddressUse;
  readonly sinceMs: number;
  readonly close: () => void;
}

/** How long a socket may say nothing before it can lose its place to another. Milliseconds. */
const silenceMs = 10_000;

/** How many sockets there are, in all and from each address. */
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

  /** How many addresses are remembered. */
  get size(): number {
    return this.#byKey.size;
  }

  /**
   * Finds a place for a socket. Where there is none, the oldest socket that has never said anything loses its own. Returns the status of
   * a refusal where there is none of those either.
   *
   * @param close Closes the socket, when its place is given to another.
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

  /** Forgets an address, but not what it has used in advance: whoever comes back has that to wait for still. */
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

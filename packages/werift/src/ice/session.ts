import type { Base } from './base.ts';
import { CandidatePair, type RemoteAddress } from './candidatePair.ts';
import type { Credentials } from './credentials.ts';

/** Most pairs of a session. @see RFC 8445 § 6.1.2.5 */
const maxPairs = 100;

/** State between two ICE restarts: the credentials of both ends, and the pairs checked with them. */
export class IceSession {
  readonly local: Credentials;
  readonly remote: Credentials | undefined;
  readonly pairs: CandidatePair[] = [];
  /** The pair in use. */
  selected: CandidatePair | undefined;

  constructor(local: Credentials, remote?: Credentials) {
    this.local = local;
    this.remote = remote;
  }

  find(base: Base, host: string, port: number): CandidatePair | undefined {
    return this.pairs.find((pair) => pair.isOf(base, host, port));
  }

  /** Adds a pair. `undefined` when there are as many as may be, all of them in use or being checked. */
  add(base: Base, remote: RemoteAddress): CandidatePair | undefined {
    if (this.pairs.length >= maxPairs) {
      const dispensable = this.pairs.findIndex((pair) => pair.state === 'failed' && pair !== this.selected);
      if (dispensable < 0) return undefined;
      this.pairs.splice(dispensable, 1);
    }
    const pair = new CandidatePair(base, remote);
    this.pairs.push(pair);
    return pair;
  }
}

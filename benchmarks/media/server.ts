import type { Peer } from './peer.ts';

/** A media server in a process of its own. */
export interface MediaServer {
  readonly pid: number;
  /** Connects a publisher. Resolves as soon as it may send. */
  publish(peer: Peer): Promise<void>;
  /** Connects a player of that publisher. Resolves as soon as it can be sent to. */
  play(peer: Peer): Promise<void>;
  stop(): Promise<void>;
}

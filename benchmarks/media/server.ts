import type { Peer } from './peer.ts';

/** A media server in a process of its own. */
export interface MediaServer {
  readonly pid: number;
  /** Connects a publisher, alone or as a member of a room. Resolves as soon as it may send. */
  publish(peer: Peer, streamId?: string, room?: string): Promise<void>;
  /** Connects a player of a stream, or of a room without one of its streams. Resolves as soon as it can be sent to. */
  play(peer: Peer, streamIdOrRoom?: string, withoutStreamId?: string): Promise<void>;
  stop(): Promise<void>;
}

/** Stream of a benchmark with a single publisher. */
export const onlyStream = 'benchmark';

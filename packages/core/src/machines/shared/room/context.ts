import type { Talker } from '../../ports/stream.ts';
import type { Member } from './members.ts';
import type { RoomPlayer } from './players.ts';

/** Context of a room. */
export interface ConferenceServerContext {
  readonly room: string;
  /** Its streams, in the order in which they came. */
  readonly members: readonly Member[];
  readonly players: readonly RoomPlayer[];
  /** Members who talk, in the order in which they started. */
  readonly talkers: readonly Talker[];
}

/** Parameters of a room. */
export interface ConferenceServerInput {
  readonly room: string;
}

import type { ErrorDefinition } from '../../protocol/error.ts';
import type { AccessRight } from './access.ts';
import type { TrackAssignment } from './rtc.ts';

/** What a publisher says of its stream. */
export interface ClaimRequest {
  readonly streamId: string;
  /** The room it belongs to. */
  readonly mainTrack: string | undefined;
  readonly streamName: string | undefined;
  readonly metaData: string | undefined;
  readonly role: string | undefined;
  /** Whether it says that it has video. Default that it has. */
  readonly hasVideo?: boolean | undefined;
  /** Who publishes, by its own account. */
  readonly subscriberId?: string | undefined;
  /** The right that was shown for it. Default none. */
  readonly right?: AccessRight | undefined;
}

/** What a player says of the stream, or the room, that it plays. */
export interface SubscribeRequest {
  readonly streamId: string;
  /** Names of subtracks that are wanted, or with `!` of those that are not. Empty: all. */
  readonly trackList: readonly string[];
  /** The stream that the same client publishes. */
  readonly userPublishId: string | undefined;
  /** Whether no subtrack is wanted until `enableTrack`. */
  readonly disableTracksByDefault: boolean | undefined;
  /** Who plays, by its own account. */
  readonly subscriberId?: string | undefined;
  /** The same, for people. */
  readonly subscriberName?: string | undefined;
}

/** What a server role asks of the streams. Performed by the app (`reduceApp`). */
export type StreamEffect =
  | ({
      readonly type: 'stream.claim';
      /** How many streams its room may have. Default any number. */
      readonly subtracksLimit?: number | undefined;
    } & ClaimRequest)
  | { readonly type: 'stream.announce'; readonly streamId: string }
  /** What a publisher says of its stream has changed. */
  | ({ readonly type: 'stream.update' } & ClaimRequest)
  | { readonly type: 'stream.keep'; readonly streamId: string }
  /** How loud the publisher of a stream talks. */
  | { readonly type: 'stream.talk'; readonly streamId: string; readonly level: number }
  | { readonly type: 'stream.release'; readonly streamId: string }
  | ({
      readonly type: 'stream.subscribe';
      /** How many players it may have. Default any number. */
      readonly viewerLimit?: number | undefined;
    } & SubscribeRequest)
  /** The media of a player is connected. */
  | { readonly type: 'stream.watch'; readonly streamId: string }
  | { readonly type: 'stream.unsubscribe'; readonly streamId: string };

/** Somebody in a room who talks. */
export interface Talker {
  readonly streamId: string;
  /** From 0, the loudest, to 127, silence. @see RFC 6464 */
  readonly level: number;
}

/** What the streams of a server report to a role. */
export type StreamEvent =
  | { readonly type: 'stream.claimed' }
  | { readonly type: 'stream.refused'; readonly definition: ErrorDefinition }
  | { readonly type: 'stream.parked' }
  /** It can be played now; `tracks` are what to send: its own, or what a room has. */
  | { readonly type: 'stream.live'; readonly tracks: readonly TrackAssignment[]; readonly isRoom?: boolean }
  /** A room that is played has one more subtrack, or one less. */
  | {
      readonly type: 'stream.trackAdded' | 'stream.trackRemoved';
      readonly trackId: string;
      /** What to send from now on. `undefined`: as before, since the player does not want that one. */
      readonly tracks: readonly TrackAssignment[] | undefined;
    }
  /** What a room sends this player, or under which labels, has changed. */
  | { readonly type: 'stream.tracksAssigned'; readonly tracks: readonly TrackAssignment[] }
  /** Who talks in a room, the others aside. */
  | { readonly type: 'stream.talkers'; readonly talkers: readonly Talker[] }
  /** The application that runs the server has something to say to a player, on the data channel. */
  | { readonly type: 'stream.data'; readonly text: string }
  /** The publisher is to end: its member has left the room, or an operator wants it so. */
  | { readonly type: 'stream.ended' }
  | { readonly type: 'stream.gone' }
  /** Another socket claims the id this role holds. */
  | { readonly type: 'stream.contested' };

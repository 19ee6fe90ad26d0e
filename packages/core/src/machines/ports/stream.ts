import type { ErrorDefinition } from '../../protocol/error.ts';
import type { AccessRight } from './access.ts';
import type { TrackAssignment } from './rtc.ts';

/** Data from a publisher about its stream. */
export interface ClaimRequest {
  readonly streamId: string;
  /** The room it belongs to. */
  readonly mainTrack: string | undefined;
  readonly streamName: string | undefined;
  readonly metaData: string | undefined;
  readonly role: string | undefined;
  /** True if it announces video. Default true. */
  readonly hasVideo?: boolean | undefined;
  /** Subscriber id that the publisher sent; not verified. */
  readonly subscriberId?: string | undefined;
  /** The right that was shown for it. Default none. */
  readonly right?: AccessRight | undefined;
}

/** Data from a player about the stream or room that it plays. */
export interface SubscribeRequest {
  readonly streamId: string;
  /** Names of subtracks that are wanted, or with `!` of those that are not. Empty: all. */
  readonly trackList: readonly string[];
  /** The stream that the same client publishes. */
  readonly userPublishId: string | undefined;
  /** True if no subtrack is selected until `enableTrack`. */
  readonly disableTracksByDefault: boolean | undefined;
  /** Subscriber id that the player sent; not verified. */
  readonly subscriberId?: string | undefined;
  /** The same, for people. */
  readonly subscriberName?: string | undefined;
}

/** Effect of a server's role on streams. Performed by the app (`reduceApp`). */
export type StreamEffect =
  | ({
      readonly type: 'stream.claim';
      /** Maximum number of streams in its room. Default none. */
      readonly subtracksLimit?: number | undefined;
    } & ClaimRequest)
  | { readonly type: 'stream.announce'; readonly streamId: string }
  /** Changed data from a publisher about its stream. */
  | ({ readonly type: 'stream.update' } & ClaimRequest)
  | { readonly type: 'stream.keep'; readonly streamId: string }
  /** Audio level of a publisher. */
  | { readonly type: 'stream.talk'; readonly streamId: string; readonly level: number }
  | { readonly type: 'stream.release'; readonly streamId: string }
  | ({
      readonly type: 'stream.subscribe';
      /** Maximum number of its players. Default none. */
      readonly viewerLimit?: number | undefined;
    } & SubscribeRequest)
  /** The media of a player is connected. */
  | { readonly type: 'stream.watch'; readonly streamId: string }
  | { readonly type: 'stream.unsubscribe'; readonly streamId: string };

/** A member of a room who talks. */
export interface Talker {
  readonly streamId: string;
  /** From 0, the loudest, to 127, silence. @see RFC 6464 */
  readonly level: number;
}

/** Report of a stream or room to a role of a server. */
export type StreamEvent =
  | { readonly type: 'stream.claimed' }
  | { readonly type: 'stream.refused'; readonly definition: ErrorDefinition }
  | { readonly type: 'stream.parked' }
  /** The stream or room can be played now. `tracks` are to be sent: the stream's own, or those of the room's members. */
  | { readonly type: 'stream.live'; readonly tracks: readonly TrackAssignment[]; readonly isRoom?: boolean }
  /** A room that is played has one more subtrack, or one less. */
  | {
      readonly type: 'stream.trackAdded' | 'stream.trackRemoved';
      readonly trackId: string;
      /** Tracks to send from now on. `undefined`: unchanged, because the player does not want the new one. */
      readonly tracks: readonly TrackAssignment[] | undefined;
    }
  /** The tracks of a room for this player, or their labels, have changed. */
  | { readonly type: 'stream.tracksAssigned'; readonly tracks: readonly TrackAssignment[] }
  /** Members of a room who talk, other than the player itself. */
  | { readonly type: 'stream.talkers'; readonly talkers: readonly Talker[] }
  /** The application that runs the server has something to say to a player, on the data channel. */
  | { readonly type: 'stream.data'; readonly text: string }
  /** The publisher must end: its member has left the room, or an operator requests it. */
  | { readonly type: 'stream.ended' }
  | { readonly type: 'stream.gone' }
  /** Another socket claims the id this role holds. */
  | { readonly type: 'stream.contested' };

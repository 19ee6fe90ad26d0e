/**
 * Event of a stream for applications, under Ant Media's names of webhooks.
 *
 * @see docs/rest.md § Webhooks
 */
export type HookAction =
  | 'liveStreamStarted'
  | 'liveStreamEnded'
  | 'publishTimeoutError'
  | 'playStarted'
  | 'playStopped'
  | 'subtrackAddedInTheMainTrack'
  | 'subtrackLeftTheMainTrack'
  | 'firstActiveTrackAddedInMainTrack'
  | 'noActiveSubtracksLeftInMainTrack';

/** Notifies the application that runs a server. Performed by the app, which adds the claims, and then by its option `notify`. */
export interface HookEffect {
  readonly type: 'hook.call';
  readonly action: HookAction;
  /** The stream; for what happens in a room, the subtrack. */
  readonly streamId: string;
  /** The socket of the player, when it is about one. */
  readonly by?: number;
  /** The room, when it happens in one. */
  readonly mainTrack?: string;
}

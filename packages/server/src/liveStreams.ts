import type { KnownStream } from '@sigchart/core/machines';
import type { SubscriberReport } from '@sigchart/core/session';
import type { RegisteredBroadcast } from './store/registered.ts';

/** Streams and rooms in use, for administration. */
export interface LiveStreams {
  /** Ids of the streams that are published, and of the rooms with members. */
  ids(app: string): readonly string[];
  /** The live streams of a room. */
  subtracksOf(app: string, room: string): readonly string[];
  /**
   * Everything known of a stream or room, given the registrations of it and of its subtracks; `undefined` if it is neither
   * registered nor in use.
   */
  known(
    app: string,
    streamId: string,
    registered: (streamId: string) => RegisteredBroadcast | undefined,
  ): KnownStream | undefined;
  /** Quality of the players of a stream or room. */
  reports(app: string, streamId: string): readonly SubscriberReport[];
  /** Ends the publisher of a stream, and all publishers of a room. Says whether there was any. */
  end(app: string, streamId: string): boolean;
  /** Says something to all players of a stream or room, on their data channel. Says whether there is such a one. */
  sendData(app: string, streamId: string, text: string): boolean;
}

import type { KnownStream } from '@sigchart/core/machines';
import type { RegisteredBroadcast } from './store/registered.ts';

/** The streams and rooms of a signalling server that somebody uses, for what administers them. */
export interface LiveStreams {
  /** The ids of the streams that somebody publishes, and of the rooms that somebody is in. */
  ids(app: string): readonly string[];
  /** The live streams of a room. */
  subtracksOf(app: string, room: string): readonly string[];
  /**
   * What there is to know of a stream or room, given what is registered of it and of its subtracks; `undefined` of one that
   * is neither registered nor used.
   */
  known(
    app: string,
    streamId: string,
    registered: (streamId: string) => RegisteredBroadcast | undefined,
  ): KnownStream | undefined;
  /** Ends the publisher of a stream, and all publishers of a room. Says whether there was any. */
  end(app: string, streamId: string): boolean;
  /** Says something to all players of a stream or room, on their data channel. Says whether there is such a one. */
  sendData(app: string, streamId: string, text: string): boolean;
}

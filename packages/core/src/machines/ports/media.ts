import type { LayerId, Measurement, SelectionReason } from '../quality/measurement.ts';

/** Effect of a player's quality machine on its media. Performed by the connection, which handles the packets. */
export type MediaEffect =
  /** Sends one layer of a track from its next key frame or switching point on; `null` pauses it. */
  | {
      readonly type: 'media.selectLayer';
      readonly trackId: string;
      readonly layer: LayerId | null;
      readonly reason: SelectionReason;
    }
  /** Says what the publisher of a track should send at most for this player; `null` is no limit. Bits per second. */
  | { readonly type: 'media.limit'; readonly trackId: string; readonly bitrate: number | null }
  /** Finds out whether the path carries a bitrate, by padding. */
  | { readonly type: 'media.probe'; readonly bitrate: number }
  /** Measures now instead of at the next turn, as something is to be decided. */
  | { readonly type: 'media.measure' };

/** Reports of the media of a player to its quality machine, a few times a second. */
export type MediaEvent =
  | { readonly type: 'media.measured'; readonly measurement: Measurement }
  | { readonly type: 'media.closed' };

import type { Layer, LayerId, MeasuredTrack, Measurement, SelectionReason } from './measurement.ts';

/** Layer that is sent of a track. */
export interface Selection {
  /** `undefined` when it is paused. */
  readonly layer: Layer | undefined;
  readonly reason: SelectionReason;
  /** Maximum bitrate of its publisher on behalf of this player; `undefined` for no limit. Bits per second. */
  readonly limit: number | undefined;
}

/** The layers that tracks were sent as, by track id; `null` is paused. */
export type SelectedLayers = Readonly<Record<string, LayerId | null>>;

/** The heights that a client prefers, by track id or stream id; `''` is for all tracks. 0 is automatic. */
export type Preferences = Readonly<Record<string, number>>;

/** Input of the allocation. */
export interface AllocationOptions {
  readonly measurement: Measurement;
  readonly preferences: Preferences;
  readonly selected: SelectedLayers;
  /** True if a track may be sent a higher layer than before. */
  readonly mayRaise: boolean;
}

/** Result of the allocation. */
export interface Allocation {
  /** By track id: every enabled video track that has a layer to send. */
  readonly selections: Readonly<Record<string, Selection>>;
  /** Bitrate of all tracks at their best. Bits per second, audio included. */
  readonly wanted: number;
  /** True if a track would be sent less than before since the path does not carry it. */
  readonly isLowered: boolean;
  /** True if a track is sent more than before. */
  readonly isRaised: boolean;
  /** Bitrate of the audio that is sent. Bits per second. */
  readonly audioBitrate: number;
  readonly videoBitrate: number;
}

/** Required bandwidth relative to a layer's bitrate before the layer is selected. */
const margin = 1.05;

/** Excess of a layer's bitrate over the bandwidth at which the layer is left: both figures fluctuate. */
const tolerance = 1.15;

/** The same for the lowest layer, below which there is only a pause. */
const lowestTolerance = 1.6;

/** The same for a layer whose publisher is sending less for this player by the time that it would be left. */
const adaptiveTolerance = 2.2;

/** Share of the bandwidth that a limited publisher may use. */
const limitShare = 0.85;

/** Minimum of a publisher's limit for video. Bits per second. */
export const minVideoLimit = 100_000;

/** The ladder of one track, and where on it the track is. */
interface Ladder {
  readonly track: MeasuredTrack;
  readonly rungs: readonly Layer[];
  /** True if the client's preference takes rungs away. */
  readonly isPreferred: boolean;
  /** The rung of before; -1 when it was paused. */
  readonly held: number;
  /** The rung of now. */
  rung: number;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** A stream may be called `constructor`. */
const preferenceFor = ({ trackId, streamId }: MeasuredTrack, preferences: Preferences): number =>
  preferences[[trackId, streamId, ''].find((name) => Object.hasOwn(preferences, name)) ?? ''] ?? 0;

/** The layers that are no higher than preferred, or else the smallest ones. */
function preferredRungs({ layers }: MeasuredTrack, height: number): readonly Layer[] {
  if (height <= 0) return layers;
  const low = layers.filter((layer) => layer.height <= height);
  return low.length > 0 ? low : layers.filter(({ spatial }) => spatial === layers[0]?.spatial);
}

/** The highest rung that is no higher than a layer. The layer itself may be silent now. */
function rungOf(rungs: readonly Layer[], { spatial, temporal }: LayerId): number {
  const above = rungs.findIndex(
    (rung) => rung.spatial > spatial || (rung.spatial === spatial && rung.temporal > temporal),
  );
  return Math.max(0, above === -1 ? rungs.length - 1 : above - 1);
}

function ladderOf(track: MeasuredTrack, { preferences, selected, measurement }: AllocationOptions): Ladder {
  const rungs = preferredRungs(track, preferenceFor(track, preferences));
  const before = selected[track.trackId];
  // A new track starts with its lowest layer, unless the bandwidth is known to be too low for it.
  const fresh = measurement.isCongested ? -1 : 0;
  const held = before === null ? -1 : before === undefined ? fresh : rungOf(rungs, before);
  return { track, rungs, isPreferred: rungs.length < track.layers.length, held, rung: -1 };
}

/** Raises all ladders in turn, one rung at a time, as long as they fit. */
function raise(ladders: readonly Ladder[], fits: (total: number, rung: number, isHeld: boolean) => boolean): void {
  const stuck = new Set<Ladder>();
  let total = sum(ladders.map(bitrateOf));
  while (stuck.size < ladders.length)
    for (const ladder of ladders) {
      if (stuck.has(ladder)) continue;
      const rung = ladder.rung + 1;
      const next = ladder.rungs[rung];
      const raised = total - bitrateOf(ladder) + (next?.bitrate ?? 0);
      if (next !== undefined && fits(raised, rung, rung <= ladder.held)) {
        ladder.rung = rung;
        total = raised;
      } else stuck.add(ladder);
    }
}

const isOneSize = (rungs: readonly Layer[]): boolean => rungs.every(({ spatial }) => spatial === rungs[0]?.spatial);
const bitrateOf = ({ rungs, rung }: Ladder): number => rungs[rung]?.bitrate ?? 0;
const isBest = ({ rungs, rung }: Ladder): boolean => rung === rungs.length - 1;

/** Bitrate of a track at its best. */
const bestOf = ({ rungs, track: { limitedFrom = 0 } }: Ladder): number =>
  Math.max(limitedFrom, rungs.at(-1)?.bitrate ?? 0);

/** Limit for a track's publisher if the track's share of the bandwidth is less than what it sends. */
function limitOf(ladder: Ladder, share: number, isCongested: boolean): number | undefined {
  const { track, rungs, rung } = ladder;
  // With several sizes there is a smaller one, and the larger ones are for others.
  if (!isOneSize(rungs) && rung >= 0) return undefined;
  const isTooMuch = isCongested && (rungs.at(-1)?.bitrate ?? 0) > share;
  if (isBest(ladder) && !isTooMuch && (track.limitedFrom === undefined || limitShare * share >= track.limitedFrom))
    return undefined;
  return Math.max(minVideoLimit, Math.round(limitShare * share));
}

/**
 * Allocates the bandwidth of a path to a player's tracks: audio first, then the lowest layer of every video, then higher layers
 * in turn.
 *
 * A layer that is already sent is kept until the path proves congested.
 */
export function allocate(options: AllocationOptions): Allocation {
  const { measurement, mayRaise } = options;
  const { tracks, bitrate, isCongested } = measurement;
  const enabled = tracks.filter(({ isEnabled, layers }) => isEnabled && layers.length > 0);
  const audioBitrate = sum(
    enabled.flatMap(({ kind, layers }) => (kind === 'audio' ? (layers.at(-1)?.bitrate ?? 0) : [])),
  );
  const budget = Math.max(0, bitrate - audioBitrate);
  const ladders = enabled.filter(({ kind }) => kind === 'video').map((track) => ladderOf(track, options));
  const isAdaptive = ladders.every(({ track, rungs }) => track.isAdaptive === true && isOneSize(rungs));
  const staysAt = (rung: number) => (isAdaptive ? adaptiveTolerance : rung === 0 ? lowestTolerance : tolerance);
  raise(ladders, (total, rung, isHeld) =>
    isHeld ? !isCongested || total <= staysAt(rung) * budget : mayRaise && margin * total <= budget,
  );
  const videoBitrate = sum(ladders.map(bitrateOf));
  const selections = ladders.map((ladder): readonly [string, Selection] => {
    const share = Math.max(0, budget - videoBitrate + bitrateOf(ladder));
    const limit = limitOf(ladder, share, isCongested);
    const reason =
      !isBest(ladder) || limit !== undefined ? 'bandwidth' : ladder.isPreferred ? 'preference' : 'unlimited';
    return [ladder.track.trackId, { layer: ladder.rungs[ladder.rung], reason, limit }];
  });
  return {
    selections: Object.fromEntries(selections),
    wanted: Math.round(margin * sum(ladders.map(bestOf)) + audioBitrate),
    isLowered: ladders.some(({ rung, held }) => rung < held),
    isRaised: ladders.some(({ rung, held, track }) => rung > held && options.selected[track.trackId] !== undefined),
    audioBitrate: Math.round(audioBitrate),
    videoBitrate: Math.round(videoBitrate),
  };
}

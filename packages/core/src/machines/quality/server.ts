import { setup } from 'xstate';
import type { ServerMessage } from '../../protocol/message.ts';
import { actionKinds, startTimer, stopTimer, timerActions } from '../action.ts';
import type { MediaEffect, MediaEvent } from '../ports/media.ts';
import type { SignalEffect } from '../ports/signal.ts';
import type { TimerEffect, TimerEvent } from '../ports/timer.ts';
import { maxProbeDelayMs, maxUnprobedDelayMs, probeDelayMs, probeTimeoutMs, unprobedDelayMs } from '../timer.ts';
import { type Allocation, allocate, type Preferences, type SelectedLayers } from './allocation.ts';
import type { Layer, LayerId, Measurement, SelectionReason } from './measurement.ts';

/** Parameters of a quality machine. Counts are numbers of measurements. */
export interface QualityServerInput {
  /** Id of the played stream or room. */
  readonly streamId: string;
  /** Numbers of measurements without an increase after a decrease: for the first one, and for each that follows soon. */
  readonly rests?: readonly number[];
}

/** Context of a player's quality machine. */
export interface QualityServerContext {
  readonly streamId: string;
  readonly preferences: Preferences;
  /** By track id. */
  readonly selected: SelectedLayers;
  readonly reasons: Readonly<Record<string, SelectionReason>>;
  /** Current limits of publishers, by track id. Bits per second. */
  readonly limits: Readonly<Record<string, number>>;
  /** Bitrate of all tracks at their best. Bits per second. */
  readonly wanted: number;
  /** Measurements in a row by which something would be lowered. */
  readonly shortfalls: number;
  /** Measurements until something may be raised. */
  readonly rest: number;
  /** Index of the next entry of `rests`. */
  readonly setbacks: number;
  /** Measurements since something was lowered, up to when that is long ago. */
  readonly calm: number;
  /** Number of failed probes in a row. */
  readonly failures: number;
  /** True if the path can be probed. */
  readonly canProbe: boolean;
  readonly rests: readonly number[];
}

/** Events: measurements, the client's preferences, and its timer. */
export type QualityServerEvent =
  | MediaEvent
  /** `trackId` may be that of a stream; without one, it is for all tracks. */
  | { readonly type: 'quality.preferred'; readonly trackId: string | undefined; readonly height: number }
  | TimerEvent;

/** Effects. */
export type QualityServerEffect = MediaEffect | SignalEffect<ServerMessage> | TimerEffect;

const { effect, update } = actionKinds<QualityServerContext, QualityServerEvent, QualityServerEffect>();

/** Result of a measurement. */
interface Plan extends Allocation {
  /** True if a decrease waits for a second measurement to confirm it. */
  readonly isPatient: boolean;
}

/** Share of the sent bitrate: for an estimate below it, no second measurement is awaited. */
const severe = 0.7;

/** Maximum number of tracks and streams with preferences of a client. */
const maxPreferences = 1_000;

/** Number of measurements for which a setback is remembered, as a multiple of the longest rest. */
const calmRests = 3;

/** Maximum number of failed probes in a row that lengthen the wait. */
const maxFailures = 5;

/** A change of a limit below this share is not reported. */
const limitStep = 0.05;

function planOf(context: QualityServerContext, measurement: Measurement): Plan {
  const { preferences, selected, rest, shortfalls } = context;
  const plan = allocate({ measurement, preferences, selected, mayRaise: rest === 0 });
  if (!plan.isLowered || shortfalls > 0) return { ...plan, isPatient: false };
  const kept = allocate({
    measurement: { ...measurement, isCongested: false },
    preferences,
    selected,
    mayRaise: false,
  });
  // A single low estimate may be a burst of other traffic.
  if (measurement.bitrate < severe * (kept.audioBitrate + kept.videoBitrate)) return { ...plan, isPatient: false };
  return { ...kept, isPatient: true };
}

const plans = new WeakMap<QualityServerEvent, { readonly context: QualityServerContext; readonly plan: Plan }>();

/** The plan for a measurement, computed once for all guards and actions. */
function plan(context: QualityServerContext, event: QualityServerEvent): Plan | undefined {
  if (event.type !== 'media.measured') return undefined;
  const known = plans.get(event);
  if (known?.context === context) return known.plan;
  const made = planOf(context, event.measurement);
  plans.set(event, { context, plan: made });
  return made;
}

const isSame = (one: LayerId | null | undefined, other: LayerId | null | undefined): boolean =>
  one === other || (one?.spatial === other?.spatial && one?.temporal === other?.temporal && !one === !other);

const idOf = (layer: LayerId | undefined): LayerId | null =>
  layer === undefined ? null : { spatial: layer.spatial, temporal: layer.temporal };

const isLimitNews = (before: number | undefined, now: number | undefined): boolean =>
  before === undefined || now === undefined ? before !== now : Math.abs(now - before) > limitStep * before;

/** True if something is sent in another layer than before, or for another reason. */
const isSelectionNews = ({ selected, reasons }: QualityServerContext, made: Plan): boolean =>
  entriesOf(made).some(
    ([trackId, { layer, reason }]) => reason !== reasons[trackId] || !isSame(selected[trackId], idOf(layer)),
  );

/** Adds a preference as the newest one, and forgets the oldest above the limit. */
function withPreference(preferences: Preferences, name: string, height: number): Preferences {
  const others = Object.entries(preferences).filter(([other]) => other !== name);
  return Object.fromEntries([...others, [name, height] as const].slice(-maxPreferences));
}

const heightsOf = (layers: readonly Layer[]): number[] => [
  ...new Set(layers.flatMap(({ height }) => (height > 0 ? [height] : []))),
];

const entriesOf = (made: Plan | undefined) => Object.entries(made?.selections ?? {});

/** The entries of currently silent tracks. They are kept, so that a track continues as before its silence. */
const ofSilent = <Value>(
  entries: Readonly<Record<string, Value>>,
  event: QualityServerEvent,
): Record<string, Value> => {
  const tracks = event.type === 'media.measured' ? event.measurement.tracks : [];
  const isSilent = (id: string) =>
    tracks.some(({ trackId, isEnabled, layers }) => trackId === id && isEnabled && layers.length === 0);
  return Object.fromEntries(Object.entries(entries).filter(([id]) => isSilent(id)));
};

/** True if no video is sent. */
function isPaused(context: QualityServerContext, event: QualityServerEvent): boolean {
  const all = entriesOf(plan(context, event));
  return all.length > 0 && all.every(([, { layer }]) => layer === undefined);
}

/** True if the path can be probed from this measurement on. */
const isFirstReport = ({ canProbe }: QualityServerContext, event: QualityServerEvent): boolean =>
  event.type === 'media.measured' && event.measurement.canProbe && !canProbe;

/** Actions after every measurement. */
const follow = ['selectLayers', 'limitPublishers', 'sendResolutionChange', 'sendBitrates', 'adopt'] as const;

const unlimited = { guard: 'isUnlimited', target: 'steady', actions: [...follow] } as const;
const paused = { guard: 'isPaused', target: 'paused', actions: [...follow] } as const;
const constrained = { target: 'constrained', actions: [...follow] } as const;
const limited = [paused, constrained] as const;
/** Transition at the player's first reports on packets, without which its path was searched at long intervals. */
const reported = { guard: 'isReported', actions: [...follow, 'forgetFailures', 'startProbeTimer'] } as const;

/** Transition for paths that cannot be probed: resumes paused videos on trial. */
const search = [
  { guard: 'canProbe', target: 'probing' },
  { actions: ['countFailure', 'forgetPauses', 'startRetryTimer'] },
] as const;

/**
 * Selects the layer that a player gets of each track, from the bandwidth, the layers available, and the client's preferences. It
 * receives measurements twice a second, and no packets.
 *
 * @see docs/protocol.md § Quality · docs/protocol/tracks.md § Layers
 */
export const qualityServer = setup({
  types: {
    context: {} as QualityServerContext,
    events: {} as QualityServerEvent,
    emitted: {} as QualityServerEffect,
    input: {} as QualityServerInput,
  },
  actions: {
    ...timerActions<QualityServerContext, QualityServerEvent>(),
    selectLayers: effect(({ context, event }) =>
      entriesOf(plan(context, event)).flatMap(([trackId, { layer, reason }]): QualityServerEffect[] =>
        trackId in context.selected && isSame(context.selected[trackId], idOf(layer))
          ? []
          : [{ type: 'media.selectLayer', trackId, layer: idOf(layer), reason }],
      ),
    ),
    limitPublishers: effect(({ context, event }) =>
      entriesOf(plan(context, event)).flatMap(([trackId, { limit }]): QualityServerEffect[] =>
        isLimitNews(context.limits[trackId], limit) ? [{ type: 'media.limit', trackId, bitrate: limit ?? null }] : [],
      ),
    ),
    sendResolutionChange: effect(({ context, event }) =>
      entriesOf(plan(context, event)).flatMap(([trackId, { layer }]): QualityServerEffect[] => {
        const before = context.selected[trackId];
        if (layer === undefined || before === undefined || before?.spatial === layer.spatial) return [];
        const { streamId } = context;
        return [
          {
            type: 'signal.send',
            message: {
              command: 'notification',
              definition: 'resolutionChangeInfo',
              streamId,
              streamHeight: layer.height,
              trackId,
            },
          },
        ];
      }),
    ),
    sendBitrates: effect(({ context, event }) => {
      const made = plan(context, event);
      if (event.type !== 'media.measured' || made === undefined) return undefined;
      const { bitrate, isReportDue, tracks } = event.measurement;
      if (!isReportDue && !isSelectionNews(context, made)) return undefined;
      return {
        type: 'signal.send',
        message: {
          command: 'notification',
          definition: 'bitrateMeasurement',
          streamId: context.streamId,
          targetBitrate: Math.round(bitrate),
          videoBitrate: made.videoBitrate,
          audioBitrate: made.audioBitrate,
          tracks: entriesOf(made).map(([trackId, { layer, reason }]) => ({
            trackId,
            ...(layer && { streamHeight: layer.height }),
            heights: heightsOf(tracks.find((track) => track.trackId === trackId)?.layers ?? []),
            reason,
          })),
        },
      };
    }),
    adopt: update(({ context, event }) => {
      const made = plan(context, event);
      if (made === undefined) return undefined;
      const { rests, calm, setbacks, rest } = context;
      const longCalm = calmRests * (rests.at(-1) ?? 0);
      const isRepeated = calm < longCalm;
      const nextSetbacks = isRepeated ? Math.min(setbacks + 1, rests.length - 1) : 0;
      const limits = entriesOf(made).flatMap(([trackId, { limit }]) => {
        const before = context.limits[trackId];
        const told = isLimitNews(before, limit) ? limit : before;
        return told === undefined ? [] : [[trackId, told] as const];
      });
      return {
        selected: {
          ...ofSilent(context.selected, event),
          ...Object.fromEntries(entriesOf(made).map(([trackId, { layer }]) => [trackId, idOf(layer)])),
        },
        reasons: {
          ...ofSilent(context.reasons, event),
          ...Object.fromEntries(entriesOf(made).map(([trackId, { reason }]) => [trackId, reason])),
        },
        limits: { ...ofSilent(context.limits, event), ...Object.fromEntries(limits) },
        wanted: made.wanted,
        shortfalls: made.isPatient ? context.shortfalls + 1 : 0,
        ...(made.isLowered && !made.isPatient
          ? { rest: rests[nextSetbacks] ?? 0, setbacks: nextSetbacks, calm: 0 }
          : { rest: Math.max(0, rest - 1), calm: Math.min(longCalm, calm + 1) }),
        failures: made.isRaised ? 0 : context.failures,
        canProbe: event.type === 'media.measured' && event.measurement.canProbe,
      };
    }),
    prefer: update(({ context, event }) =>
      event.type === 'quality.preferred'
        ? { preferences: withPreference(context.preferences, event.trackId ?? '', event.height), rest: 0 }
        : undefined,
    ),
    measure: effect(() => ({ type: 'media.measure' })),
    probe: effect(({ context }) => ({ type: 'media.probe', bitrate: context.wanted })),
    countFailure: update(({ context }) => ({ failures: Math.min(context.failures + 1, maxFailures) })),
    forgetFailures: update(() => ({ failures: 0 })),
    // Paused tracks are treated as new ones, which start with their lowest layer.
    forgetPauses: update(({ context }) => ({
      selected: Object.fromEntries(Object.entries(context.selected).filter(([, layer]) => layer !== null)),
    })),
    startProbeTimer: effect(({ context: { failures } }) => ({
      type: 'timer.start',
      name: 'probe',
      ms: Math.min(maxProbeDelayMs, probeDelayMs * 2 ** failures),
    })),
    startRetryTimer: effect(({ context: { failures } }) => ({
      type: 'timer.start',
      name: 'probe',
      ms: Math.min(maxUnprobedDelayMs, unprobedDelayMs * 2 ** failures),
    })),
  },
  guards: {
    isUnlimited: ({ context, event }) =>
      entriesOf(plan(context, event)).every(([, { reason }]) => reason !== 'bandwidth'),
    isPaused: ({ context, event }) => isPaused(context, event),
    isProbing: ({ event }) => event.type === 'media.measured' && event.measurement.isProbing,
    canProbe: ({ context }) => context.canProbe,
    isReported: ({ context, event }) => isFirstReport(context, event),
    isPausedAndReported: ({ context, event }) => isPaused(context, event) && isFirstReport(context, event),
  },
}).createMachine({
  id: 'quality.server',
  context: ({ input: { streamId, rests = [4, 8, 16] } }) => ({
    streamId,
    preferences: {},
    selected: {},
    reasons: {},
    limits: {},
    wanted: 0,
    shortfalls: 0,
    rest: 0,
    setbacks: 0,
    calm: calmRests * (rests.at(-1) ?? 0),
    failures: 0,
    canProbe: false,
    rests,
  }),
  initial: 'steady',
  on: { 'quality.preferred': { actions: ['prefer', 'measure'] }, 'media.closed': '.closed' },
  states: {
    // Everything is sent that the client wants and the publishers have.
    steady: { on: { 'media.measured': [{ guard: 'isUnlimited', actions: [...follow] }, ...limited] } },
    // Something is sent in a lower layer than wanted, or its publisher sends less for it. Probes find out when there is more.
    constrained: {
      entry: 'startProbeTimer',
      exit: stopTimer('probe'),
      on: {
        'media.measured': [unlimited, paused, reported, { actions: [...follow] }],
        'timer.probe': search,
      },
    },
    // The bandwidth is too low for the lowest layer of any video. Audio continues.
    paused: {
      entry: 'startProbeTimer',
      exit: stopTimer('probe'),
      on: {
        'media.measured': [
          unlimited,
          { ...reported, guard: 'isPausedAndReported' },
          { guard: 'isPaused', actions: [...follow] },
          constrained,
        ],
        'timer.probe': search,
      },
    },
    // Padding is sent beside the media.
    probing: {
      entry: ['probe', startTimer('probe', probeTimeoutMs)],
      exit: stopTimer('probe'),
      on: {
        'media.measured': [
          { guard: 'isProbing', actions: [...follow] },
          { ...unlimited, actions: ['countFailure', ...follow] },
          { ...paused, actions: ['countFailure', ...follow] },
          { ...constrained, actions: ['countFailure', ...follow] },
        ],
        'timer.probe': { target: 'constrained', actions: 'countFailure' },
      },
    },
    closed: { type: 'final' },
  },
});

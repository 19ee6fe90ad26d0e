import type { LayerId, MeasuredTrack, Measurement } from '@sigchart/core/machines';
import type { QualityControls } from '@sigchart/webrtc';
import type { Schedule, ScheduledTask } from '../schedule.ts';
import type { Track } from '../source/track.ts';
import type { Forwarder } from './forwarder.ts';
import type { Outlet } from './outlet.ts';

/** Interval of measurements for a player's quality machine. Milliseconds. */
const measureMs = 500;

/** Interval of looking for something to measure while nothing changes. Milliseconds. */
const quietMs = 1_000;

/** The same while a track has several encodings, of which players have to leave a silent one within a second. Milliseconds. */
const quietSimulcastMs = 250;

/** Maximum interval, while everything is sent at its best and nothing changes. Milliseconds. */
const reportMs = 3_000;

/** The shortest time between two measurements. Milliseconds. */
const minMeasureMs = 100;

/** A measurement is reported at once if the estimate falls below this share of the last one. */
const fallenShare = 0.8;

/** Measures a player's paths and tracks, and applies the decisions about its layers. */
export class QualityMeter implements QualityControls {
  readonly #outlets: () => readonly Outlet[];
  readonly #isEnabled: (track: Track) => boolean;
  readonly #idOf: (track: Track) => string;
  readonly #selected = new Map<string, LayerId | null>();
  readonly #limits = new Set<string>();
  #listener: ((measurement: Measurement) => void) | undefined;
  readonly #schedule: Schedule;
  #task: ScheduledTask | undefined;
  #measuredAtMs = Number.NEGATIVE_INFINITY;
  #reportedAtMs = Number.NEGATIVE_INFINITY;
  #measuredBitrate = Number.POSITIVE_INFINITY;

  /** @param idOf - Returns the id by which the player knows a track. */
  constructor(
    schedule: Schedule,
    outlets: () => readonly Outlet[],
    isEnabled: (track: Track) => boolean,
    idOf: (track: Track) => string,
  ) {
    this.#schedule = schedule;
    this.#idOf = idOf;
    this.#outlets = outlets;
    this.#isEnabled = isEnabled;
  }

  onMeasured(listener: (measurement: Measurement) => void): void {
    this.#listener = listener;
  }

  get #forwarders(): readonly Forwarder[] {
    return this.#outlets().flatMap(({ forwarders }) => forwarders);
  }

  #forwardersOf(trackId: string): readonly Forwarder[] {
    return this.#forwarders.filter(({ track }) => this.#idOf(track) === trackId);
  }

  /** Starts to measure, once there is a path. */
  start(): void {
    if (this.#task !== undefined) return;
    this.#task = this.#schedule.after(measureMs, (nowMs) => this.#tick(nowMs));
    this.#measure(performance.now());
  }

  stop(): void {
    this.#task?.cancel();
    this.#task = undefined;
    this.#listener = undefined;
  }

  /** Applies the existing decisions to new forwarders. */
  apply(): void {
    for (const forwarder of this.#forwarders) {
      const layer = this.#selected.get(this.#idOf(forwarder.track));
      if (layer !== undefined) forwarder.select(layer);
    }
  }

  /** Measures at once when a path has become much narrower. */
  congested(): void {
    const now = performance.now();
    if (this.#task === undefined || now - this.#measuredAtMs < minMeasureMs) return;
    const bitrate = this.#outlets().reduce((sum, { path }) => sum + path.estimator.bitrate, 0);
    if (bitrate < fallenShare * this.#measuredBitrate) this.#measure(now);
  }

  #tick(atMs: number): void {
    const isQuiet = this.#isQuiet(atMs);
    this.#task = this.#schedule.after(isQuiet ? this.#quietMs : measureMs, (nowMs) => this.#tick(nowMs));
    // A timer may come a moment early.
    if (atMs - this.#reportedAtMs > reportMs - measureMs / 2 || !isQuiet) this.#measure(atMs);
  }

  get #quietMs(): number {
    return this.#forwarders.some(({ track }) => track.encodings.length > 1) ? quietSimulcastMs : quietMs;
  }

  /** True if every track is sent at its best and nothing limits it. */
  #isQuiet(atMs: number): boolean {
    if (this.#limits.size > 0) return false;
    if (this.#outlets().some(({ path }) => path.isCongested(atMs) || path.estimator.isProbing)) return false;
    return this.#forwarders.every(({ track }) => {
      if (track.kind === 'audio' || !this.#isEnabled(track)) return true;
      const [best, selected] = [track.layers(atMs).at(-1), this.#selected.get(this.#idOf(track))];
      return best === undefined || (selected?.spatial === best.spatial && selected.temporal === best.temporal);
    });
  }

  #measure(atMs: number): void {
    const paths = this.#outlets().map(({ path }) => path);
    if (paths.length === 0) return;
    for (const { estimator } of paths) estimator.tick(atMs);
    const bitrate = paths.reduce((sum, { estimator }) => sum + estimator.bitrate, 0);
    this.#measuredAtMs = atMs;
    const isReportDue = atMs - this.#reportedAtMs > reportMs - measureMs / 2;
    if (isReportDue) this.#reportedAtMs = atMs;
    this.#measuredBitrate = bitrate;
    const tracks = this.#forwarders.map((forwarder): MeasuredTrack => {
      const { track } = forwarder;
      return {
        trackId: this.#idOf(track),
        streamId: track.streamId,
        kind: track.kind,
        isEnabled: this.#isEnabled(track),
        layers: track.layers(atMs),
        limitedFrom: track.demands.limitedFrom,
        isAdaptive: track.demands.follows(forwarder) && track.codec.feedback.includes('goog-remb'),
      };
    });
    this.#listener?.({
      bitrate,
      throughput: paths.reduce((sum, { estimator }) => sum + estimator.throughput, 0),
      rttMs: Math.max(...paths.map(({ estimator }) => estimator.rttMs)),
      loss: Math.max(...paths.map(({ estimator }) => estimator.loss)),
      isCongested: paths.some((path) => path.isCongested(atMs)),
      isProbing: paths.some(({ estimator }) => estimator.isProbing),
      canProbe: paths.some(({ estimator }) => estimator.isInformed) && this.#forwarders.some(({ canPad }) => canPad),
      isReportDue,
      tracks,
    });
  }

  selectLayer(trackId: string, layer: LayerId | null): void {
    this.#selected.set(trackId, layer);
    for (const forwarder of this.#forwardersOf(trackId)) forwarder.select(layer);
  }

  limit(trackId: string, bitrate: number | null): void {
    if (bitrate === null) this.#limits.delete(trackId);
    else this.#limits.add(trackId);
    for (const forwarder of this.#forwardersOf(trackId)) forwarder.track.demands.set(forwarder, bitrate);
  }

  measure(): void {
    if (this.#task === undefined) return;
    this.#task.cancel();
    const waitMs = Math.max(0, this.#measuredAtMs + minMeasureMs - performance.now());
    this.#task = this.#schedule.after(waitMs, (nowMs) => {
      this.#task = this.#schedule.after(measureMs, (laterMs) => this.#tick(laterMs));
      this.#measure(nowMs);
    });
  }

  probe(bitrate: number): void {
    const outlets = this.#outlets();
    for (const { path } of outlets) path.probe(bitrate / outlets.length);
  }
}

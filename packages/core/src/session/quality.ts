import { performWith } from '../machines/perform.ts';
import type { MediaEffect, MediaEvent } from '../machines/ports/media.ts';
import type { QualityEffect } from '../machines/ports/quality.ts';
import type { RoleAddress } from '../machines/ports/role.ts';
import type { RtcEffect } from '../machines/ports/rtc.ts';
import type { Layer, LayerId, Measurement, SelectionReason } from '../machines/quality/measurement.ts';
import { type QualityServerEffect, qualityServer } from '../machines/quality/server.ts';
import type { ServerMessage } from '../protocol/message.ts';
import type { Clock } from './clock.ts';
import { type Performer, type SessionObserver, timers } from './roles.ts';
import { type Run, run } from './run.ts';

/** Part of its session that the quality of a player needs. */
export interface QualityOptions {
  readonly address: RoleAddress;
  readonly clock: Clock;
  readonly media: Performer<MediaEffect, MediaEvent>;
  /** Sends a message to the client. */
  readonly send: (message: ServerMessage) => void;
  readonly observe: SessionObserver | undefined;
}

/** Quality of one player, as last measured. Bits per second. */
export interface PlayerReport {
  /** Estimated bandwidth of the path to the player. */
  readonly estimate: number;
  /** Bitrate of the chosen layers and of audio. */
  readonly sent: number;
  /** Bitrate that arrived lately; 0 where the player does not report on packets. */
  readonly received: number;
  /** Share of packets that were lost lately. */
  readonly loss: number;
  /** Round trip in milliseconds; 0 when not known. */
  readonly rttMs: number;
  /** True if the path showed lately that it carries no more. */
  readonly isCongested: boolean;
  readonly tracks: readonly ReportedTrack[];
}

/** One video of a player. */
interface ReportedTrack {
  readonly trackId: string;
  /** Pixels; `undefined` while it is paused, 0 when not known. */
  readonly height: number | undefined;
  readonly reason: SelectionReason;
}

const isLayer = (layer: Layer, id: LayerId | null | undefined) =>
  layer.spatial === id?.spatial && layer.temporal === id.temporal;

/** The quality machine of a player, which runs as long as its connection is open. */
export class PlayerQuality {
  readonly #options: QualityOptions;
  readonly #perform: (effect: MediaEffect) => void;
  #running: Run<typeof qualityServer> | undefined;
  #measurement: Measurement | undefined;

  constructor(options: QualityOptions) {
    this.#options = options;
    this.#perform = options.media(options.address, (event) => {
      if (event.type === 'media.measured') this.#measurement = event.measurement;
      this.#running?.send(event);
    });
  }

  /** Last measurement and choice; `undefined` before that. */
  get report(): PlayerReport | undefined {
    if (this.#running === undefined || this.#measurement === undefined) return undefined;
    const { bitrate, throughput, loss, rttMs, isCongested, tracks } = this.#measurement;
    const { selected, reasons } = this.#running.getSnapshot().context;
    const sent = tracks.map(({ kind, isEnabled, layers, trackId }) =>
      isEnabled ? layers.find((layer) => kind === 'audio' || isLayer(layer, selected[trackId])) : undefined,
    );
    return {
      estimate: Math.round(bitrate),
      sent: Math.round(sent.reduce((sum, layer) => sum + (layer?.bitrate ?? 0), 0)),
      received: Math.round(throughput),
      loss,
      rttMs,
      isCongested,
      tracks: tracks.flatMap(({ trackId }, index) => {
        const reason = reasons[trackId];
        return reason === undefined ? [] : [{ trackId, height: sent[index]?.height, reason }];
      }),
    };
  }

  /** Follows the effects of its role on the connection. */
  follow({ type }: RtcEffect): void {
    if (type === 'rtc.open' || type === 'rtc.close') this.#stop();
    if (type === 'rtc.open') this.#start();
  }

  /** Performs `quality.*`. */
  prefer({ trackId, height }: QualityEffect): void {
    this.#running?.send({ type: 'quality.preferred', trackId, height });
  }

  #start(): void {
    const { address, clock, send, observe } = this.#options;
    const own = timers(clock, (event) => this.#running?.send(event));
    this.#running = run({
      machine: qualityServer,
      input: { streamId: address.streamId },
      perform: performWith<QualityServerEffect>({
        media: this.#perform,
        signal: ({ message }) => send(message),
        timer: own.perform,
      }),
      ended: own.stopAll,
      observe: observe && (() => observe({ address })),
    });
  }

  #stop(): void {
    this.#running?.send({ type: 'media.closed' });
    this.#running = undefined;
    this.#measurement = undefined;
  }
}

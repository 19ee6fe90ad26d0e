import { performWith } from '../machines/perform.ts';
import type { MediaEffect, MediaEvent } from '../machines/ports/media.ts';
import type { QualityEffect } from '../machines/ports/quality.ts';
import type { RoleAddress } from '../machines/ports/role.ts';
import type { RtcEffect } from '../machines/ports/rtc.ts';
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

/** The quality machine of a player, which runs as long as its connection is open. */
export class PlayerQuality {
  readonly #options: QualityOptions;
  readonly #perform: (effect: MediaEffect) => void;
  #running: Run<typeof qualityServer> | undefined;

  constructor(options: QualityOptions) {
    this.#options = options;
    this.#perform = options.media(options.address, (event) => this.#running?.send(event));
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
  }
}

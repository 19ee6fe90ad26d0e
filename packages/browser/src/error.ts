import type { Reason } from '@sigchart/core/machines';

/** The one error of this package. */
export class SignallingError extends Error {
  override readonly name = 'SignallingError';
  /** Reason it ended: `refused` by the server, `ended` by the server, or `failed` to connect. */
  readonly reason: Reason;
  /** The definition of the server's `error`, when there was one. */
  readonly definition: string | undefined;
  /** The stream it is about. */
  readonly streamId: string;

  constructor(reason: Reason, definition: string | undefined, streamId: string) {
    super(`${streamId}: ${reason}${definition === undefined ? '' : ` (${definition})`}`);
    this.reason = reason;
    this.definition = definition;
    this.streamId = streamId;
  }
}

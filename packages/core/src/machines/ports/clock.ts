/** Time that passed without this side running, as far as its clock can tell: a device that slept, or a page that was frozen. */
export interface ClockEvent {
  readonly type: 'clock.skipped';
  /** Delay of the first timer that was due meanwhile. Milliseconds. */
  readonly ms: number;
}

/** Time has passed without this side running, as far as its clock can tell: a device that slept, or a page that was frozen. */
export interface ClockEvent {
  readonly type: 'clock.skipped';
  /** How late the first timer is that should have ended meanwhile. Milliseconds. */
  readonly ms: number;
}

export { type Walk, walk } from './machines/walk.ts';
export { type ManualClock, manualClock } from './session/clock.ts';

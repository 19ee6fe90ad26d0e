export { begin, type Step, step } from './machines/step.ts';
export { type Walk, walk } from './machines/walk.ts';
export { type ManualClock, manualClock } from './session/clock.ts';

import { signal } from '@preact/signals';
import { goTo, isLive, look, moments, position } from '../look/selection.ts';

/** True if the past is being played. */
export const isPlaying = signal(false);

/** Longer pauses are shortened to this when the past is played. Milliseconds. */
const longestPauseMs = 900;

let timer: ReturnType<typeof setTimeout> | undefined;

/** Stops where it is: live, or while the past is played. */
export function pause(): void {
  clearTimeout(timer);
  isPlaying.value = false;
  if (isLive.value) goTo(position.value);
}

/** Goes back to now. */
export function goLive(): void {
  clearTimeout(timer);
  isPlaying.value = false;
  look({ seq: undefined });
}

/** Goes by some moments, and stays there. */
export function stepBy(by: number): void {
  clearTimeout(timer);
  isPlaying.value = false;
  goTo(position.value + by);
}

function next(): void {
  const at = position.value;
  const [current, following] = [moments.value[at], moments.value[at + 1]];
  if (current === undefined || following === undefined) {
    isPlaying.value = false;
    return;
  }
  timer = setTimeout(
    () => {
      goTo(at + 1);
      next();
    },
    Math.min(longestPauseMs, Math.max(120, following.time - current.time)),
  );
}

/** Plays the past from here at its own pace; from the start if it is at the end. */
function play(): void {
  clearTimeout(timer);
  if (position.value >= moments.value.length - 1) goTo(0);
  isPlaying.value = true;
  next();
}

/** Pauses what is live or playing, and plays what is paused. */
export const toggle = (): void => (isLive.value || isPlaying.value ? pause() : play());

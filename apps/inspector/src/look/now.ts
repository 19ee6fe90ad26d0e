import { signal } from '@preact/signals';

/** The time by the clock of this browser, once a second. Milliseconds since 1970. */
export const now = signal(Date.now());

setInterval(() => {
  now.value = Date.now();
}, 1_000);

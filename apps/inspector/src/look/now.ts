import { computed, signal } from '@preact/signals';
import { input, reader, revision } from '../feed/input.ts';

/** The time by the clock of this browser, once a second. Milliseconds since 1970. */
const clock = signal(Date.now());

setInterval(() => {
  clock.value = Date.now();
}, 1_000);

/** Time the last thing happened that was read. */
const lastTime = computed(() => {
  revision.value;
  let last = 0;
  for (const { record, transitions } of reader.value.runs.values())
    last = Math.max(last, record.since, transitions.at(-1)?.time ?? 0);
  return last;
});

/** Now, for what is shown: of a file, the moment at which it ends. Milliseconds since 1970. */
export const now = computed(() => (input.value.kind === 'file' ? lastTime.value : clock.value));

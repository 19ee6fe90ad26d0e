import { signal } from '@preact/signals';
import type { Replayed } from '@sigchart/inspect';
import { lookAt, selected } from '../look/selection.ts';

type Result = Replayed | 'running' | 'failed';

/** Result of the latest replay. */
const result = signal<{ readonly run: string; readonly result: Result } | undefined>(undefined);

/** Runs the recorded events through the pure machine again. The machines are only loaded here. */
async function run(): Promise<void> {
  const run = selected.value;
  if (run === undefined) return;
  const id = run.record.run;
  const say = (said: Result) => {
    result.value = { run: id, result: said };
  };
  say('running');
  try {
    const { replayed } = await import('./replayed.ts');
    say(replayed(run));
  } catch {
    say('failed');
  }
}

function wordsOf(said: Result): { readonly tone: string; readonly words: string; readonly seq?: number } {
  if (said === 'running') return { tone: 'over', words: 'Replaying …' };
  if (said === 'failed') return { tone: 'bad', words: 'The replay could not be loaded' };
  const { transitions, deviation, unknown } = said;
  if (unknown === 'version') return { tone: 'over', words: 'This page has another version of the machine' };
  if (unknown !== undefined) return { tone: 'over', words: 'This page does not have the machine' };
  if (deviation === undefined) return { tone: 'live', words: `Same result for ${transitions} transitions` };
  return { tone: 'bad', words: `Different ${deviation.what} at ${deviation.seq}`, seq: deviation.seq };
}

/** Replays a run through its machine, and reports deviations. */
export function Replay() {
  const id = selected.value?.record.run;
  const said = result.value?.run === id ? result.value?.result : undefined;
  const { tone, words, seq } = said === undefined ? { tone: 'over', words: '', seq: undefined } : wordsOf(said);
  return (
    <>
      <p class="replayed" data-tone={tone} role="status">
        {seq === undefined ? (
          words
        ) : (
          <button type="button" class="link" onClick={() => lookAt(id, seq)}>
            {words}
          </button>
        )}
      </p>
      <button type="button" onClick={run}>
        Replay
      </button>
    </>
  );
}

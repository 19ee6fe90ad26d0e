import { computed } from '@preact/signals';
import { reader, revision } from '../feed/input.ts';
import { Value } from '../log/Value.tsx';
import { lookAt, moment, selected } from '../look/selection.ts';
import { duration, timeOfDay } from '../look/time.ts';
import { nameOfMessage, summaryOfMessage } from '../sdp/summary.ts';
import { gathered } from './gathered.ts';
import { type Change, type Crossing, type Ladder, ladderOf, type Party } from './ladder.ts';
import { relatedTo } from './related.ts';

const machineOf = (hash: string) => reader.value.machines.get(hash)?.id ?? hash;

/** The runs in the ladder of the selected one, that one first. */
export const related = computed<readonly string[]>(() => {
  revision.value;
  const run = selected.value;
  if (run === undefined) return [];
  const all = [...reader.value.runs.values()].map(({ record }) => record);
  const others = relatedTo(run.record, all, ({ machine }) => machineOf(machine));
  return [run.record.run, ...others.map((record) => record.run)];
});

const ladder = computed<Ladder>(() => {
  revision.value;
  const parties = related.value.flatMap((id): Party[] => {
    const run = reader.value.runs.get(id);
    return run === undefined ? [] : [{ run, machine: machineOf(run.record.machine) }];
  });
  return ladderOf(parties);
});

/** Times of a row: when it happened, and how long the message took. */
function timeOf({ sent, received }: Crossing): string {
  if (sent === undefined || received === undefined) return '';
  const took = received.time - sent.time;
  return took < 0 ? '' : duration(took);
}

const column = (lane: number) => lane + 2;

/** True if one end alone has a message, though both are recorded. */
const isHalf = ({ from, to, sent, received }: Crossing, lanes: Ladder['lanes']): boolean =>
  (sent === undefined || received === undefined) && [from, to].every((lane) => lanes[lane]?.runs.length !== 0);

function Arrow({ crossings, lanes: all }: { crossings: readonly Crossing[]; lanes: Ladder['lanes'] }) {
  const [first] = crossings;
  if (first === undefined) return null;
  const { from, to, message, time } = first;
  const [left, right] = [Math.min(from, to), Math.max(from, to)];
  const run = selected.value?.record.run;
  const isCurrent = crossings.some(({ sent, received }) =>
    [sent, received].some((end) => end?.run === run && end?.seq === moment.value?.seq),
  );
  const at = [first.received, first.sent].find((end) => end?.run === run);
  const name = nameOfMessage(message);
  const lanes = all.length;
  const half = isHalf(first, all);
  return (
    <li
      class={`crossing ${from < to ? 'there' : 'back'} ${name === 'error' ? 'bad' : ''} ${half ? 'half' : ''}`}
      title={half ? 'Only one end has recorded this.' : undefined}
      aria-current={isCurrent}
      style={{ '--lanes': lanes, '--from': left, '--to': right }}
    >
      <time>{timeOfDay(time)}</time>
      <details style={{ gridColumn: `${column(left)} / ${column(right) + 1}` }}>
        {/* biome-ignore lint/a11y: a summary is pressed by key and by pointer alike */}
        <summary onClick={() => at !== undefined && lookAt(at.run, at.seq)}>
          <b>{crossings.length > 1 ? `${crossings.length} ${name}s` : name}</b>{' '}
          <span>
            {crossings.length > 1
              ? [...new Set(crossings.map((crossing) => summaryOfMessage(crossing.message).split(' ')[0]))].join(', ')
              : summaryOfMessage(message)}
          </span>{' '}
          <small>{timeOf(first)}</small>
        </summary>
        <div class="unfolded">
          {crossings.length > 1 ? (
            <ol>
              {crossings.map((crossing, index) => (
                <li key={index}>
                  <details class="fold">
                    <summary>{summaryOfMessage(crossing.message)}</summary>
                    <Value value={crossing.message} />
                  </details>
                </li>
              ))}
            </ol>
          ) : (
            <Value value={message} />
          )}
        </div>
      </details>
    </li>
  );
}

function ChangeRow({ row, lanes }: { row: Change; lanes: number }) {
  const { lane, state, at } = row;
  return (
    <li class="change" style={{ '--lanes': lanes }}>
      <button type="button" style={{ gridColumn: column(lane) }} onClick={() => lookAt(at.run, at.seq)}>
        {state}
      </button>
    </li>
  );
}

/** The messages between a client and the server, and to others in the same call or room. */
export function LadderView() {
  const { lanes, rows } = ladder.value;
  if (rows.length === 0) return <p class="hint">No messages yet.</p>;
  return (
    <section class="ladder" aria-label="Messages">
      <div class="lanes" style={{ '--lanes': lanes.length }}>
        {lanes.map(({ title, note }, index) => (
          <div key={title} style={{ gridColumn: column(index) }}>
            <strong>{title}</strong>
            <small>{note}</small>
          </div>
        ))}
      </div>
      <ol>
        {gathered(rows).map((row, index) =>
          row.kind === 'change' ? (
            <ChangeRow key={index} row={row} lanes={lanes.length} />
          ) : (
            <Arrow key={index} crossings={row.kind === 'candidates' ? row.crossings : [row]} lanes={lanes} />
          ),
        )}
      </ol>
    </section>
  );
}

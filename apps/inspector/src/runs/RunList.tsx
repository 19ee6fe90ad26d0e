import { useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { input } from '../feed/input.ts';
import { now } from '../look/now.ts';
import { lookAt, place } from '../look/selection.ts';
import { duration, short } from '../look/time.ts';
import { reveal, useWindow } from '../look/useWindow.ts';
import { rows as all, filter, listed } from './listed.ts';
import type { Row } from './row.ts';

/** The height of a row in pixels, as the style sheet has it. */
const rowHeight = 56;

const toneOf = ({ record: { status, error } }: Row): string =>
  error !== undefined || status === 'error' ? 'bad' : status === 'active' ? 'live' : 'over';

/** Since when it is what it is; for one that has ended, how long it ran. */
const ageOf = ({ record: { status, time, since } }: Row, until: number): string =>
  status === 'active' ? duration(until - time) : `${duration(since - time)} †`;

function RunRow({ row, index, chosen }: { row: Row; index: number; chosen: boolean }) {
  const { record, machine, subject, name = subject, state, where } = row;
  return (
    // biome-ignore lint/a11y: the list has the focus, and the keys
    <div
      role="option"
      id={`run-${index}`}
      class="run"
      data-run={record.run}
      data-tone={toneOf(row)}
      aria-selected={chosen}
      style={{ top: `${index * rowHeight}px` }}
      onClick={() => lookAt(record.run)}
    >
      <span class="subject" title={subject}>
        {name === '' ? <i>{machine.split('.')[0]}</i> : name}
      </span>
      <span class="age">{ageOf(row, now.value)}</span>
      <span class="machine">
        {machine} <small>{record.error === undefined ? where : <em>{record.error}</em>}</small>
      </span>
      <span class="state">{state}</span>
    </div>
  );
}

/** The reason why the list is empty, and what to do about it. */
function Empty() {
  const { kind } = input.value;
  if (all.value.length > 0)
    return (
      <p class="hint">
        None of {short(all.value.length)} runs is like that.{' '}
        <button
          type="button"
          class="link"
          onClick={() => {
            filter.value = { query: '', standing: 'all' };
          }}
        >
          Show all
        </button>
      </p>
    );
  if (kind === 'refused') return <p class="hint">The feed is not open to this page: append ?token=… to the address.</p>;
  if (kind === 'file') return <p class="hint">This file has no run in it.</p>;
  return <p class="hint">No runs yet. They appear when a client connects.</p>;
}

/** Goes through the list by keyboard. `by` is a number of rows. */
export function chooseNext(by: number): void {
  const rows = listed.value;
  const at = rows.findIndex(({ record }) => record.run === place.value.run);
  const index = at < 0 ? 0 : Math.min(Math.max(0, at + by), rows.length - 1);
  const next = rows[index];
  if (next !== undefined) lookAt(next.record.run);
}

const keys: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: 10,
  PageUp: -10,
  Home: -Infinity,
  End: Infinity,
};

/** All listed runs. Only the rows that are seen are in the page, so that 10 000 stay smooth. */
export function RunList() {
  const list = useRef<HTMLDivElement>(null);
  const rows = listed.value;
  const { first, end } = useWindow(list, rows.length, rowHeight);
  const chosen = rows.findIndex(({ record }) => record.run === place.value.run);
  useSignalEffect(() => {
    const { run } = place.value;
    const index = listed.peek().findIndex(({ record }) => record.run === run);
    if (index >= 0) reveal(list.current, index, rowHeight);
  });
  return (
    <div
      ref={list}
      class="runs"
      role="listbox"
      tabIndex={0}
      aria-label="Runs"
      aria-activedescendant={chosen >= first && chosen < end ? `run-${chosen}` : undefined}
      onKeyDown={(event) => {
        const by = keys[event.key];
        if (by === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        chooseNext(by);
      }}
    >
      {rows.length === 0 && <Empty />}
      <div class="all" style={{ height: `${rows.length * rowHeight}px` }}>
        {rows.slice(first, end).map((row, index) => (
          <RunRow key={row.record.run} row={row} index={first + index} chosen={first + index === chosen} />
        ))}
      </div>
    </div>
  );
}

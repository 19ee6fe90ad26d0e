import { look, machineHash, place } from './look/selection.ts';
import { short } from './look/time.ts';
import type { Standing } from './runs/filter.ts';
import { counts, filter, listed, rows } from './runs/listed.ts';
import { RunList } from './runs/RunList.tsx';

const standings: readonly (readonly [Standing, string])[] = [
  ['all', 'All'],
  ['running', 'Running'],
  ['errors', 'Errors'],
];

function Machines() {
  const all = counts.value;
  const chosen = place.value.run === undefined ? machineHash.value : undefined;
  if (all.length === 0) return null;
  return (
    <ul class="machines" aria-label="Machines, and how many run">
      {all.map(({ hash, machine, running }) => (
        <li key={hash}>
          <button
            type="button"
            aria-pressed={hash === chosen}
            onClick={() => look({ machine: hash, run: undefined, seq: undefined, view: 'chart' })}
          >
            {machine} <b>{short(running)}</b>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** The machines, the search, and the runs. */
export function Sidebar() {
  const { query, standing } = filter.value;
  const [found, all] = [listed.value.length, rows.value.length];
  return (
    <aside class="sidebar">
      <Machines />
      <div class="search">
        <input
          id="search"
          type="search"
          placeholder="Search: otter, state:publishing, error:…"
          aria-label="Search runs"
          autocomplete="off"
          spellcheck={false}
          value={query}
          onInput={({ currentTarget }) => {
            filter.value = { ...filter.value, query: currentTarget.value };
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Escape' && event.key !== 'ArrowDown') return;
            event.preventDefault();
            document.querySelector<HTMLElement>('.runs')?.focus();
          }}
        />
        <fieldset class="segments">
          <legend class="unseen">Which runs</legend>
          {standings.map(([value, label]) => (
            <label key={value}>
              <input
                type="radio"
                name="standing"
                checked={standing === value}
                onChange={() => {
                  filter.value = { ...filter.value, standing: value };
                }}
              />
              <span>{label}</span>
            </label>
          ))}
        </fieldset>
        <p class="found" role="status">
          {found === all ? short(all) : `${short(found)} of ${short(all)}`}
        </p>
      </div>
      <RunList />
    </aside>
  );
}

import type { ComponentChildren } from 'preact';
import { ChartView } from './chart/ChartView.tsx';
import { ExportMenu } from './export/ExportMenu.tsx';
import { LadderView } from './ladder/LadderView.tsx';
import { LogView } from './log/LogView.tsx';
import { StepDetail } from './log/StepDetail.tsx';
import { type View, views } from './look/place.ts';
import { look, machine, machineHash, moment, place, selected } from './look/selection.ts';
import { shortState } from './look/state.ts';
import { short } from './look/time.ts';
import { Replay } from './replay/Replay.tsx';
import { counts, rows } from './runs/listed.ts';
import { subjectOf } from './runs/row.ts';
import { TimeBar } from './time/TimeBar.tsx';

const titles: Readonly<Record<View, string>> = { chart: 'Chart', ladder: 'Ladder', log: 'Log' };

const bodies: Readonly<Record<View, () => ComponentChildren>> = {
  chart: () => <ChartView />,
  ladder: () => <LadderView />,
  log: () => <LogView />,
};

const Back = () => (
  <button
    type="button"
    class="icon back"
    aria-label="Back to the list"
    onClick={() => look({ run: undefined, machine: undefined, seq: undefined })}
  >
    <svg viewBox="0 0 24 24" aria-hidden="true">
      <path d="M15 6l-7 6 7 6" />
    </svg>
  </button>
);

function Tabs() {
  const { view } = place.value;
  return (
    <div class="tabs" role="tablist" aria-label="Views">
      {views.map((name, index) => (
        <button
          key={name}
          id={`tab-${name}`}
          type="button"
          role="tab"
          aria-selected={name === view}
          aria-controls="panel"
          tabIndex={name === view ? 0 : -1}
          onClick={() => look({ view: name })}
          onKeyDown={(event) => {
            const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
            if (by === undefined) return;
            event.preventDefault();
            event.stopPropagation();
            const next = views[(index + by + views.length) % views.length] ?? name;
            look({ view: next });
            document.getElementById(`tab-${next}`)?.focus();
          }}
        >
          {titles[name]}
        </button>
      ))}
    </div>
  );
}

/** One machine over all runs: where they are now, and what was ever reached. */
function MachineView() {
  const count = counts.value.find(({ hash }) => hash === machineHash.value);
  return (
    <main class="run-view overview">
      <header>
        <Back />
        <h1>
          {machine.value?.id} <small>all runs</small>
        </h1>
        <ExportMenu />
      </header>
      <ul class="state-counts" aria-label="Runs in each state">
        {count?.states.map(([state, number]) => (
          <li key={state}>
            {state} <b>{short(number)}</b>
          </li>
        ))}
        {count?.running === 0 && <li class="hint">None is running.</li>}
      </ul>
      <ChartView />
    </main>
  );
}

/** One run: its chart, its ladder, its log, at any moment. */
export function RunView() {
  const run = selected.value;
  if (run === undefined) return machine.value === undefined ? null : <MachineView />;
  const { labels, state, status, error, recorder } = run.record;
  const id = subjectOf(labels) || undefined;
  const name = rows.value.find(({ record }) => record === run.record)?.name;
  const subject = name ?? id;
  const shown = moment.value?.state ?? state;
  const { view } = place.value;
  return (
    <main class="run-view">
      <header>
        <Back />
        <h1>
          {subject ?? machine.value?.id}{' '}
          <small>
            {[
              subject === undefined ? undefined : machine.value?.id,
              name === undefined ? undefined : id,
              labels.app,
              labels.socket === undefined ? undefined : `socket ${labels.socket}`,
              labels.app === undefined ? recorder : undefined,
            ]
              .filter((part) => part !== undefined && part !== '')
              .join(' · ')}
          </small>
        </h1>
        <p class="pill" data-tone={error !== undefined ? 'bad' : status === 'active' ? 'live' : 'over'} role="status">
          {shown === undefined ? status : shortState(shown)}
        </p>
        {error !== undefined && <p class="error">{error}</p>}
        <Replay />
        <ExportMenu />
      </header>
      <TimeBar />
      <Tabs />
      <div id="panel" class="panel" role="tabpanel" aria-labelledby={`tab-${view}`}>
        {bodies[view]()}
      </div>
      <StepDetail />
    </main>
  );
}

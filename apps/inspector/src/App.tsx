import { computed } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { type Input, input, openFile } from './feed/input.ts';
import { Help } from './Help.tsx';
import { showsHelp } from './keys.ts';
import { look, lookAt, machine, place, selected } from './look/selection.ts';
import { RunView } from './RunView.tsx';
import { rows } from './runs/listed.ts';
import type { Row } from './runs/row.ts';
import { Sidebar } from './Sidebar.tsx';

const words: Readonly<Record<Input['kind'], string>> = {
  connecting: 'Connecting',
  live: 'Live',
  lost: 'Lost, dialling again',
  refused: 'Not let in',
  file: 'File',
};

/** The runs that a first look is for: those that carry media, rather than the sockets below them. */
const isOfInterest = ({ machine, record: { status } }: Row) =>
  status === 'active' && /^(?:publisher|player|conference|peer)\./.test(machine);

const suggested = computed(() => rows.value.filter(isOfInterest).slice(0, 4));

/** Some runs to start with. */
function Suggestions() {
  const all = suggested.value.length > 0 ? suggested.value : rows.value.slice(0, 1);
  return (
    <p class="suggestions">
      {all.map(({ record, machine, subject, name = subject, state }) => (
        <button key={record.run} type="button" onClick={() => lookAt(record.run)}>
          {name === '' ? machine : `${name} · ${machine}`} <small>{state}</small>
        </button>
      ))}
    </p>
  );
}

function Welcome() {
  const { kind } = input.value;
  return (
    <div class="welcome">
      {kind === 'refused' ? (
        <>
          <h1>The feed is not open to this page.</h1>
          <p>
            Open the link that the server printed when it started, or append <code>?token=…</code> with the token of{' '}
            <code>--inspector-token</code> to the address. This browser remembers it.
          </p>
        </>
      ) : rows.value.length > 0 && place.value.run !== undefined ? (
        <>
          <h1>This run is not available.</h1>
          <p>It was removed to make room, or belongs to a server that has been restarted. Choose another.</p>
        </>
      ) : rows.value.length === 0 ? (
        <>
          <h1>No runs yet.</h1>
          <p>
            As soon as somebody connects, the machines appear here.{' '}
            <a href="../publish.html?source=test&auto">Publish a test picture</a>, or drop a trace file on this page.
          </p>
        </>
      ) : (
        <>
          <h1>Choose a run, or a machine.</h1>
          <p>
            A run is one machine from its start to its end: a publisher, a player, a socket. It shows its chart as it
            happens, and every moment of its past. A machine, above the list, shows where all its runs are.
          </p>
          <Suggestions />
        </>
      )}
    </div>
  );
}

/** The page. */
export function App() {
  const file = useRef<HTMLInputElement>(null);
  const origin = input.value;
  const isOpen = selected.value !== undefined || (place.value.run === undefined && machine.value !== undefined);
  const open = async (chosen: File | undefined) => {
    if (chosen === undefined) return;
    look({ run: undefined, machine: undefined, seq: undefined });
    await openFile(chosen);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a file may be dropped anywhere
    <div
      class={`page ${isOpen ? 'open' : ''}`}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        void open(event.dataTransfer?.files[0]);
      }}
    >
      <header class="masthead">
        <a class="brand" href="../">
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <circle cx="5.5" cy="12" r="2.8" fill="currentColor" />
            <circle cx="18.5" cy="12" r="2.8" />
            <path d="M7.5 8c2.2-3 6.8-3 9 0M16.5 16c-2.2 3-6.8 3-9 0" />
          </svg>
          Sigchart
        </a>
        <span class="here">Inspector</span>
        <p class="input" data-kind={origin.kind} role="status">
          {origin.kind === 'file' ? origin.name : words[origin.kind]}
          {origin.kind === 'file' &&
            origin.illegible.length > 0 &&
            ` · ${origin.illegible.length} lines could not be read. Line ${origin.illegible[0]?.line}: ${origin.illegible[0]?.reason}`}
        </p>
        <button type="button" class="quiet" onClick={() => file.current?.click()}>
          Open trace
        </button>
        <input
          ref={file}
          id="file"
          type="file"
          hidden
          accept=".jsonl,.json,.txt"
          aria-label="Trace file"
          onChange={({ currentTarget }) => void open(currentTarget.files?.[0])}
        />
        <button
          type="button"
          class="quiet icon"
          aria-label="Keys"
          title="Keys (?)"
          onClick={() => {
            showsHelp.value = true;
          }}
        >
          ?
        </button>
      </header>
      <Sidebar />
      {isOpen ? <RunView /> : <Welcome />}
      {showsHelp.value && (
        <Help
          onClose={() => {
            showsHelp.value = false;
          }}
        />
      )}
    </div>
  );
}

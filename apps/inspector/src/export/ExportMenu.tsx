import { useSignal } from '@preact/signals';
import { mermaidOf } from '@sigchart/chart';
import { encodeLines, machineConfigOf, testFileOf, whyNoTest } from '@sigchart/inspect';
import { useEffect, useRef } from 'preact/hooks';
import { machine, machineHash, selected } from '../look/selection.ts';
import { download, downloadText } from './download.ts';
import { pngOf, svgOf } from './picture.ts';
import { traceOf } from './trace.ts';

const chart = () => document.querySelector<SVGSVGElement>('svg.statechart');

interface Export {
  readonly label: string;
  readonly hint: string;
  /** Parts of it. */
  readonly of: 'run' | 'machine' | 'chart';
  run(name: string): void | Promise<void>;
  /** Reason it is not possible, in a sentence. */
  readonly why?: () => string | undefined;
}

const exports: readonly Export[] = [
  {
    label: 'Trace',
    hint: '.jsonl',
    of: 'run',
    run: (name) => downloadText(`${name}.jsonl`, encodeLines(traceOf()), 'application/jsonl'),
  },
  {
    label: 'Test for vitest',
    hint: '.test.ts',
    of: 'run',
    why: () =>
      machine.value === undefined || selected.value === undefined
        ? undefined
        : whyNoTest(machine.value, selected.value),
    async run(name) {
      const [definition, run] = [machine.value, selected.value];
      if (definition === undefined || run === undefined) return;
      const { layouts } = await import('virtual:layouts');
      // A machine that is not this project's is in a file that only its owner knows.
      const options = machineHash.value !== undefined && machineHash.value in layouts ? {} : { from: './machine.ts' };
      downloadText(`${name}.test.ts`, testFileOf(definition, run, options), 'text/typescript');
    },
  },
  {
    label: 'Chart as SVG',
    hint: '.svg',
    of: 'chart',
    run(name) {
      const shown = chart();
      if (shown !== null) downloadText(`${name}.svg`, svgOf(shown), 'image/svg+xml');
    },
  },
  {
    label: 'Chart as picture',
    hint: '.png',
    of: 'chart',
    async run(name) {
      const shown = chart();
      if (shown !== null) download(`${name}.png`, await pngOf(shown));
    },
  },
  {
    label: 'Chart for Mermaid',
    hint: '.mmd',
    of: 'machine',
    run(name) {
      if (machine.value !== undefined) downloadText(`${name}.mmd`, mermaidOf(machine.value));
    },
  },
  {
    label: 'Machine for Stately’s editor',
    hint: '.json',
    of: 'machine',
    run(name) {
      if (machine.value === undefined) return;
      downloadText(`${name}.json`, JSON.stringify(machineConfigOf(machine.value), null, 2), 'application/json');
    },
  },
];

/** File name for the selected run or machine. */
const fileName = (): string => {
  const { id = 'machine' } = machine.value ?? {};
  const { streamId, shared } = selected.value?.record.labels ?? {};
  return [id, streamId ?? shared]
    .filter(Boolean)
    .join('-')
    .replaceAll(/[^\w.-]+/g, '_');
};

/** Everything that can be taken along. */
export function ExportMenu() {
  const menu = useRef<HTMLDetailsElement>(null);
  const failure = useSignal('');
  const close = () => menu.current?.removeAttribute('open');
  useEffect(() => {
    const outside = ({ target }: Event) => {
      if (target instanceof Node && !menu.current?.contains(target)) close();
    };
    addEventListener('pointerdown', outside);
    return () => removeEventListener('pointerdown', outside);
  }, []);
  const possible = exports.filter(({ of }) =>
    of === 'run' ? selected.value !== undefined : machine.value !== undefined,
  );
  return (
    <details
      ref={menu}
      class="menu"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || menu.current?.open !== true) return;
        event.preventDefault();
        close();
        menu.current.querySelector('summary')?.focus();
      }}
    >
      <summary class="button">Export</summary>
      <div>
        {possible.map(({ label, hint, run, why }) => (
          <button
            key={label}
            type="button"
            disabled={why?.() !== undefined}
            onClick={async () => {
              try {
                await run(fileName());
                failure.value = '';
                close();
              } catch (error) {
                failure.value = String(error);
              }
            }}
          >
            <span>
              {label}
              {why?.() !== undefined && <em>{why()}</em>}
            </span>{' '}
            <small>{hint}</small>
          </button>
        ))}
        <button
          type="button"
          onClick={async () => {
            try {
              await navigator.clipboard.writeText(location.href);
              close();
            } catch {
              failure.value = 'The browser blocked copying. Copy the address from the address bar.';
            }
          }}
        >
          Copy link to this moment
        </button>
        {failure.value !== '' && <p role="alert">{failure}</p>}
      </div>
    </details>
  );
}

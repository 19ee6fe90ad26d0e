import { signal } from '@preact/signals';
import type { MachineDefinition } from '@sigchart/chart';
import { type Detail, type Layout, unpackLayout } from '@sigchart/chart/svg';

/** A layout, or the state of its computation. */
export type Pending = Layout | 'pending' | 'failed';

const made = signal<ReadonlyMap<string, Pending>>(new Map());

const keep = (key: string, layout: Pending) => {
  made.value = new Map(made.value).set(key, layout);
};

/** Lays a machine out that was not known when the page was built. The engine is only loaded here, and runs in a worker. */
async function layOutNow(definition: MachineDefinition, detail: Detail): Promise<Layout> {
  const [{ default: api }, { default: address }, { layOut }] = await Promise.all([
    import('elkjs/lib/elk-api.js'),
    import('elkjs/lib/elk-worker.min.js?url'),
    import('./layout.ts'),
  ]);
  const elk = new api.default({ workerFactory: () => new Worker(address) });
  try {
    return await layOut(definition, detail, elk);
  } finally {
    elk.terminateWorker();
  }
}

async function find(hash: string, definition: MachineDefinition, detail: Detail): Promise<Layout> {
  const { layouts } = await import('virtual:layouts');
  const packed = layouts[hash]?.[detail];
  return packed === undefined ? layOutNow(definition, detail) : unpackLayout(packed);
}

/** The layout of a machine, or the progress of computing it; starts the computation if needed. Reads a signal. */
export function layoutOf(hash: string, definition: MachineDefinition, detail: Detail): Pending {
  const key = `${hash} ${detail}`;
  const known = made.value.get(key);
  if (known !== undefined) return known;
  queueMicrotask(() => {
    if (made.peek().has(key)) return;
    keep(key, 'pending');
    find(hash, definition, detail).then(
      (layout) => keep(key, layout),
      () => keep(key, 'failed'),
    );
  });
  return 'pending';
}

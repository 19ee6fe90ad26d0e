import type { MachineDefinition } from '@sigchart/chart';
import type { Snapshot } from 'xstate';
import { patched } from '../trace/difference.ts';
import type { RunRecord, RunStatus, TraceLine, TransitionRecord } from '../trace/record.ts';
import { machineConfigOf } from './machineConfig.ts';

interface StatelyEvent {
  readonly sessionId: string;
  readonly rootId: string;
  /** Milliseconds since 1970, in digits. */
  readonly createdAt: string;
  readonly id: string;
  readonly _version: string;
}

interface StatelyState {
  readonly value?: unknown;
  readonly context?: unknown;
}

type StatelySnapshot = Snapshot<unknown> & StatelyState;

/** Events of `@statelyai/inspect`: an actor exists, an event was sent, an actor has a new snapshot. */
export type StatelyInspectionEvent =
  | (StatelyEvent & {
      readonly type: '@xstate.actor';
      readonly name: string;
      readonly snapshot: { readonly status: RunStatus };
      readonly definition: string | undefined;
      readonly parentId: string | undefined;
    })
  | (StatelyEvent & {
      readonly type: '@xstate.event';
      readonly event: { readonly type: string };
      readonly sourceId: string | undefined;
    })
  | (StatelyEvent & {
      readonly type: '@xstate.snapshot';
      readonly event: { readonly type: string };
      readonly snapshot: StatelySnapshot;
    });

/** The version of `@statelyai/inspect` whose events these are. */
const version = '0.7.2';

interface KnownRun {
  readonly record: RunRecord;
  context: unknown;
}

/** A snapshot in XState's form. The result of logic other than a machine was recorded as its context. */
function snapshotOf(status: RunStatus, value: unknown, context: unknown, isLogic: boolean): StatelySnapshot {
  const state: StatelyState = isLogic ? {} : { value, context };
  const { output, error } = (isLogic ? context : {}) as { readonly output?: unknown; readonly error?: unknown };
  if (status === 'done') return { ...state, status, output, error: undefined };
  if (status === 'error') return { ...state, status, output: undefined, error };
  return { ...state, status, output: undefined, error: undefined };
}

/**
 * Makes a translation of a trace, line by line, into the events of `@statelyai/inspect`, which its viewers show. Effects have
 * no place there.
 *
 * @see https://github.com/statelyai/inspect
 */
export function statelyInspection(): (line: TraceLine) => readonly StatelyInspectionEvent[] {
  const machines = new Map<string, MachineDefinition>();
  const runs = new Map<string, KnownRun>();

  const rootOf = (id: string): string => {
    let root = id;
    // Bounded, since a trace from elsewhere may go in a circle.
    for (let depth = 0; depth < 32; depth += 1) {
      const parent = runs.get(root)?.record.parent;
      if (parent === undefined) break;
      root = parent;
    }
    return root;
  };

  const base = (run: string, time: number, id: string): StatelyEvent => ({
    sessionId: run,
    rootId: rootOf(run),
    createdAt: String(time),
    id,
    _version: version,
  });

  const run = (record: RunRecord): readonly StatelyInspectionEvent[] => {
    if (runs.has(record.run)) return [];
    runs.set(record.run, { record, context: undefined });
    const definition = machines.get(record.machine);
    const labels = Object.values(record.labels).join(' ');
    return [
      {
        ...base(record.run, record.time, record.run),
        type: '@xstate.actor',
        name: [definition?.id, labels].filter(Boolean).join(' ') || record.run,
        snapshot: { status: 'active' },
        definition: definition && JSON.stringify(machineConfigOf(definition)),
        parentId: record.parent,
      },
    ];
  };

  const transition = (record: TransitionRecord): readonly StatelyInspectionEvent[] => {
    const known = runs.get(record.run);
    if (known === undefined) return [];
    const { seq, time, event, state, status = 'active', cause } = record;
    known.context = patched(known.context, record.context);
    const id = `${record.run}.${seq}`;
    return [
      { ...base(record.run, time, `${id}.event`), type: '@xstate.event', event, sourceId: cause?.run },
      {
        ...base(record.run, time, `${id}.snapshot`),
        type: '@xstate.snapshot',
        event,
        snapshot: snapshotOf(status, state, known.context, machines.get(known.record.machine)?.isLogic === true),
      },
    ];
  };

  return (line) => {
    switch (line.kind) {
      case 'machine':
        machines.set(line.hash, line.definition);
        return [];
      case 'run':
        return run(line);
      case 'transition':
        return transition(line);
      case 'dropped': {
        const known = runs.get(line.run);
        if (known !== undefined) known.context = line.context;
        return [];
      }
      default:
        return [];
    }
  };
}

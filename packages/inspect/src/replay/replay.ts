import { definitionOf, edgesOf } from '@sigchart/chart';
import { signallingMachines, step } from '@sigchart/core/machines';
import { type AnyStateMachine, initialTransition, type SnapshotFrom, transition } from 'xstate';
import { momentsOf } from '../reader/moment.ts';
import type { ReadRun } from '../reader/reader.ts';
import { differenceOf } from '../trace/difference.ts';
import { effectOf } from '../trace/effect.ts';
import { type Plain, plainWith } from '../trace/plain.ts';
import type { PatchOperation, TransitionRecord } from '../trace/record.ts';
import { type SecretOptions, secrets } from '../trace/secret.ts';

/** Difference between a recorded and a replayed transition: the machine is not pure, or not the recorded one. */
export interface Deviation {
  readonly run: string;
  readonly seq: number;
  readonly event: string;
  /** Part that differs. */
  readonly what: 'taken' | 'state' | 'status' | 'effects' | 'context';
  /** Patch from the recorded value to the replayed one. */
  readonly difference: readonly PatchOperation[];
}

/** Result of a replay. */
export interface Replayed {
  readonly run: string;
  /** Number of replayed transitions. */
  readonly transitions: number;
  /** The first deviation of the run; later ones mean nothing. */
  readonly deviation?: Deviation;
  /** Reason it was not run: its machine is not given, or is another version than the one that was recorded. */
  readonly unknown?: 'machine' | 'version';
}

/** Options to replay. */
export interface ReplayOptions {
  /** As it was recorded with. */
  readonly secrets?: SecretOptions;
}

type Snapshot = SnapshotFrom<AnyStateMachine>;
type Actions = ReturnType<typeof transition<AnyStateMachine>>[1];

/** Result of a step. */
interface Result {
  readonly snapshot: Snapshot;
  readonly actions: Actions;
  /** The edges that were taken, if known. */
  readonly edges: readonly number[] | undefined;
}

const restored = (machine: AnyStateMachine, value: unknown, context: unknown): Snapshot =>
  machine.resolveState({ value, context: context ?? {} } as never);

/** Machines of signalling take their steps purely. Others may start actors, for which a step is no place. */
const isSignalling = (machine: AnyStateMachine): boolean =>
  (signallingMachines as readonly AnyStateMachine[]).includes(machine);

/** Gives a machine an event; its first one if there is no snapshot yet. */
function again(machine: AnyStateMachine, before: Snapshot | undefined, event: TransitionRecord['event']): Result {
  if (before === undefined) {
    const [snapshot, actions] = initialTransition(machine, (event as { readonly input?: unknown }).input as never);
    return { snapshot, actions, edges: [] };
  }
  const [snapshot, actions] = transition(machine, before, event);
  const edges = isSignalling(machine) ? edgesOf(definitionOf(machine), step(machine, before, event).taken) : undefined;
  return { snapshot, actions, edges };
}

function compare(
  { run, seq, event, taken, state, status = 'active', effects }: TransitionRecord,
  context: unknown,
  { snapshot, actions, edges }: Result,
  plain: Plain,
): Deviation | undefined {
  const recorded = { taken, state, status, effects, context };
  const now = {
    taken: edges ?? taken,
    state: snapshot.value,
    status: snapshot.status,
    effects: plain(actions.map((action) => effectOf(action as { readonly type: string }))),
    context: plain(snapshot.context),
  };
  for (const what of ['taken', 'state', 'status', 'effects', 'context'] as const) {
    const difference = differenceOf(recorded[what], now[what]);
    if (difference.length > 0) return { run, seq, event: event.type, what, difference };
  }
  return undefined;
}

/**
 * Replays the events of a run through its machine and compares each result.
 *
 * Secrets were removed from events too, so a machine must not depend on them. If the first transitions were dropped, the rest is
 * replayed.
 */
export function replay(machine: AnyStateMachine, run: ReadRun, options: ReplayOptions = {}): Replayed {
  const { run: id, machine: hash } = run.record;
  if (definitionOf(machine).hash !== hash) return { run: id, transitions: 0, unknown: 'version' };
  const clean = secrets(options.secrets);
  let snapshot: Snapshot | undefined;
  let transitions = 0;
  for (const { state, context, transition: recorded } of momentsOf(run)) {
    const isStart = recorded?.event.type === 'xstate.init';
    if (recorded === undefined || (snapshot === undefined && !isStart)) {
      snapshot = restored(machine, state, context);
      continue;
    }
    const result = again(machine, snapshot, recorded.event);
    const deviation = compare(recorded, context, result, plainWith(clean));
    transitions += 1;
    if (deviation !== undefined) return { run: id, transitions, deviation };
    ({ snapshot } = result);
  }
  return { run: id, transitions };
}

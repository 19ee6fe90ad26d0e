import { step } from '@sigchart/core/machines';
import type { AnyMachineSnapshot, AnyStateMachine, EmittedFrom, EventFromLogic, InputFrom, SnapshotFrom } from 'xstate';
import { createTestModel, type TestModel } from 'xstate/graph';
import { type MachineTransition, named, takenBy, transitionsOf } from './transition.ts';

/** Events, inputs and bounds for the graph of a machine. */
export interface MachineOptions<Machine extends AnyStateMachine> {
  /** Events to send: at least one for every type of the machine, and one for each outcome of a guard. */
  readonly events: readonly EventFromLogic<Machine>[];
  /** Inputs to start it with; the graph covers all of them. Default: none. */
  readonly inputs?: readonly InputFrom<Machine>[];
  /** States beyond which nothing new is expected; they are reached, and not left. Default: none. */
  readonly within?: (snapshot: SnapshotFrom<Machine>) => boolean;
  /**
   * State of the part of the machine that an event is about, for a machine that steps others. Paths that cover its transitions take
   * each of them in each such state. Default: none.
   */
  readonly about?: (snapshot: SnapshotFrom<Machine>, event: EventFromLogic<Machine>) => string | undefined;
  /** Maximum number of states with their context. Default 50 000. */
  readonly limit?: number;
}

/** One event in one state, and what it does. */
export interface GraphEdge<Machine extends AnyStateMachine> {
  readonly event: EventFromLogic<Machine>;
  readonly taken: readonly MachineTransition[];
  /** State of the part of the machine that the event is about. */
  readonly about?: string | undefined;
  readonly effects: readonly EmittedFrom<Machine>[];
  readonly to: GraphNode<Machine>;
}

/** One state of a machine, with its context. */
export interface GraphNode<Machine extends AnyStateMachine> {
  readonly key: string;
  readonly snapshot: SnapshotFrom<Machine>;
  /** Edges of events that the state handles. */
  readonly edges: readonly GraphEdge<Machine>[];
}

/** A machine, walked through with given events. */
export interface Graph<Machine extends AnyStateMachine> {
  readonly machine: Machine;
  readonly options: MachineOptions<Machine>;
  /** Initial nodes, by index of the input. */
  readonly initial: readonly GraphNode<Machine>[];
  readonly nodes: readonly GraphNode<Machine>[];
}

/** A machine and events that do not fit each other. */
export class UnmappedError extends Error {
  override readonly name = 'UnmappedError';
}

/** State and context as a text. Without the event that led there, which XState would add: that makes no other state. */
export const serialize = ({ value, context, status }: AnyMachineSnapshot): string =>
  JSON.stringify([value, context, status]);

/** Rejects missing and unknown events, which would otherwise be ignored silently. */
function assertMapped(machine: AnyStateMachine, given: readonly { readonly type: string }[]): void {
  const heard = new Set(transitionsOf(machine).flatMap(({ event }) => (event === '' ? [] : [event])));
  const types = new Set(given.map(({ type }) => type));
  const missing = [...heard].filter((type) => !types.has(type));
  if (missing.length > 0) throw new UnmappedError(`no event for ${missing.join(', ')} of ${machine.id}`);
  const unknown = [...types].filter((type) => !heard.has(type));
  if (unknown.length > 0) throw new UnmappedError(`${machine.id} does not handle ${unknown.join(', ')}`);
}

/** XState's own test model of a machine, with the settings without which its results mean little. */
function testModelOf<Machine extends AnyStateMachine>(
  machine: Machine,
  input: InputFrom<Machine> | undefined,
  { events, within, limit = 50_000 }: MachineOptions<Machine>,
): TestModel<SnapshotFrom<Machine>, EventFromLogic<Machine>, unknown> {
  return createTestModel(machine, {
    // Ignored events lead back to the same state, and cost a transition each.
    events: (snapshot) => events.filter((event) => takenBy(machine, snapshot, event).length > 0),
    input: input as never,
    serializeState: (snapshot) => serialize(snapshot as AnyMachineSnapshot) as never,
    limit: limit * (events.length + 1),
    ...(within && { stopWhen: (snapshot) => !within(snapshot) }),
  });
}

/**
 * Builds the graph of a machine: every state with its context that the given events reach, and every step between them.
 *
 * @throws {UnmappedError} if `events` lacks an event type of the machine, or has one that the machine does not handle.
 * @throws {Error} if there are more states than `limit`.
 * @example
 * ```ts
 * const graph = graphOf(door, { events: [{ type: 'knock' }, { type: 'open' }, { type: 'lock' }] });
 * ```
 */
export function graphOf<Machine extends AnyStateMachine>(
  machine: Machine,
  options: MachineOptions<Machine>,
): Graph<Machine> {
  assertMapped(machine, options.events);
  type Mutable = { key: string; snapshot: SnapshotFrom<Machine>; edges: GraphEdge<Machine>[] };
  const nodes = new Map<string, Mutable>();
  const { inputs = [undefined] } = options;
  const initial = inputs.map((input) => {
    const adjacency = testModelOf(machine, input, options).getAdjacencyMap();
    const fresh = Object.entries(adjacency).filter(([key]) => !nodes.has(key));
    for (const [key, { state }] of fresh) nodes.set(key, { key, snapshot: state, edges: [] });
    for (const [key, { transitions }] of fresh) {
      const node = nodes.get(key) as Mutable;
      for (const { event } of Object.values(transitions) as { event: EventFromLogic<Machine> }[]) {
        const { snapshot, effects, taken } = step(machine, node.snapshot, event);
        const to = nodes.get(serialize(snapshot as AnyMachineSnapshot)) as Mutable;
        const about = options.about?.(node.snapshot, event);
        node.edges.push({ event, taken: named(machine, taken), about, effects, to });
      }
    }
    return nodes.get(Object.keys(adjacency)[0] as string) as Mutable;
  });
  return { machine, options, initial, nodes: [...nodes.values()] };
}

import * as v from 'valibot';

const index = v.pipe(v.number(), v.integer(), v.minValue(0));
const names = v.pipe(v.array(v.string()), v.readonly());

/** Type of a state, as in XState and SCXML. */
export const stateTypes = ['atomic', 'compound', 'parallel', 'final', 'history'] as const;

/** One state of a machine. */
export const stateDefinition = v.object({
  /** Its id in the machine, such as `publisher.server.accepted.media`. */
  id: v.string(),
  /** Its name among its siblings. */
  key: v.string(),
  type: v.picklist(stateTypes),
  /** The index of the state it is in; none for the root, which is the first. */
  parent: v.exactOptional(index),
  /** The index of the state that is entered first, in a compound state. */
  initial: v.exactOptional(index),
  /** The names of the actions of the entry. */
  entry: v.exactOptional(names),
  /** The names of the actions of the exit. */
  exit: v.exactOptional(names),
  /** The names of the actors that run while it is active. */
  invoke: v.exactOptional(names),
  /** The ids under which it runs them, in the same order. Left out where XState numbers them. */
  invokeIds: v.exactOptional(names),
  tags: v.exactOptional(names),
  description: v.exactOptional(v.string()),
  /** Depth that a history state remembers. */
  history: v.exactOptional(v.picklist(['shallow', 'deep'])),
  /** The index of the state that a history state enters as long as it has nothing to remember. */
  target: v.exactOptional(index),
});

/** One transition of a machine, as drawn. */
export const edgeDefinition = v.object({
  /** The index of the state it leaves, or stays in. */
  source: index,
  /** Trigger: an event type, a pattern of types, or `''` for an eventless transition. */
  event: v.string(),
  /** The name of its guard. */
  guard: v.exactOptional(v.string()),
  /** The indices of the states it enters. None: it changes no state. */
  targets: v.pipe(v.array(index), v.readonly()),
  /** The names of its actions. */
  actions: v.exactOptional(names),
  /** True if it leaves and enters its own source. */
  reenter: v.exactOptional(v.boolean()),
});

/** A machine as data: its states in document order, the root first, and its edges. Both are meant by their index. */
export const machineDefinition = v.object({
  id: v.string(),
  states: v.pipe(v.array(stateDefinition), v.nonEmpty(), v.readonly()),
  edges: v.pipe(v.array(edgeDefinition), v.readonly()),
  /** True for other logic of an actor, such as a promise, written as a machine. */
  isLogic: v.exactOptional(v.literal(true)),
});

/** {@link stateDefinition} */
export type StateDefinition = v.InferOutput<typeof stateDefinition>;
/** {@link edgeDefinition} */
export type EdgeDefinition = v.InferOutput<typeof edgeDefinition>;
/** {@link machineDefinition} */
export type MachineDefinition = v.InferOutput<typeof machineDefinition>;

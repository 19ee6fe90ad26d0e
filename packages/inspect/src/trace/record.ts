import { machineDefinition } from '@sigchart/chart';
import * as v from 'valibot';

/** The version of the trace format. A reader refuses a trace with another one. */
export const traceVersion = 2;

const list = <Item extends v.GenericSchema>(item: Item) => v.pipe(v.array(item), v.readonly());
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const place = v.pipe(v.number(), v.integer(), v.minValue(1));
/** Milliseconds since 1970-01-01 UTC, by the clock of the machine that recorded. */
const time = v.number();
const runId = v.pipe(v.string(), v.nonEmpty(), v.maxLength(255));
const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/));

/** The state of a machine, as XState writes it: a name, or an object of regions. */
export const stateValue = v.union([v.string(), v.record(v.string(), v.unknown())]);

/** True if a machine runs, and if not, how it ended: as in XState. */
export const statuses = ['active', 'done', 'error', 'stopped'] as const;

const typed = v.looseObject({ type: v.string() });

/** One step from one context to the next (RFC 6902, without `move`, `copy` and `test`). */
export const patchOperation = v.variant('op', [
  v.object({ op: v.literal('add'), path: v.string(), value: v.unknown() }),
  v.object({ op: v.literal('replace'), path: v.string(), value: v.unknown() }),
  v.object({ op: v.literal('remove'), path: v.string() }),
]);

/** The first line of a trace, and of a feed. */
export const traceRecord = v.object({
  kind: v.literal('trace'),
  version: v.literal(traceVersion),
  /** Name of the recorder, for people. */
  name: v.string(),
  time,
});

/** The machine of runs. Stands before the first of them, once. */
export const machineRecord = v.object({
  kind: v.literal('machine'),
  hash,
  definition: machineDefinition,
});

/**
 * A run: one machine from its start to its end, in its current state. Recorded when it starts; on a feed sent again, complete,
 * whenever its state, labels or error change.
 */
export const runRecord = v.object({
  kind: v.literal('run'),
  run: runId,
  /** The hash of its machine. */
  machine: hash,
  /** Time it started. */
  time,
  /** Recorder: the `name` of its trace. */
  recorder: v.string(),
  /** Purpose of the run: `app`, `socket`, `role`, `streamId` on a signalling server; an actor's `id` elsewhere. */
  labels: v.record(v.string(), v.union([v.string(), v.number()])),
  /** The run that started it, where that is known. */
  parent: v.exactOptional(runId),
  /** The last transition, 0 before the first. */
  seq: count,
  state: v.exactOptional(stateValue),
  /** Time at which it entered that state. */
  since: time,
  status: v.picklist(statuses),
  /** The latest failure: an error's definition, or a reason. */
  error: v.exactOptional(v.string()),
});

/** Effect of another machine that delivered the event. */
export const cause = v.object({
  run: runId,
  seq: place,
  /** The index of the effect, where it was one. */
  effect: v.exactOptional(count),
});

/** One event of one machine, with all its results. */
export const transitionRecord = v.object({
  kind: v.literal('transition'),
  run: runId,
  /** Its place in the run: 1 for the start, then one more each time. */
  seq: place,
  /** Position of the event among all events of this recorder. */
  order: place,
  time,
  event: typed,
  cause: v.exactOptional(cause),
  /** The edges that were taken, by index in the definition. Empty: the state ignored the event. */
  taken: list(count),
  /** The state after it. */
  state: stateValue,
  /** Left out while it runs. */
  status: v.exactOptional(v.picklist(statuses)),
  effects: list(typed),
  /** Patch of the context. The first one of a run adds the whole context, at the path `''`. */
  context: list(patchOperation),
});

/** The first transitions of a run were dropped, because of the recorder's limits. */
export const droppedRecord = v.object({
  kind: v.literal('dropped'),
  run: runId,
  /** Sequence number of the last dropped transition. */
  seq: place,
  time,
  /** State and context after it. */
  state: stateValue,
  context: v.unknown(),
});

/** On a feed: how often each edge of a machine was taken and each state entered, over all runs ever recorded. */
export const coverageRecord = v.object({
  kind: v.literal('coverage'),
  machine: hash,
  /** Number of times each edge was taken. */
  edges: list(count),
  /** Number of times each state was entered. */
  entered: list(count),
  /** Number of runs that are in each state now. */
  now: list(count),
  /** Time runs stayed in each state, those included that have left it. Milliseconds. */
  dwellMs: list(v.number()),
});

/** On a feed: runs that the recorder has no room for any more. */
export const forgottenRecord = v.object({
  kind: v.literal('forgotten'),
  runs: list(runId),
});

/** Any line of a trace or a feed. */
export const record = v.variant('kind', [
  traceRecord,
  machineRecord,
  runRecord,
  transitionRecord,
  droppedRecord,
  coverageRecord,
  forgottenRecord,
]);

/** {@link traceRecord} */
export type TraceRecord = v.InferOutput<typeof traceRecord>;
/** {@link machineRecord} */
export type MachineRecord = v.InferOutput<typeof machineRecord>;
/** {@link runRecord} */
export type RunRecord = v.InferOutput<typeof runRecord>;
/** {@link transitionRecord} */
export type TransitionRecord = v.InferOutput<typeof transitionRecord>;
/** {@link droppedRecord} */
export type DroppedRecord = v.InferOutput<typeof droppedRecord>;
/** {@link coverageRecord} */
export type CoverageRecord = v.InferOutput<typeof coverageRecord>;
/** {@link forgottenRecord} */
export type ForgottenRecord = v.InferOutput<typeof forgottenRecord>;
/** {@link record} */
export type TraceLine = v.InferOutput<typeof record>;
/** {@link cause} */
export type Cause = v.InferOutput<typeof cause>;
/** {@link patchOperation} */
export type PatchOperation = v.InferOutput<typeof patchOperation>;
/** {@link stateValue} */
export type TracedState = v.InferOutput<typeof stateValue>;
/** {@link statuses} */
export type RunStatus = (typeof statuses)[number];

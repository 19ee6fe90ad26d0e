import { type Chart, definitionOf, definitionOfLogic, edgesOf, isMachine } from '@sigchart/chart';
import type { Actor, AnyActorLogic, AnyActorRef, AnyTransitionDefinition, InspectionEvent } from 'xstate';
import type { StoredRun } from '../archive/archive.ts';
import { effectOf } from '../trace/effect.ts';
import type { Plain } from '../trace/plain.ts';
import type { Cause, RunStatus, TracedState } from '../trace/record.ts';
import { ActorLog, type ActorTransition, weigh } from './actorLog.ts';
import type { Recording } from './recording.ts';

interface AnySnapshot {
  readonly status: RunStatus;
  readonly value?: TracedState;
  readonly context?: unknown;
  readonly output?: unknown;
  readonly error?: unknown;
}

/** An actor that is recorded. */
interface Run {
  readonly kept: StoredRun;
  readonly log: ActorLog;
}

/** Observations of an actor between two snapshots. */
interface Turn {
  /** Causes of the queued events, in order; the first is being processed. */
  readonly waiting: { readonly order: number; readonly cause: Cause | undefined }[];
  readonly effects: { readonly type: string }[];
  readonly taken: AnyTransitionDefinition[];
}

const contextOf = ({ context, output, error }: AnySnapshot): unknown =>
  context ?? { ...(output !== undefined && { output }), ...(error !== undefined && { error }) };

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Creates a listener for `inspect` of any XState system. It serializes values at once, because others may change them. */
export function inspectorOf(recording: Recording): (inspection: InspectionEvent) => void {
  const { archive, now } = recording;
  const plain: Plain = (value) => recording.plain()(value);
  /** `undefined` for actors that did not fit: they are not recorded from the middle. */
  const runs = new WeakMap<object, Run | undefined>();
  const turns = new WeakMap<object, Turn>();
  let heard = 0;
  let opened = 0;

  const turnOf = (actor: object): Turn => {
    const known = turns.get(actor);
    if (known !== undefined) return known;
    const turn: Turn = { waiting: [], effects: [], taken: [] };
    turns.set(actor, turn);
    return turn;
  };

  const definedOf = (actor: AnyActorRef): Chart => {
    const { logic } = actor as Actor<AnyActorLogic>;
    return isMachine(logic) ? definitionOf(logic) : definitionOfLogic(logic, nameOf(actor));
  };

  const open = (actor: AnyActorRef): Run | undefined => {
    if (runs.has(actor)) return runs.get(actor);
    const log = new ActorLog();
    opened += 1;
    const kept = recording.open({
      run: `a${opened}`,
      defined: definedOf(actor),
      labels: { id: actor.id, ...(typeof actor.src === 'string' && { src: actor.src }) },
      parent: actor._parent && runs.get(actor._parent)?.kept.begun.run,
      log,
    });
    const run = kept && { kept, log };
    runs.set(actor, run);
    return run;
  };

  const add = (actor: AnyActorRef, event: { readonly type: string }, snapshot: AnySnapshot) => {
    const run = open(actor);
    if (run === undefined || run.kept.forgotten) return;
    const { kept, log } = run;
    const turn = turnOf(actor);
    const { order, cause } = turn.waiting.shift() ?? { order: ++heard, cause: undefined };
    const { status, error } = snapshot;
    const time = now();
    const state = snapshot.value ?? status;
    const taken = edgesOf(definedOf(actor), turn.taken);
    const record: ActorTransition['record'] = {
      kind: 'transition',
      run: kept.begun.run,
      seq: kept.seq + 1,
      order,
      time,
      event: plain(event) as { readonly type: string },
      ...(cause !== undefined && { cause }),
      taken,
      state,
      ...(status !== 'active' && { status }),
      effects: turn.effects.map((effect) => plain(effect) as { readonly type: string }),
    };
    const context = plain(contextOf(snapshot));
    log.add({ record, context, bytes: weigh(record, context) });
    archive.added(kept, time, state, status, taken, error === undefined ? undefined : messageOf(error));
    turn.effects.length = 0;
    turn.taken.length = 0;
  };

  /** Cause of an event from another actor: the transition that is recorded when the sender's turn ends. */
  const causeOf = (sender: object | undefined): Cause | undefined => {
    const run = sender && runs.get(sender);
    if (sender === undefined || run === undefined) return undefined;
    const { kept } = run;
    return { run: kept.begun.run, seq: kept.seq + (turnOf(sender).waiting.length > 0 ? 1 : 0) };
  };

  return (inspection) => {
    // An observer that throws would end the actor it observes.
    try {
      const actor = inspection.actorRef as AnyActorRef;
      switch (inspection.type) {
        case '@xstate.actor':
          open(actor);
          break;
        case '@xstate.event': {
          const cause = causeOf(inspection.sourceRef);
          heard += 1;
          turnOf(actor).waiting.push({ order: heard, cause });
          break;
        }
        case '@xstate.microstep':
          turnOf(actor).taken.push(...inspection._transitions);
          break;
        case '@xstate.action':
          turnOf(actor).effects.push(effectOf(inspection.action));
          break;
        case '@xstate.snapshot':
          add(actor, inspection.event, inspection.snapshot as AnySnapshot);
      }
    } catch {
      // A foreign snapshot that cannot be read is not recorded.
    }
  };
}

const nameOf = ({ src, id }: AnyActorRef): string => (typeof src === 'string' ? src : id);

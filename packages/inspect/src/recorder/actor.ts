import type { Actor, AnyActorLogic, AnyActorRef, AnyTransitionDefinition, InspectionEvent } from 'xstate';
import { type Defined, definitionOf, definitionOfLogic, isMachine } from '../definition/definitionOf.ts';
import { effectOf } from '../trace/effect.ts';
import type { SessionStatus, TracedState } from '../trace/record.ts';
import type { Recording } from './recorder.ts';

interface AnySnapshot {
  readonly status: SessionStatus;
  readonly value?: TracedState;
  readonly context?: unknown;
  readonly output?: unknown;
  readonly error?: unknown;
}

type Caused = { readonly actor: object; readonly place: number } | undefined;

/** What is gathered of an actor between one snapshot and the next. */
interface Turn {
  /** Who sent each event that waits, in order. */
  readonly waiting: { readonly place: number; readonly cause: Caused }[];
  place: number;
  readonly effects: { readonly type: string }[];
  readonly taken: AnyTransitionDefinition[];
}

const contextOf = ({ context, output, error }: AnySnapshot): unknown =>
  context ?? { ...(output !== undefined && { output }), ...(error !== undefined && { error }) };

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Makes a listener for `inspect` of any XState system. What it hears is made JSON at once, as others may change it. */
export function inspectorOf(recording: Recording): (inspection: InspectionEvent) => void {
  const { archive, now, plain } = recording;
  const turns = new WeakMap<object, Turn>();
  let place = 0;

  const turnOf = (actor: object): Turn => {
    const known = turns.get(actor);
    if (known !== undefined) return known;
    const turn: Turn = { waiting: [], place: 0, effects: [], taken: [] };
    turns.set(actor, turn);
    return turn;
  };

  const definedOf = (actor: AnyActorRef): Defined => {
    const { logic } = actor as Actor<AnyActorLogic>;
    return isMachine(logic) ? definitionOf(logic) : definitionOfLogic(logic, nameOf(actor));
  };

  const open = (actor: AnyActorRef) =>
    recording.open(actor, definedOf(actor), {
      labels: { id: actor.id, ...(typeof actor.src === 'string' && { src: actor.src }) },
      parent: actor._parent,
    });

  const add = (actor: AnyActorRef, event: { readonly type: string }, snapshot: AnySnapshot) => {
    const kept = open(actor);
    if (kept === undefined) return;
    const turn = turnOf(actor);
    const { place: heard, cause } = turn.waiting.shift() ?? { place: ++place, cause: undefined };
    const { edgeOf } = definedOf(actor);
    const { status, error } = snapshot;
    const time = now();
    const state = snapshot.value ?? status;
    const taken = turn.taken.flatMap((transition) => edgeOf.get(transition) ?? []);
    const effects = turn.effects.map((effect) => plain(effect) as { readonly type: string });
    archive.add(
      kept,
      {
        seq: kept.seq + 1,
        time,
        event: plain(event) as { readonly type: string },
        state,
        status,
        context: plain(contextOf(snapshot)),
        effects,
        taken,
        order: [heard],
        cause,
      },
      { time, state, status, moved: true, taken, error: error === undefined ? undefined : messageOf(error) },
    );
    turn.effects.length = 0;
    turn.taken.length = 0;
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
          const sender = inspection.sourceRef;
          const cause = sender && { actor: sender, place };
          place += 1;
          turnOf(actor).waiting.push({ place, cause });
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

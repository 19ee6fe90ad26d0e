import type { Transition } from '@sigchart/core';
import type { Actor, AnyStateMachine } from 'xstate';
import { type Defined, definitionOf } from '../definition/definitionOf.ts';
import type { SessionRecord, TracedState } from '../trace/record.ts';
import type { Recording } from './recorder.ts';
import { errorOf, labelsOf, type Scene } from './signalling.ts';

/** A transition as `observe` of a signalling server or a client tells it. */
export interface ObservedTransition extends Transition, Scene {}

const machineOf = (actor: ObservedTransition['actor']): AnyStateMachine => (actor as Actor<AnyStateMachine>).logic;

/** For the empty list and for each edge alone, which is nearly always, there is one list that all entries share. */
const none: readonly never[] = [];
const alone: (readonly number[])[] = [];
const only = (edge: number): readonly number[] => {
  alone[edge] ??= [edge];
  return alone[edge];
};

/**
 * A list that is kept, in a copy of its own length: one that was made by `push` has room for 17, and what is kept survives,
 * and is copied by, the next garbage collections.
 */
const compact = <Item>(list: readonly Item[]): readonly Item[] => (list.length === 0 ? none : list.slice());

/** Places that follow one another are known by the first of them. */
function compactOrder(order: readonly number[]): number | readonly number[] {
  const [first = 0] = order;
  const follows = order.at(-1) === first + order.length - 1;
  return follows ? first : order.slice();
}

/** Makes a listener for `observe`. It keeps what it hears as it is: those machines change nothing in place. */
export function observerOf(recording: Recording, labels: SessionRecord['labels']) {
  const { archive, now } = recording;
  /** The actor of each socket, which is what its roles belong to. */
  const sockets = new Map<number, object>();

  const open = (seen: ObservedTransition) => {
    const { actor, socket = 0, address, shared } = seen;
    const isSocket = address === undefined && shared === undefined;
    if (isSocket) sockets.set(socket, actor);
    const parent = isSocket || shared !== undefined ? undefined : sockets.get(socket);
    return recording.open(actor, definitionOf(machineOf(actor)), {
      labels: { ...labels, ...labelsOf(seen) },
      parent,
    });
  };

  const edges = ({ edgeOf }: Defined, taken: ObservedTransition['taken']): readonly number[] => {
    const [transition] = taken;
    if (transition === undefined) return none;
    if (taken.length > 1) return taken.flatMap((each) => edgeOf.get(each) ?? []);
    const edge = edgeOf.get(transition);
    return edge === undefined ? none : only(edge);
  };

  return (seen: ObservedTransition): void => {
    const { actor, event, done, context, cause } = seen;
    const kept = recording.of(actor) ?? open(seen);
    if (kept === undefined) return;
    const ended = done || event.type === 'xstate.stop';
    const status = done ? 'done' : ended ? 'stopped' : 'active';
    const time = now();
    const moved = seen.from === undefined || seen.taken.some(({ target }) => target !== undefined);
    // XState writes an equal state anew after each change of context; the one that is kept already will do.
    const state = moved || kept.state === undefined ? (seen.state as TracedState) : kept.state;
    const effects = compact(seen.effects);
    const order = compactOrder(seen.order);
    const taken = edges(definitionOf(machineOf(actor)), seen.taken);
    archive.add(
      kept,
      { seq: kept.seq + 1, time, event, state, status, context, effects, taken, order, cause },
      {
        time,
        state,
        status,
        moved,
        taken,
        error: errorOf(event, effects),
      },
    );
    if (ended && seen.address === undefined && seen.shared === undefined) sockets.delete(seen.socket ?? 0);
  };
}

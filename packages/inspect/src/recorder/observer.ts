import type { Transition } from '@sigchart/core';
import type { Actor, AnyStateMachine } from 'xstate';
import { type Defined, definitionOf } from '../definition/definitionOf.ts';
import type { SessionRecord, TracedState } from '../trace/record.ts';
import type { Recording } from './recorder.ts';
import { errorOf, labelsOf, type Scene } from './signalling.ts';

/** A transition as `observe` of a signalling server or a client tells it. */
export interface ObservedTransition extends Transition, Scene {}

const machineOf = (actor: ObservedTransition['actor']): AnyStateMachine => (actor as Actor<AnyStateMachine>).logic;

const none: readonly number[] = [];

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
    if (taken.length === 0) return none;
    const found: number[] = [];
    for (const transition of taken) {
      const edge = edgeOf.get(transition);
      if (edge !== undefined) found.push(edge);
    }
    return found;
  };

  return (seen: ObservedTransition): void => {
    const { actor, event, done, effects, order, cause } = seen;
    const kept = recording.of(actor) ?? open(seen);
    if (kept === undefined) return;
    const ended = done || event.type === 'xstate.stop';
    const status = done ? 'done' : ended ? 'stopped' : 'active';
    const time = now();
    const state = seen.state as TracedState;
    const taken = edges(definitionOf(machineOf(actor)), seen.taken);
    archive.add(
      kept,
      { seq: kept.seq + 1, time, event, state, status, context: seen.context, effects, taken, order, cause },
      {
        time,
        state,
        status,
        moved: seen.from === undefined || seen.taken.some(({ target }) => target !== undefined),
        taken,
        error: errorOf(event, effects),
      },
    );
    if (ended && seen.address === undefined && seen.shared === undefined) sockets.delete(seen.socket ?? 0);
  };
}

import { assign, type EventObject, enqueueActions, type MachineContext } from 'xstate';
import type { ErrorDefinition } from '../protocol/error.ts';
import type { Event } from './event.ts';
import type { SignalEffect } from './ports/signal.ts';
import type { TimerEffect } from './ports/timer.ts';
import type { TimerName } from './timer.ts';

interface Args<Context, Heard> {
  readonly context: Context;
  readonly event: Heard;
}

/** Result of an expression: none, one, or several values. */
type Some<Value> = Value | readonly Value[] | undefined;

/** Creates an action that emits the effects returned by an expression. */
type EffectAction<Context, Heard, Effect, Action> = (
  expression: (args: Args<Context, Heard>) => Some<Effect>,
) => Action;

/** Makes an action that changes the part of the context that an expression returns. */
type UpdateAction<Context, Heard, Action> = (
  expression: (args: Args<Context, Heard>) => Partial<Context> | undefined,
) => Action;

/**
 * Parameters for a set of actions that several machines share. The actions are written once, for the common part of the machines'
 * contexts and effects.
 */
export interface ActionKinds<Context, Effect, EffectResult, UpdateResult> {
  readonly effect: EffectAction<Context, Event, Effect, EffectResult>;
  readonly update: UpdateAction<Context, Event, UpdateResult>;
}

/** Part of a context that changes, and effects of the change. */
interface Change<Context, Effect> {
  readonly update: Partial<Context>;
  readonly effects: readonly Effect[];
}

/** The kinds of action that a machine is made of, typed once for its context, events and effects. `change` is both at once. */
export function actionKinds<Context extends MachineContext, Heard extends EventObject, Effect extends EventObject>() {
  return {
    effect: <Params = undefined>(expression: (args: Args<Context, Heard>, params: Params) => Some<Effect>) =>
      enqueueActions<Context, Heard, Params, Heard, never, never, never, never, Effect>(
        ({ context, event, enqueue }, params) => {
          const effects = expression({ context, event }, params);
          if (effects === undefined) return;
          for (const effect of Array.isArray(effects) ? (effects as readonly Effect[]) : [effects as Effect]) {
            enqueue.emit(effect);
          }
        },
      ),
    update: (expression: (args: Args<Context, Heard>) => Partial<Context> | undefined) =>
      assign<Context, Heard, undefined, Heard, never>(({ context, event }) => expression({ context, event }) ?? {}),
    change: <Params = undefined>(expression: (args: Args<Context, Heard>, params: Params) => Change<Context, Effect>) =>
      enqueueActions<Context, Heard, Params, Heard, never, never, never, never, Effect>(
        ({ context, event, enqueue }, params) => {
          const { update, effects } = expression({ context, event }, params);
          enqueue.assign(update);
          for (const effect of effects) enqueue.emit(effect);
        },
      ),
  };
}

/**
 * Starts a timer of {@link timerActions}. When it elapses, the machine receives `timer.<name>`; a running timer of that name
 * restarts.
 */
export const startTimer = <const Name extends TimerName>(name: Name, ms: number) =>
  ({ type: 'startTimer', params: { name, ms } }) as const;

/** Stops a timer of {@link timerActions}. */
export const stopTimer = <const Name extends TimerName>(name: Name) =>
  ({ type: 'stopTimer', params: { name } }) as const;

/** The actions `startTimer` and `stopTimer`. */
export const timerActions = <Context extends MachineContext, Heard extends EventObject>() => {
  const { effect } = actionKinds<Context, Heard, TimerEffect>();
  return {
    startTimer: effect((_, { name, ms }: { readonly name: TimerName; readonly ms: number }) => ({
      type: 'timer.start',
      name,
      ms,
    })),
    stopTimer: effect((_, { name }: { readonly name: TimerName }) => ({ type: 'timer.stop', name })),
  };
};

/** A message whose definition, if it is an `error`, is one that this project documents. */
type OwnMessage<Message> = Message extends { readonly command: 'error' }
  ? Message & { readonly definition: ErrorDefinition }
  : Message;

/** A message without its stream id. */
export type MessageBody<Message> = Message extends { readonly streamId?: unknown }
  ? Omit<OwnMessage<Message>, 'streamId'>
  : Message;

/** Sends a message by the action `send` of {@link sendActions} or {@link sendOwnActions}. */
export const send = <const Message>(message: Message) => ({ type: 'send', params: message }) as const;

/** The action `send`, which sends a message unchanged. */
export const sendActions = <Context extends MachineContext, Heard extends EventObject, Message>() => ({
  send: actionKinds<Context, Heard, SignalEffect<Message>>().effect((_, message: OwnMessage<Message>) => ({
    type: 'signal.send',
    message,
  })),
});

/** The action `send` of a role, which adds the role's stream id to a message. */
export const sendOwnActions = <
  Context extends MachineContext & { readonly streamId: string },
  Heard extends EventObject,
  Message,
>() => ({
  send: actionKinds<Context, Heard, SignalEffect<Message>>().effect(({ context }, message: MessageBody<Message>) => ({
    type: 'signal.send',
    message: { ...message, streamId: context.streamId } as Message,
  })),
});

/** An expression for one type of event, with that event's fields; on any other it is nothing. */
export const on =
  <Type extends Event['type'], Context, Result>(
    type: Type,
    expression: (args: Args<Context, Extract<Event, { readonly type: Type }>>) => Result,
  ) =>
  ({ context, event }: Args<Context, Event>): Result | undefined =>
    event.type === type ? expression({ context, event: event as Extract<Event, { readonly type: Type }> }) : undefined;

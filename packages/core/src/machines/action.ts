import { assign, type EventObject, enqueueActions, type MachineContext } from 'xstate';
import type { Event } from './event.ts';

interface Args<Context, Heard> {
  readonly context: Context;
  readonly event: Heard;
}

/** What an expression returns for "nothing", one, or several. */
type Some<Value> = Value | readonly Value[] | undefined;

/** Makes an action that asks for the effects that an expression returns. */
type EffectAction<Context, Heard, Effect, Action> = (
  expression: (args: Args<Context, Heard>) => Some<Effect>,
) => Action;

/** Makes an action that changes the part of the context that an expression returns. */
type UpdateAction<Context, Heard, Action> = (
  expression: (args: Args<Context, Heard>) => Partial<Context> | undefined,
) => Action;

/**
 * What a set of actions that several machines share needs of the machine it becomes part of: the actions are written once,
 * for the part of context and effects that the machines have in common.
 */
export interface ActionKinds<Context, Effect, EffectResult, UpdateResult> {
  readonly effect: EffectAction<Context, Event, Effect, EffectResult>;
  readonly update: UpdateAction<Context, Event, UpdateResult>;
}

/** The two kinds of action a machine is made of, typed once for its context, events and effects. */
export function actionKinds<Context extends MachineContext, Heard extends EventObject, Effect extends EventObject>() {
  return {
    effect: (expression: (args: Args<Context, Heard>) => Some<Effect>) =>
      enqueueActions<Context, Heard, undefined, Heard, never, never, never, never, Effect>(
        ({ context, event, enqueue }) => {
          const effects = expression({ context, event });
          if (effects === undefined) return;
          for (const effect of Array.isArray(effects) ? (effects as readonly Effect[]) : [effects as Effect]) {
            enqueue.emit(effect);
          }
        },
      ),
    update: (expression: (args: Args<Context, Heard>) => Partial<Context> | undefined) =>
      assign<Context, Heard, undefined, Heard, never>(({ context, event }) => expression({ context, event }) ?? {}),
  };
}

/** An expression for one type of event, with that event's fields; on any other it is nothing. */
export const on =
  <Type extends Event['type'], Context, Result>(
    type: Type,
    expression: (args: Args<Context, Extract<Event, { readonly type: Type }>>) => Result,
  ) =>
  ({ context, event }: Args<Context, Event>): Result | undefined =>
    event.type === type ? expression({ context, event: event as Extract<Event, { readonly type: Type }> }) : undefined;

import type { EventObject, MachineContext } from 'xstate';
import { actionKinds } from '../../action.ts';

/** Asks the room for an effect, by the action of {@link askActions}. */
export const ask = <const Type extends string>(type: Type) => ({ type: 'ask', params: { type } }) as const;

/** The action `ask` of a machine that the room steps. The room itself performs what it is asked for (`perform.ts`). */
export const askActions = <Heard extends EventObject, Effect extends EventObject>() => ({
  ask: actionKinds<MachineContext, Heard, Effect>().effect((_, effect: Effect) => effect),
});

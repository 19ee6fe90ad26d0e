import type { RoleAddress } from '@sigchart/core/machines';
import type { RunRecord } from '../trace/record.ts';

/** Place of a transition on a signalling server or client. */
export interface Scene {
  readonly app?: string;
  /** The socket's number; 0 for a machine that sockets share. */
  readonly socket?: number;
  readonly address?: RoleAddress | undefined;
  /** The stream, the call or the room of a machine that sockets share. */
  readonly shared?: string;
}

/** The labels of the run that was seen there. */
export const labelsOf = ({ app, socket, address, shared }: Scene): RunRecord['labels'] => ({
  ...(app !== undefined && { app }),
  ...(shared !== undefined ? { shared, streamId: shared } : socket !== undefined && { socket }),
  ...(address !== undefined && { role: address.role, streamId: address.streamId }),
});

interface Typed {
  readonly type: string;
  readonly message?: { readonly command?: unknown; readonly definition?: unknown; readonly streamName?: unknown };
  readonly reason?: unknown;
  readonly streamName?: unknown;
}

/** Maximum length of a name in a label. Characters. */
const nameLength = 80;

/** The display name that an event gives to a stream: `streamName` of `publish`, or of the application's request. */
export function nameOf({ message, streamName = message?.streamName }: Typed): string | undefined {
  return typeof streamName === 'string' && streamName !== '' ? streamName.slice(0, nameLength) : undefined;
}

/** Called for each transition, so it is a loop instead of `findLast`. */
function sentError(effects: readonly Typed[]): unknown {
  for (let index = effects.length - 1; index >= 0; index -= 1) {
    const { type, message } = effects[index] as Typed;
    if (type === 'signal.send' && message?.command === 'error') return message.definition;
  }
  return undefined;
}

const heardError = ({ type, message, reason }: Typed): unknown => {
  if (type === 'signal.error') return message?.definition;
  return type === 'rtc.failed' ? reason : undefined;
};

/** Failure in a transition: the definition of an error that was sent or received, or the reason why a connection failed. */
export function errorOf(event: Typed, effects: readonly Typed[]): string | undefined {
  const error = heardError(event) ?? sentError(effects);
  return typeof error === 'string' ? error : undefined;
}

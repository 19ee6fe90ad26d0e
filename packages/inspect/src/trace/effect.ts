/** Recorded part of an XState action. */
interface Executed {
  readonly type: string;
  readonly params?: unknown;
}

const emitted = (params: unknown): { readonly type: string } | undefined =>
  typeof params === 'object' && params !== null && 'event' in params
    ? (params.event as { readonly type: string })
    : undefined;

/** An action that XState executes, as an effect: what it emits, if it does that, else its name and its parameters. */
export function effectOf({ type, params }: Executed): { readonly type: string } {
  const event = type === 'xstate.emit' ? emitted(params) : undefined;
  if (event !== undefined) return event;
  return params === undefined ? { type } : ({ type, params } as { readonly type: string });
}

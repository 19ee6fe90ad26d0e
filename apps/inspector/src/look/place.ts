/** The views of a session. */
export const views = ['chart', 'ladder', 'log'] as const;

/** One of {@link views}. */
export type View = (typeof views)[number];

/** Selection: a session or a machine, now or at one moment, in one of the views. */
export interface Place {
  readonly session?: string;
  /** The hash of a machine, if no session is selected. */
  readonly machine?: string;
  /** The transition after which the session is shown; without it, now. */
  readonly seq?: number;
  readonly view: View;
}

/** Reads a selection from the fragment of an address. Invalid parts are ignored. */
export function placeOf(hash: string): Place {
  const parameters = new URLSearchParams(hash.replace(/^#/, ''));
  const [session, machine, seq] = [parameters.get('session'), parameters.get('machine'), Number(parameters.get('seq'))];
  const view = views.find((known) => known === parameters.get('view')) ?? 'chart';
  return {
    view,
    ...(session !== null && session !== '' && { session }),
    ...(machine !== null && machine !== '' && { machine }),
    ...(session !== null && Number.isInteger(seq) && seq > 0 && { seq }),
  };
}

/** A place as the fragment of an address, with its `#`; empty where there is nothing to say. */
export function textOf({ session, machine, seq, view }: Place): string {
  const parameters = new URLSearchParams();
  if (session !== undefined) parameters.set('session', session);
  else if (machine !== undefined) parameters.set('machine', machine);
  if (seq !== undefined) parameters.set('seq', String(seq));
  if (view !== 'chart') parameters.set('view', view);
  const text = parameters.toString();
  return text === '' ? '' : `#${text}`;
}

/** The views of a run. */
export const views = ['chart', 'ladder', 'log'] as const;

/** One of {@link views}. */
export type View = (typeof views)[number];

/** Selection: a run or a machine, now or at one moment, in one of the views. */
export interface Place {
  readonly run?: string;
  /** The hash of a machine, if no run is selected. */
  readonly machine?: string;
  /** The transition after which the run is shown; without it, now. */
  readonly seq?: number;
  readonly view: View;
}

/** Reads a selection from the fragment of an address. Invalid parts are ignored. */
export function placeOf(hash: string): Place {
  const parameters = new URLSearchParams(hash.replace(/^#/, ''));
  const [run, machine, seq] = [parameters.get('run'), parameters.get('machine'), Number(parameters.get('seq'))];
  const view = views.find((known) => known === parameters.get('view')) ?? 'chart';
  return {
    view,
    ...(run !== null && run !== '' && { run }),
    ...(machine !== null && machine !== '' && { machine }),
    ...(run !== null && Number.isInteger(seq) && seq > 0 && { seq }),
  };
}

/** A place as the fragment of an address, with its `#`; empty where there is nothing to say. */
export function textOf({ run, machine, seq, view }: Place): string {
  const parameters = new URLSearchParams();
  if (run !== undefined) parameters.set('run', run);
  else if (machine !== undefined) parameters.set('machine', machine);
  if (seq !== undefined) parameters.set('seq', String(seq));
  if (view !== 'chart') parameters.set('view', view);
  const text = parameters.toString();
  return text === '' ? '' : `#${text}`;
}

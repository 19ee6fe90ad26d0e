import { type Chart, definitionOf, edgesOf } from '@sigchart/chart';
import type { Transition, TransitionListener } from '@sigchart/core/session';
import type { StoredRun } from '../archive/archive.ts';
import type { RunRecord, TracedState } from '../trace/record.ts';
import { type Recording, runNumbered } from './recording.ts';
import { errorOf, labelsOf, nameOf, type Scene } from './signalling.ts';
import { Tape } from './tape.ts';

/** Called with each machine of signalling when it starts: `observe` of a server, of a client, or of `run`, which passes no scene. */
export type Observer = (scene?: Scene) => TransitionListener;

/** Creates a listener for `observe`. It stores events without copying: they are immutable. */
export function observerOf(recording: Recording, labels: RunRecord['labels']): Observer {
  const { archive, now } = recording;
  /** The runs of sockets, which is what their roles belong to. */
  const sockets = new Map<number, string>();
  return (scene = {}) => {
    const { socket = 0, address, shared } = scene;
    const isSocket = address === undefined && shared === undefined;
    let kept: StoredRun | undefined;
    let tape: Tape;
    let defined: Chart;

    const open = ({ running }: Transition) => {
      defined = definitionOf(running.machine);
      const run = runNumbered(recording.number(running));
      tape = new Tape(run, running.machine, recording);
      kept = recording.open({
        run,
        defined,
        labels: { ...labels, ...labelsOf(scene) },
        parent: isSocket || shared !== undefined ? undefined : sockets.get(socket),
        log: tape,
      });
      if (isSocket && kept !== undefined) sockets.set(socket, run);
    };

    return (seen) => {
      if (seen.seq === 1) open(seen);
      const { status } = seen;
      const order = recording.nextOrder();
      if (isSocket && status !== 'active') sockets.delete(socket);
      // A run that did not fit is not started later.
      if (kept === undefined || kept.forgotten) return;
      const time = now();
      const taken = edgesOf(defined, seen.taken);
      tape.add(seen, { time, order, edges: taken });
      // A room's events contain the names of its members; a room has no name.
      const name = shared === undefined ? nameOf(seen.event) : undefined;
      if (name !== undefined && name !== kept.labels.name) kept.labels = { ...kept.labels, name };
      const error = errorOf(seen.event, seen.effects);
      archive.added(kept, time, seen.state as TracedState, status, taken, error, true);
    };
  };
}

import * as v from 'valibot';
import type { RecordedRuns } from '../archive/archive.ts';
import { joined } from '../archive/joined.ts';
import type { Limits } from '../archive/limits.ts';
import type { Recorder } from '../recorder/recorder.ts';
import type { Channel, FeedEnd } from './channel.ts';
import { createPushed } from './pushed.ts';
import { type Allowance, momentOf, readAtOnce, Viewer } from './viewer.ts';

/** Interval at which viewers receive new transitions of the runs that they watch. Milliseconds. */
const transitionsMs = 100;

/** Intervals for changed runs and for coverage, in multiples of that. */
const ticks = { runs: 2, coverage: 10 };

/** Time a viewer may read nothing before it is dropped. Milliseconds. */
const patienceMs = 10_000;

/** Number of runs one viewer may watch. */
export const maxWatched = 64;

const wish = v.object({ watch: v.pipe(v.array(v.string()), v.maxLength(maxWatched)) });

/** Options of a feed. */
export interface FeedOptions {
  /** Limits for what clients push. */
  readonly pushed?: Partial<Limits>;
}

/** Streams what is recorded to viewers, and takes in what clients record. */
export interface Feed {
  /**
   * Adds a viewer.
   *
   * @param drop - Disconnects the viewer, because it does not read. `left` may or may not be called then.
   */
  view(channel: Channel, drop: () => void): FeedEnd;
  /** Lets a client add its side. */
  push(): FeedEnd;
  /** Runs recorded here and pushed by clients. */
  readonly recorded: RecordedRuns;
  /** Current numbers of viewers and pushing clients. */
  readonly counts: { readonly viewers: number; readonly clients: number };
  /** Stops for good. */
  close(): void;
}

interface Viewing {
  readonly viewer: Viewer;
  readonly drop: () => void;
  fullSince: number | undefined;
}

/** Creates a feed of a recorder. It is idle while it has no viewers. */
export function createFeed(recorder: Recorder, options: FeedOptions = {}): Feed {
  const pushed = createPushed(options.pushed);
  const recorded = joined(recorder, pushed.recorded);
  const viewing = new Set<Viewing>();
  let clients = 0;
  let interval: ReturnType<typeof setInterval> | undefined;
  let stopListening = () => {};
  let tick = 0;
  const allowance: Allowance = { transitions: readAtOnce };

  const leave = (one: Viewing) => {
    viewing.delete(one);
    if (viewing.size > 0) return;
    clearInterval(interval);
    interval = undefined;
    stopListening();
  };

  const tell = () => {
    tick += 1;
    allowance.transitions = readAtOnce;
    const moment = momentOf(recorded, allowance);
    for (const one of viewing) {
      const { viewer } = one;
      if (tick % ticks.runs === 0) viewer.tellRuns(moment);
      viewer.tellTransitions(moment);
      if (tick % ticks.coverage === 0) viewer.tellCoverage(moment);
      one.fullSince = viewer.isFull ? (one.fullSince ?? tick) : undefined;
      if (one.fullSince === undefined || (tick - one.fullSince) * transitionsMs < patienceMs) continue;
      leave(one);
      one.drop();
    }
  };

  const begin = () => {
    if (interval !== undefined) return;
    interval = setInterval(tell, transitionsMs);
    stopListening = recorded.listen({
      changed: (run) => {
        for (const { viewer } of viewing) viewer.changed(run);
      },
      forgotten: (runs) => {
        for (const { viewer } of viewing) viewer.forgotten(runs);
      },
    });
  };

  return {
    view(channel, drop) {
      const viewer = new Viewer(channel, recorded, recorder.header, false);
      const one: Viewing = { viewer, drop, fullSince: undefined };
      viewing.add(one);
      begin();
      const moment = momentOf(recorded, allowance);
      viewer.tellRuns(moment);
      viewer.tellCoverage(moment);
      return {
        received(text) {
          const said = v.safeParse(v.pipe(v.string(), v.parseJson(), wish), text);
          if (!said.success) return;
          viewer.watch(said.output.watch);
          viewer.tellTransitions(momentOf(recorded, allowance));
        },
        left: () => leave(one),
      };
    },
    push() {
      clients += 1;
      const opened = pushed.open();
      return {
        received: opened.received,
        left() {
          clients -= 1;
          opened.left();
        },
      };
    },
    recorded,
    get counts() {
      return { viewers: viewing.size, clients };
    },
    close() {
      for (const one of [...viewing]) leave(one);
    },
  };
}

import type { Chart } from '@sigchart/chart';
import type { ObservedMachine } from '@sigchart/core/session';
import type { Archive, StoredRun } from '../archive/archive.ts';
import type { Log } from '../archive/log.ts';
import type { Plain } from '../trace/plain.ts';
import type { RunRecord } from '../trace/record.ts';

/** Write access for observers. */
export interface Recording {
  /** Number of a machine among those that this recorder has opened; 0 for any other. */
  numberOf(running: ObservedMachine): number;
  /** Numbers a machine as it is opened, from 1. */
  number(running: ObservedMachine): number;
  /** Number of the next transition. */
  nextOrder(): number;
  /** Starts a run; `undefined` if the archive is full. */
  open(begun: RunStart): StoredRun | undefined;
  readonly archive: Archive;
  readonly now: () => number;
  /** Makes JSON without secrets. */
  readonly plain: () => Plain;
}

/** Name of the run of the machine with a number. */
export const runNumbered = (number: number): string => `r${number}`;

/** First record of a run. */
interface RunStart {
  readonly run: string;
  readonly defined: Chart;
  readonly labels: RunRecord['labels'];
  /** The run that it belongs to. */
  readonly parent: string | undefined;
  readonly log: Log;
}

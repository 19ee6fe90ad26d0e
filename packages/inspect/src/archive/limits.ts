/** Limits of an archive. The oldest records above them are dropped, and the trace says so. */
export interface Limits {
  /** Transitions of one run. Default 500. */
  readonly perRun: number;
  /** All transitions together, as they are estimated: a few hundred each, and their longer texts. Bytes. Default 64 MiB. */
  readonly bytes: number;
  /** Runs that have ended. Default 2 000. */
  readonly ended: number;
  /** Number of runs. Default 20 000; a further run is not recorded. */
  readonly runs: number;
}

/** {@link Limits} */
export const defaultLimits: Limits = { perRun: 500, bytes: 64 * 1024 * 1024, ended: 2_000, runs: 20_000 };

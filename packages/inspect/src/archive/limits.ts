/** Limits of an archive. The oldest records above them are dropped, and the trace says so. */
export interface Limits {
  /** Transitions of one session. Default 500. */
  readonly perSession: number;
  /** All transitions together, as they are estimated: a few hundred each, and their longer texts. Bytes. Default 64 MiB. */
  readonly bytes: number;
  /** Sessions that have ended. Default 2 000. */
  readonly ended: number;
  /** Number of sessions. Default 20 000; a further session is not recorded. */
  readonly sessions: number;
}

/** {@link Limits} */
export const defaultLimits: Limits = { perSession: 500, bytes: 64 * 1024 * 1024, ended: 2_000, sessions: 20_000 };

import type { CaseResult, ConversationCase, Setting } from '@sigchart/conformance';

/** Outcome of a case in a report. */
export type Outcome =
  | 'passed'
  /** The original document of the protocol says otherwise. */
  | 'failed'
  /** The document says nothing of it: SDKs in use, or this project, would have it otherwise. */
  | 'notFollowed'
  /** A required setting of the server is not given. */
  | 'notRun';

/** A case that was run, judged by whose demand it is. */
export function outcomeOf({ passed, case: { requiredBy } }: CaseResult): Exclude<Outcome, 'notRun'> {
  if (passed) return 'passed';
  return requiredBy === 'spec' ? 'failed' : 'notFollowed';
}

/** A case that was not run, with the missing settings. */
export interface NotRun {
  readonly case: ConversationCase;
  readonly lacks: readonly Setting[];
}

/** Everything that a report is made of. */
export interface Findings {
  readonly address: string;
  /** In the order of the cases. */
  readonly results: readonly CaseResult[];
  readonly notRun: readonly NotRun[];
  /** True if the server could not be reached any more, so that the rest of the cases is missing. */
  readonly vanished: boolean;
}

/** Number of cases that ended so. */
export const count = ({ results, notRun }: Findings, outcome: Outcome): number =>
  outcome === 'notRun' ? notRun.length : results.filter((result) => outcomeOf(result) === outcome).length;

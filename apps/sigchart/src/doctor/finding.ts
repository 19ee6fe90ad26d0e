/** Result of one check: whether it passed, and otherwise what to do. */
export interface Finding {
  readonly verdict: 'fine' | 'warning' | 'wrong';
  /** Subject of the check. */
  readonly subject: string;
  /** Observation. */
  readonly found: string;
  /** Action for the operator; absent if none is needed. Absent when nothing needs to be done. */
  readonly remedy?: string;
}

export const fine = (subject: string, found: string): Finding => ({ verdict: 'fine', subject, found });

export const warning = (subject: string, found: string, remedy: string): Finding => ({
  verdict: 'warning',
  subject,
  found,
  remedy,
});

export const wrong = (subject: string, found: string, remedy: string): Finding => ({
  verdict: 'wrong',
  subject,
  found,
  remedy,
});

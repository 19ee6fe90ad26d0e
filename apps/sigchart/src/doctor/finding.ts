/** What one check found out: whether it is fine, and if not, what to do. */
export interface Finding {
  readonly verdict: 'fine' | 'warning' | 'wrong';
  /** What was looked at. */
  readonly subject: string;
  /** What is there. */
  readonly found: string;
  /** What to do about it. Absent when nothing needs to be done. */
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

/** An explanation of a failure, in plain words. */
export interface Explanation {
  /** Event in one sentence. One sentence. */
  readonly title: string;
  /** Advice to the user, or what is being done. */
  readonly advice: string;
  /** True if it is being tried again, or over. */
  readonly outlook: 'retrying' | 'over';
}

/** Something that went wrong, in plain words. */
export interface Explanation {
  /** What happened. One sentence. */
  readonly title: string;
  /** What to do about it, or what is being done. */
  readonly advice: string;
  /** True if it is being tried again, or over. */
  readonly outlook: 'retrying' | 'over';
}

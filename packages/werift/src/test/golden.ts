import { readFileSync } from 'node:fs';

/** A description that a real peer made. */
export const golden = (name: string): string =>
  readFileSync(new URL(`../sdp/golden/${name}.sdp`, import.meta.url), 'utf8');

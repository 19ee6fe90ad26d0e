import type { Finding } from './finding.ts';

const marks = { fine: '✓', warning: '!', wrong: '✗' } as const;

/** Findings for people: a line each, and what to do below it. */
export const doctorReport = (findings: readonly Finding[]): string =>
  findings
    .map(({ verdict, subject, found, remedy }) => {
      const line = `${marks[verdict]} ${subject}: ${found}\n`;
      return remedy === undefined ? line : `${line}    ${remedy}\n`;
    })
    .join('');

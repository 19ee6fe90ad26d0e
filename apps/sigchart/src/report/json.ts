import { count, type Findings, outcomeOf } from '../outcome.ts';

/** A report for programs. docs/conformance.md § The JSON report describes it. */
export function jsonReport(findings: Findings): string {
  const { address, results, notRun } = findings;
  return `${JSON.stringify(
    {
      format: 'sigchart-conformance',
      version: 2,
      address,
      passed: count(findings, 'passed'),
      failed: count(findings, 'failed'),
      notFollowed: count(findings, 'notFollowed'),
      notRun: count(findings, 'notRun'),
      cases: [
        ...results.map((result) => {
          const { id, title, section, requiredBy } = result.case;
          const { divergence, durationMs, ladder } = result;
          return { id, title, section, requiredBy, outcome: outcomeOf(result), divergence, durationMs, ladder };
        }),
        ...notRun.map(({ case: { id, title, section, requiredBy }, lacks }) => ({
          id,
          title,
          section,
          requiredBy,
          outcome: 'notRun',
          lacks,
        })),
      ],
    },
    null,
    2,
  )}\n`;
}

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
          const { id, title, section, requiredBy, references } = result.case;
          const { divergence, durationMs, ladder } = result;
          const outcome = outcomeOf(result);
          return { id, title, section, requiredBy, references, outcome, divergence, durationMs, ladder };
        }),
        ...notRun.map(({ case: { id, title, section, requiredBy, references }, lacks }) => ({
          id,
          title,
          section,
          requiredBy,
          references,
          outcome: 'notRun',
          lacks,
        })),
      ],
    },
    null,
    2,
  )}\n`;
}

import type { CaseResult } from '@sigchart/model';

/** A report for programs. docs/conformance.md § The JSON report describes it. */
export function jsonReport(address: string, results: readonly CaseResult[]): string {
  const passed = results.filter((result) => result.passed).length;
  return `${JSON.stringify(
    {
      format: 'sigchart-conformance',
      version: 1,
      address,
      passed,
      failed: results.length - passed,
      cases: results.map(({ case: { id, title, section, requiredBy }, ladder, ...result }) => ({
        id,
        title,
        section,
        requiredBy,
        ...result,
        ladder,
      })),
    },
    null,
    2,
  )}\n`;
}

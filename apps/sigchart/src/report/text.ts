import { type CaseResult, ladderOf, type RequiredBy, requirements } from '@sigchart/model';

/** What the three classes of cases are called. */
const demandedBy: Readonly<Record<RequiredBy, string>> = {
  seed: 'required by the original document',
  sdks: 'what SDKs in use need',
  project: 'a decision of this project',
};

const indent = (lines: readonly string[]) => lines.map((line) => `      ${line}`);

/** One case: its title, and its ladder when it failed or when ladders are asked for. */
function linesOf({ case: each, passed, divergence, ladder }: CaseResult, ladders: boolean): readonly string[] {
  const title = `  ${passed ? '✓' : '✗'} ${each.title}  [${each.id}]`;
  if (passed && !ladders) return [title];
  return [
    title,
    ...indent(ladderOf(ladder)),
    ...(divergence === undefined
      ? []
      : [
          `    ✗ ${divergence.who} expected  ${divergence.expected}`,
          `    ✗ ${divergence.who} received  ${divergence.received}`,
        ]),
  ];
}

/** How many of a class passed. */
const scoreOf = (results: readonly CaseResult[], level: RequiredBy) => {
  const own = results.filter((result) => result.case.requiredBy === level);
  return own.length === 0
    ? []
    : [`  ${own.filter(({ passed }) => passed).length} of ${own.length}  ${demandedBy[level]}`];
};

/** A report for people. */
export function textReport(address: string, results: readonly CaseResult[], ladders: boolean): string {
  const parts = requirements.flatMap((level) => {
    const own = results.filter((result) => result.case.requiredBy === level);
    if (own.length === 0) return [];
    return [
      `${demandedBy[level][0]?.toUpperCase()}${demandedBy[level].slice(1)}`,
      ...own.flatMap((result) => linesOf(result, ladders)),
      '',
    ];
  });
  const failed = results.filter(({ passed }) => !passed);
  return [
    ...parts,
    failed.length === 0
      ? `${address} follows the protocol in all ${results.length} cases.`
      : `${address} follows the protocol in ${results.length - failed.length} of ${results.length} cases.`,
    ...requirements.flatMap((level) => scoreOf(results, level)),
    '',
  ].join('\n');
}

import { type CaseResult, ladderOf, type RequiredBy, requirements, settings } from '@sigchart/conformance';
import { count, type Findings, type NotRun, outcomeOf } from '../outcome.ts';

/** Name of the three classes of cases. */
const demandedBy: Readonly<Record<RequiredBy, string>> = {
  spec: 'required by the original document',
  sdks: 'beyond the document: what SDKs in use need',
  project: 'beyond the document: a decision of this project',
};

const marks = { passed: '✓', failed: '✗', notFollowed: '–' } as const;

const capitalized = (text: string) => `${text[0]?.toUpperCase()}${text.slice(1)}`;
const indent = (lines: readonly string[]) => lines.map((line) => `      ${line}`);

/** Lines of one case: its title, and its ladder if the server deviated or ladders are requested. */
function linesOf(result: CaseResult, ladders: boolean): readonly string[] {
  const { case: each, divergence, ladder } = result;
  const mark = marks[outcomeOf(result)];
  const title = `  ${mark} ${each.title}  [${each.id}]`;
  if (divergence === undefined) return ladders ? [title, ...indent(ladderOf(ladder))] : [title];
  return [
    title,
    ...indent(ladderOf(ladder)),
    ...(mark === marks.notFollowed ? ['    – not followed: beyond the document'] : []),
    `    ${mark} ${divergence.who} expected  ${divergence.expected}`,
    `    ${mark} ${divergence.who} received  ${divergence.received}`,
    ...(each.references ?? []).map((reference) => `      see ${reference}`),
  ];
}

const notRunLines = (notRun: readonly NotRun[]): readonly string[] =>
  notRun.length === 0
    ? []
    : [
        'Not run, as nobody has said how the server is configured',
        ...notRun.flatMap(({ case: { title, id }, lacks }) => [
          `  ? ${title}  [${id}]`,
          ...lacks.map((name) => `      needs --configured ${name}=…  ${settings[name]}`),
        ]),
        '',
      ];

/** Name of a message in a divergence. */
const calledIn = (expected: string): string =>
  /"definition":"([^"]+)"/.exec(expected)?.[1] ?? expected.split(' {')[0] ?? '';

/** Number of cases of a cause that are named. */
const namedCases = 4;

/**
 * Causes of the cases that did not pass: one missing message usually explains many. Cases required by the document come first,
 * then causes of the most cases.
 */
function causeLines(results: readonly CaseResult[]): readonly string[] {
  const causes = new Map<string, CaseResult[]>();
  for (const result of results) {
    if (result.divergence === undefined) continue;
    const { expected, received } = result.divergence;
    const cause = `expected ${calledIn(expected)}, received ${calledIn(received)}`;
    causes.set(cause, [...(causes.get(cause) ?? []), result]);
  }
  const isDemanded = (all: readonly CaseResult[]) => all.some((result) => outcomeOf(result) === 'failed');
  const sorted = [...causes].sort(
    ([, one], [, other]) => Number(isDemanded(other)) - Number(isDemanded(one)) || other.length - one.length,
  );
  const lines = sorted.map(([cause, all]) => {
    const ids = all.slice(0, namedCases).map((result) => result.case.id);
    const more = all.length > namedCases ? `, and ${all.length - namedCases} more` : '';
    return `  ${marks[isDemanded(all) ? 'failed' : 'notFollowed']} ${all.length} × ${cause}: ${ids.join(', ')}${more}`;
  });
  return lines.length === 0 ? [] : ['', 'By cause', ...lines];
}

/** One case as it ends, with its ladder. */
export const watchReport = (result: CaseResult): string => `${linesOf(result, true).join('\n')}\n`;

/** Number of passed cases of a class. */
const scoreOf = (results: readonly CaseResult[], level: RequiredBy) => {
  const own = results.filter((result) => result.case.requiredBy === level);
  return own.length === 0
    ? []
    : [`  ${own.filter(({ passed }) => passed).length} of ${own.length}  ${demandedBy[level]}`];
};

/** The whole of it, in a sentence. */
function verdict(findings: Findings): string {
  const { address, results, vanished } = findings;
  if (vanished)
    return `${address} vanished: it took part in ${results.length} cases, and then could not be reached any more.`;
  const [failed, notFollowed] = [count(findings, 'failed'), count(findings, 'notFollowed')];
  if (failed + notFollowed === 0) return `${address} follows the protocol in all ${results.length} cases.`;
  const asked = results.filter((result) => result.case.requiredBy === 'spec').length;
  const beyond = `beyond it, ${notFollowed} of ${results.length - asked} cases are not followed.`;
  if (failed > 0)
    return `${address} does not follow the original document in ${failed} of ${asked} cases${notFollowed > 0 ? `; ${beyond}` : '.'}`;
  return asked > 0
    ? `${address} follows the original document in ${asked} of ${asked} cases; ${beyond}`
    : `${address} was not asked about the original document; ${beyond}`;
}

/** A report for people. */
export function textReport(findings: Findings, ladders: boolean): string {
  const { results, notRun } = findings;
  const parts = requirements.flatMap((level) => {
    const own = results.filter((result) => result.case.requiredBy === level);
    if (own.length === 0) return [];
    return [capitalized(demandedBy[level]), ...own.flatMap((result) => linesOf(result, ladders)), ''];
  });
  return [
    ...parts,
    ...notRunLines(notRun),
    verdict(findings),
    ...requirements.flatMap((level) => scoreOf(results, level)),
    ...causeLines(results),
    ...(notRun.length === 0 ? [] : [`  ${notRun.length} not run: ${notRun.map((each) => each.case.id).join(', ')}`]),
    '',
  ].join('\n');
}

import { type CaseResult, type ConversationCase, ladderOf } from '@sigchart/conformance';
import { type Findings, type NotRun, outcomeOf } from '../outcome.ts';

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** XML 1.0 has no place for most control characters, not even escaped. */
const escaped = (text: string): string =>
  text
    .replace(/\p{Cc}/gu, (character) => ('\n\r\t'.includes(character) ? character : '\ufffd'))
    .replace(/[&<>"]/g, (character) => entities[character] ?? '');

const seconds = (ms: number): string => (ms / 1_000).toFixed(3);

/** JUnit element for a case that was not run, or does not count. */
const skipped = (message: string) => `      <skipped message="${escaped(message)}"/>`;

function testCase(each: ConversationCase, time: number, inside: readonly string[]): string {
  const head = `    <testcase name="${escaped(each.title)}" classname="${escaped(`${each.requiredBy}.${each.id}`)}" time="${seconds(time)}"`;
  return inside.length === 0 ? `${head}/>` : [`${head}>`, ...inside, '    </testcase>'].join('\n');
}

function ofResult(result: CaseResult): string {
  const { case: each, divergence, ladder, durationMs } = result;
  if (divergence === undefined) return testCase(each, durationMs, []);
  const { who, expected, received } = divergence;
  const message = `expected ${expected}, received ${received}`;
  const text = escaped([...ladderOf(ladder), `${who} expected ${expected}`, `${who} received ${received}`].join('\n'));
  return testCase(
    each,
    durationMs,
    outcomeOf(result) === 'failed'
      ? [`      <failure message="${escaped(message)}">${text}</failure>`]
      : [skipped(`not followed, beyond the document: ${message}`), `      <system-out>${text}</system-out>`],
  );
}

const ofNotRun = ({ case: each, lacks }: NotRun): string =>
  testCase(each, 0, [skipped(`not run: needs --configured ${lacks.join(', ')}`)]);

/**
 * A report in the XML that JUnit made a custom of: a suite for each section of the protocol. What is not followed beyond the
 * document, and what was not run, counts as skipped.
 */
export function junitReport({ address, results, notRun }: Findings): string {
  const countsOf = (some: readonly CaseResult[], others: readonly NotRun[]) => {
    const outcomes = some.map(outcomeOf);
    const failures = outcomes.filter((outcome) => outcome === 'failed').length;
    const skips = outcomes.filter((outcome) => outcome === 'notFollowed').length + others.length;
    return `tests="${some.length + others.length}" failures="${failures}" skipped="${skips}"`;
  };
  const sections = [...new Set([...results, ...notRun].map((each) => each.case.section))];
  const suites = sections.map((section) => {
    const own = results.filter((result) => result.case.section === section);
    const others = notRun.filter((each) => each.case.section === section);
    const cases = [...own.map(ofResult), ...others.map(ofNotRun)].join('\n');
    return `  <testsuite name="${escaped(section)}" ${countsOf(own, others)}>\n${cases}\n  </testsuite>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${escaped(address)}" ${countsOf(results, notRun)}>\n${suites.join('\n')}\n</testsuites>\n`;
}

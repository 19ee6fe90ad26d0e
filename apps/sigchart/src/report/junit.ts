import { type CaseResult, ladderOf } from '@sigchart/model';

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** XML 1.0 has no place for most control characters, not even escaped. */
const escaped = (text: string): string =>
  text
    .replace(/\p{Cc}/gu, (character) => ('\n\r\t'.includes(character) ? character : '\ufffd'))
    .replace(/[&<>"]/g, (character) => entities[character] ?? '');

const seconds = (ms: number): string => (ms / 1_000).toFixed(3);

function testCase({ case: each, passed, divergence, ladder, durationMs }: CaseResult): string {
  const head = `    <testcase name="${escaped(each.title)}" classname="${escaped(`${each.requiredBy}.${each.id}`)}" time="${seconds(durationMs)}"`;
  if (passed || divergence === undefined) return `${head}/>`;
  const { who, expected, received } = divergence;
  const text = [...ladderOf(ladder), `${who} expected ${expected}`, `${who} received ${received}`].join('\n');
  return `${head}>\n      <failure message="${escaped(`expected ${expected}, received ${received}`)}">${escaped(text)}</failure>\n    </testcase>`;
}

/** A report in the XML that JUnit made a custom of: a suite for each section of the protocol. */
export function junitReport(address: string, results: readonly CaseResult[]): string {
  const failures = (some: readonly CaseResult[]) => some.filter(({ passed }) => !passed).length;
  const sections = [...new Set(results.map((result) => result.case.section))];
  const suites = sections.map((section) => {
    const own = results.filter((result) => result.case.section === section);
    return `  <testsuite name="${escaped(section)}" tests="${own.length}" failures="${failures(own)}">\n${own.map(testCase).join('\n')}\n  </testsuite>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${escaped(address)}" tests="${results.length}" failures="${failures(results)}">\n${suites.join('\n')}\n</testsuites>\n`;
}

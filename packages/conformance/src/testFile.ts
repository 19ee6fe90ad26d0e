import type { ConversationCase } from './case.ts';

/** A value as the source of an expression, on one line. */
function source(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(source).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([name, field]) => `${nameOf(name)}: ${source(field)}`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}

/** The name of a field; in brackets where it would set the prototype, or is no name. */
const nameOf = (name: string) => (/^[A-Za-z]\w*$/.test(name) ? name : `[${JSON.stringify(name)}]`);

const lines = (indent: string, all: readonly string[]) => all.map((line) => `${indent}${line},\n`).join('');

function testOf({ steps, ...rest }: ConversationCase): string {
  const fields = Object.entries(rest).map(([name, field]) => `${name}: ${source(field)}`);
  return `test(${JSON.stringify(rest.title)}, ({ skip }) =>
  holds(skip, {
${lines('    ', fields)}    steps: [
${lines('      ', steps.map(source))}    ],
  }));
`;
}

/**
 * Cases of one side as a test file for vitest, with a line for each step, to keep beside one's own server or client.
 *
 * @param module - Module that exports `underTest`: a {@link ServerUnderTest}, or a function that creates a
 *   {@link ClientUnderTest} for each case.
 */
export function testFile(cases: readonly ConversationCase[], module: string): string {
  const sections = [...new Set(cases.map(({ section }) => section))].map((section) => {
    const own = cases.filter((each) => each.section === section);
    return `// ${section}\n\n${own.map(testOf).join('\n')}`;
  });
  const isOfClient = cases.some(({ underTest }) => underTest === 'client');
  return `// Written by \`sigchart cases\`: the project's docs/conformance.md describes each step.
import { type ConversationCase, lacking, ladderOf, runCase } from '@sigchart/conformance';
import { expect, test } from 'vitest';
import { underTest } from ${JSON.stringify(module)};

let number = 0;

/** Holds a case, and fails where what is under test leaves it. Skips what it is not configured for. */
async function holds(skip: (note: string) => void, each: ConversationCase): Promise<void> {
  number += 1;
  const system = ${isOfClient ? 'await underTest()' : 'underTest'};
  const lacks = lacking(each, system.settings ?? {});
  if (lacks.length > 0) skip(\`not known of what is under test: \${lacks.join(', ')}\`);
  const { divergence, ladder } = await runCase(each, system, number);
  expect({ divergence, ladder: divergence && ladderOf(ladder, ${isOfClient ? "'client'" : "'server'"}) }).toEqual({});
}

${sections.join('\n')}`;
}

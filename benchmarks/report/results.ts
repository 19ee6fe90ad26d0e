import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { machine } from './machine.ts';
import { type Benchmark, markdown, type Table } from './table.ts';

const file = new URL('../RESULTS.md', import.meta.url);

const preamble = `# Results

Written by \`npm run bench\`; [README.md](README.md) says how to read them. Each section names the machine it was measured on.
`;

/** The sections of the results so far, by title. */
function read(): Map<string, string> {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const sections = text.split(/^## /m).slice(1);
  return new Map(sections.map((section) => [section.slice(0, section.indexOf('\n')), section]));
}

/** Replaces the section of one benchmark in `RESULTS.md`, and keeps the others. `order` is that of all titles. */
export function record({ title }: Benchmark, tables: readonly Table[], order: readonly string[]): string {
  const sections = read();
  const section = [title, machine(), ...tables.map(markdown)].join('\n\n');
  sections.set(title, `${section}\n`);
  const known = order.flatMap((each) => sections.get(each) ?? []);
  writeFileSync(file, [preamble, ...known.map((each) => `## ${each.trimEnd()}\n`)].join('\n'));
  return section;
}

import { faults } from './faults.ts';

/** Where the table of faults is written. */
export const pageUrl = new URL('../../wiring.md', import.meta.url);

/** A table with columns of equal width. */
function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const [heading = '', ...others] = rows.map(
    (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`,
  );
  return [heading, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...others];
}

/** The table of faults, as a page. */
export function page(): string {
  const rows = faults.map(({ file, fault, property, check }) => [`\`${file}\``, `${fault}.`, property, check]);
  return [
    '# Faults of the wiring, and what sees them',
    '',
    'The wiring is what runs the machines: `packages/core/src/app` and `packages/core/src/session`. A check that finds nothing wrong',
    'with it proves little if it would find nothing wrong with anything. So each file that ships has faults, and each fault has a',
    'property that sees it. `npm run model:faults` puts the faults into the wiring, one at a time and in memory, and runs the check.',
    '`npm run model:faults -- --every 8` is the short form, which is also a test. Files without code, only types, have no faults.',
    '',
    '- A check named after a conversation explores every reachable state of it on the app as it ships, with all properties of',
    '  `properties`.',
    '- `walks` takes random walks through such conversations, and gives `createApp` and `createClientSession` the same stimuli. They',
    '  must send the same messages, be in the same states, run the same timers and ask their adapters for the same.',
    '- The other checks run one part of a session in every sequence of a few operations.',
    '',
    ...table([['File', 'Fault', 'Property that sees it', 'Check'], ...rows]),
    '',
  ].join('\n');
}

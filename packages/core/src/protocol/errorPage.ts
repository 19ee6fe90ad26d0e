import { type ErrorEntry, errors } from './error.ts';

const entries: readonly (readonly [string, ErrorEntry])[] = Object.entries(errors);

const row = (cells: readonly string[], widths: readonly number[]) =>
  `| ${cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(' | ')} |`;

/** One row for each error. */
function errorTable(): string {
  const head = ['Definition', 'Cause', 'State', 'Continues', 'Remedy'];
  const body = entries.map(([definition, { provokedBy, state, survives, remedy }]) => [
    `\`${definition}\``,
    provokedBy,
    state,
    survives ? 'yes' : 'no',
    remedy,
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...body].map((cells) => cells[column]?.length ?? 0)));
  const rule = widths.map((width) => '-'.repeat(width));
  return [head, rule, ...body].map((cells) => row(cells, widths)).join('\n');
}

const sentence = (text: string) =>
  `${text.slice(0, 1).replace(/[a-z]/, (letter) => letter.toUpperCase())}${text.slice(1)}.`;

const example = (definition: string, { carries, information = '' }: ErrorEntry) => {
  const values = { streamId: 's1', room: 'r1', error_code: '404', information };
  return JSON.stringify({
    command: 'error',
    definition,
    ...Object.fromEntries(carries.map((field) => [field, values[field]])),
  });
};

const section = ([definition, entry]: (typeof entries)[number]) => `## ${definition}

\`\`\`text
${example(definition, entry)}
\`\`\`

- **Cause**: ${sentence(entry.provokedBy)}
- **State**: ${sentence(entry.state)}
- **Effect**: ${entry.survives ? 'No role ends.' : 'The role that was requested or running ends. Other roles of the socket continue.'}
- **Remedy**: ${sentence(entry.remedy)}
`;

/** The page docs/errors.md. */
export const errorPage = (): string => `# Errors

Every \`error\` that a server of this project sends. The socket always stays open: its other roles continue, and the client may
repeat a refused request. This page is generated from \`packages/core/src/protocol/error.ts\` by \`npm run errors\`.

_Continues_ is \`no\` if the error ends the role that was requested or was running, and \`yes\` if every role continues.
[The protocol](protocol.md#errors) states which fields an \`error\` has, and [framing.md](protocol/framing.md) which values of
fields are allowed.

${errorTable()}

${entries.map(section).join('\n')}`;

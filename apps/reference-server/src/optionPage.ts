import type { Option } from 'commander';
import { optionsOfServe } from './configuration.ts';
import { defaultLimits } from './limits.ts';

/** Text of a cell, in which a bar would end it. */
const cell = (text: string) => text.replaceAll('|', '\\|');

/** An option's description without its default, and the default. */
function describe({ description, defaultValue, defaultValueDescription, required, optional }: Option) {
  const [, what = description, written] = /^(.*?)(?: \(default: (.*)\))?$/.exec(description) ?? [];
  const isSwitch = !required && !optional;
  const known = defaultValueDescription ?? (defaultValue === undefined ? undefined : String(defaultValue));
  return { what, by: written ?? (isSwitch ? 'off' : (known ?? 'none')) };
}

/** The key of an option in the configuration file. `--no-demo` is `"demo": false` there. */
const keyOf = (option: Option) => {
  if (option.long === '--config') return '';
  return option.negate ? `\`${option.attributeName()}: false\`` : `\`${option.attributeName()}\``;
};

const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');

/** The page of all options, from the code that reads them. Written by `npm run options`. */
export const optionPage = (): string => `<!-- Written by \`npm run options\`. -->

# Options

All options of \`npx sigchart serve\`. Each is a flag, an environment variable (with or without the prefix \`SIGCHART_\`), and a key of the
JSON file that \`--config\` names. A flag overrides a variable, which overrides the file. [operate.md](operate.md) explains their use.

${table(
  ['Flag', 'Variable', 'Key', 'Default', 'Meaning'],
  optionsOfServe().map((option) => {
    const { what, by } = describe(option);
    return [`\`${option.flags}\``, `\`${option.envVar}\``, keyOf(option), by, what];
  }),
)}

## Limits

Names and defaults for \`--limits\`, as in \`--limits sockets=5000,messageRate=none\`. [limits.md](limits.md) explains each.

${table(
  ['Name', 'Default'],
  Object.entries(defaultLimits).map(([name, value]) => [`\`${name}\``, String(value)]),
)}
`;

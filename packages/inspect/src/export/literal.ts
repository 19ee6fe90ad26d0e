/** The longest line that is written. Characters. */
const maxLine = 110;

const name = (key: string): string => (/^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key));

const quoted = (text: string): string => {
  const inner = JSON.stringify(text).slice(1, -1);
  return `'${inner.replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
};

/** True if an object with this key would be another than the literal says: it would set its prototype. */
const isSpecial = (key: string) => key === '__proto__';

/**
 * A JSON value as the source of a literal, in the style of this project.
 *
 * @param known - Texts that have a name, which is written in their place.
 */
export function literal(value: unknown, indent = '', known: ReadonlyMap<string, string> = new Map()): string {
  if (typeof value === 'string') return known.get(value) ?? quoted(value);
  if (typeof value !== 'object' || value === null) return String(value ?? null);
  const deeper = `${indent}  `;
  const isList = Array.isArray(value);
  const entries = isList
    ? value.map((inner) => literal(inner, deeper, known))
    : Object.entries(value).map(
        ([key, inner]) => `${isSpecial(key) ? `['${key}']` : name(key)}: ${literal(inner, deeper, known)}`,
      );
  const [open, close] = isList ? ['[', ']'] : ['{', '}'];
  if (entries.length === 0) return `${open}${close}`;
  const line = isList ? `[${entries.join(', ')}]` : `{ ${entries.join(', ')} }`;
  if (line.length + indent.length <= maxLine && !line.includes('\n')) return line;
  return `${open}\n${entries.map((entry) => `${deeper}${entry},\n`).join('')}${indent}${close}`;
}

/** A text of lines as the source of an expression, a line each. */
export const linesLiteral = (text: string): string => {
  const end = text.includes('\r\n') ? '\r\n' : '\n';
  const lines = text.split(end).map((line) => `  ${quoted(line)},\n`);
  return `[\n${lines.join('')}].join(${quoted(end)})`;
};

import type { Random } from './random.ts';

/** Values that are rarely where they are expected. */
const values: readonly unknown[] = [
  null,
  true,
  '',
  0,
  -1,
  1e308,
  'undefined',
  '../../x',
  'a b',
  '\u0000\ud800',
  '__proto__',
  [],
  {},
  [[[[[]]]]],
  'x'.repeat(300),
  'x'.repeat(9_000),
  { toString: 1, length: -1 },
];

/** Texts that mean something to who reads a message or a description. */
const fragments = [
  '"',
  '{',
  '}',
  '[',
  '\\',
  '\\u0000',
  '\r\n',
  '\n',
  'a=',
  'm=',
  ':',
  ' ',
  '0',
  '9999999999',
  '\ud83d',
  '-',
  ',',
  'BUNDLE',
  'typ',
];

/** A text with parts changed, doubled, moved or removed. */
export function mutateText(text: string, random: Random): string {
  let mutated = text;
  for (let count = 1 + random.below(4); count > 0; count -= 1) {
    const at = random.below(mutated.length + 1);
    const end = at + random.below(Math.min(40, mutated.length - at + 1));
    const part = mutated.slice(at, end);
    const [before, after] = [mutated.slice(0, at), mutated.slice(end)];
    const changed = random.pick([
      () => before + after,
      () => before + part + part + after,
      () => before + random.pick(fragments) + part + after,
      () => before + String.fromCharCode(random.below(65_536)) + after,
      () => after + before,
      () => before,
      () => before + part.repeat(200) + after,
    ]);
    mutated = changed();
  }
  return mutated;
}

/** An object with a field of another value, one less, or one more. */
export function mutateFields(fields: Readonly<Record<string, unknown>>, random: Random): Record<string, unknown> {
  const mutated: Record<string, unknown> = { ...fields };
  const name = random.pick(Object.keys(fields));
  if (random.next() < 0.2) delete mutated[name];
  else mutated[random.next() < 0.2 ? JSON.stringify(random.pick(values)).slice(0, 40) : name] = random.pick(values);
  return mutated;
}

/** A description with lines changed, doubled, moved or removed. */
export function mutateDescription(sdp: string, random: Random): string {
  const lines = sdp.split('\r\n');
  for (let count = 1 + random.below(6); count > 0; count -= 1) {
    const at = random.below(lines.length);
    const line = lines[at] ?? '';
    random.pick([
      () => lines.splice(at, 1),
      () => lines.splice(at, 0, line),
      () => lines.splice(at, 1, mutateText(line, random)),
      () => lines.splice(random.below(lines.length), 0, line),
      () => lines.splice(at, 0, ...Array(50).fill(line)),
    ])();
  }
  return random.next() < 0.1 ? mutateText(lines.join('\r\n'), random) : lines.join('\r\n');
}

import type { Move, Violation } from './explore.ts';

const width = 34;

/** A trace as a ladder of messages, with one column for each participant. A local event is in the column of its participant. */
export function ladder(
  participants: readonly string[],
  trace: readonly Pick<Move<unknown>, 'name' | 'between'>[],
): string {
  const columnOf = (name: string) => Math.max(0, participants.indexOf(name)) * width;
  const heading = participants.map((name) => name.padEnd(width)).join('');
  const lines = trace.map(({ name, between: [from, to] }) => {
    if (from === to) return `${' '.repeat(columnOf(from))}${name}`;
    const left = Math.min(columnOf(from), columnOf(to));
    const length = Math.abs(columnOf(from) - columnOf(to)) - 2;
    const label = ` ${name} `;
    const line = label + '─'.repeat(Math.max(1, length - label.length - 2));
    return `${' '.repeat(left)}${columnOf(from) < columnOf(to) ? `──${line}▶` : `◀─${line}─`}`;
  });
  return [heading, ...lines].map((line) => line.trimEnd()).join('\n');
}

/** A violation in words, and its trace as a ladder. */
export const violationText = (participants: readonly string[], { property, detail, trace }: Violation<never>): string =>
  `${property.name}: ${property.sentence}\n${detail}\n\n${ladder(participants, trace)}\n`;

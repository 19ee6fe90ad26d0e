import type { MessagePattern, Side } from './case.ts';

/** One rung of a ladder: a message and its sender, or another event. */
export interface Rung {
  readonly who: string;
  readonly direction: 'said' | 'heard' | 'did';
  readonly message?: MessagePattern;
  /** Text of an event that is not a message. */
  readonly text?: string;
}

/** A message on one line: long texts are cut, as docs/protocol.md does. */
export function lineOf({ command, ...fields }: MessagePattern): string {
  const short = (_: string, value: unknown) =>
    typeof value === 'string' && value.length > 60 ? `${value.slice(0, 12).replace(/\s+/g, ' ')}…` : value;
  const shown = JSON.stringify(fields, short);
  return shown === '{}' ? String(command) : `${String(command)} ${shown}`;
}

/** A rung on one line. What is under test is called `S`, a server, or `C`, a client. */
export function rungOf({ who, direction, message, text }: Rung, underTest: Side = 'server'): string {
  const other = underTest === 'server' ? 'S' : 'C';
  const said = message === undefined ? (text ?? '') : lineOf(message);
  if (direction === 'did') return `${who}    ${said}`;
  return direction === 'said' ? `${who}→${other} ${said}` : `${other}→${who} ${said}`;
}

/** A whole conversation, a line for each rung. Candidates in a row are one line. */
export function ladderOf(rungs: readonly Rung[], underTest: Side = 'server'): readonly string[] {
  const lines: string[] = [];
  let repeated = 0;
  rungs.forEach((rung, index) => {
    const next = rungs[index + 1];
    const isCandidate = rung.message?.command === 'takeCandidate';
    const goesOn =
      isCandidate &&
      next?.message?.command === 'takeCandidate' &&
      next.who === rung.who &&
      next.direction === rung.direction;
    if (goesOn) {
      repeated += 1;
      return;
    }
    const line = rungOf(rung, underTest);
    lines.push(repeated > 0 ? `${line} (${repeated + 1} of them)` : line);
    repeated = 0;
  });
  return lines;
}

import { readFileSync } from 'node:fs';

/** Clock ticks in a second, as Linux reports CPU time to programs (`USER_HZ`). */
const ticksPerSecond = 100;

/**
 * CPU time of a process so far, over all its threads. Seconds. Linux only.
 *
 * @throws {Error} if there is no such process.
 * @see proc(5), `/proc/<pid>/stat`
 */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name of the process is in brackets, and may have any character.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

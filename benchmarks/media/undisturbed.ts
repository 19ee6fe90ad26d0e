import { setTimeout } from 'node:timers/promises';
import { busyUs, cpuUs } from '../process.ts';

/** A measurement counts if other processes use at most this share of one CPU meanwhile. */
export const undisturbedShare = 0.1;

/** Time to wait for that before each measurement, and number of measurements. Milliseconds. */
const patienceMs = 120_000;
export const maxMeasurements = 12;
const lookMs = 1_000;

/** CPU time of the server, of this process, and of all. Microseconds. */
export interface CpuTimes {
  readonly server: number;
  readonly load: number;
  readonly all: number;
}

export const cpuTimes = (pid: number): CpuTimes => ({ server: cpuUs(pid), load: cpuUs(process.pid), all: busyUs() });

/** CPUs that each used between two times. */
export function cpusBetween(before: CpuTimes, after: CpuTimes, ms: number) {
  const used = (key: keyof CpuTimes) => (after[key] - before[key]) / ms / 1_000;
  const [server, load] = [used('server'), used('load')];
  return { server, load, others: Math.max(0, used('all') - server - load) };
}

/** Waits until other processes leave the CPUs alone, or patience ends. */
async function quiet(pid: number): Promise<void> {
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += lookMs) {
    const before = cpuTimes(pid);
    await setTimeout(lookMs);
    if (cpusBetween(before, cpuTimes(pid), lookMs).others < undisturbedShare) return;
  }
}

/** Measures when nothing else runs, and again if something did. On a machine that is never quiet, the last measurement counts. */
export async function undisturbed<Figures extends { readonly others: number }>(
  pid: number,
  measure: () => Promise<Figures>,
  isGood: (figures: Figures) => boolean = ({ others }) => others < undisturbedShare,
): Promise<Figures> {
  for (let count = 1; ; count += 1) {
    await quiet(pid);
    const figures = await measure();
    if (isGood(figures) || count === maxMeasurements) return figures;
  }
}

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';

/** CPU time of a process so far, over all threads it has now. Microseconds. Linux only. */
export function cpuUs(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const nanoseconds = threads.map((thread) => {
    try {
      return Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
    } catch {
      // It has ended meanwhile.
      return 0;
    }
  });
  return nanoseconds.reduce((sum, each) => sum + each, 0) / 1000;
}

/** CPU time that a process has spent in the kernel so far, in steps of 10 ms. Microseconds. Linux only. */
export function systemUs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name of the program, which may contain anything, ends with a parenthesis. `stime` is the 15th field.
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[12]) * 10_000;
}

/** Runs a program, and resolves with what it printed. */
export async function outputOf(program: string, args: readonly string[]): Promise<string> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += String(chunk);
  });
  await once(child, 'close');
  return output;
}

/** An unused TCP port. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Lets all threads of a process, and those that they start, run on one CPU only. */
export function pin(pid: number, cpu: number): void {
  execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', String(cpu), String(pid)], { stdio: 'ignore' });
}

/** Time that all CPUs together were not idle so far. Microseconds. */
export function busyUs(): number {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n', 1);
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line.split(/ +/).slice(1).map(Number);
  // In hundredths of a second, whatever the kernel's own tick.
  return (user + nice + system + irq + softirq + steal) * 10_000;
}

/** Number of datagrams that the kernel dropped so far because a UDP socket of a process was full. */
export function droppedDatagrams(pid: number): number {
  const folder = `/proc/${pid}/fd`;
  const inodes = new Set(
    readdirSync(folder).map((descriptor) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`${folder}/${descriptor}`))?.[1];
      } catch {
        // It has been closed meanwhile.
        return undefined;
      }
    }),
  );
  const lines = readFileSync('/proc/net/udp', 'utf8').trim().split('\n').slice(1);
  const sockets = lines.map((line) => line.trim().split(/\s+/)).filter((fields) => inodes.has(fields[9]));
  return sockets.reduce((sum, fields) => sum + Number(fields.at(-1)), 0);
}

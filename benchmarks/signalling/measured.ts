import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Resources that a process uses. */
export interface Usage {
  /** CPU time so far, of all its threads, without the garbage collections that were made to measure memory. Microseconds. */
  readonly cpuUs: number;
  /** Resident memory after a garbage collection. Bytes. */
  readonly residentBytes: number;
}

/** A server in a process of its own, which reports its resources. */
export interface MeasuredServer {
  readonly url: string;
  usage(): Promise<Usage>;
  stop(): void;
}

/** Subject of repeated runs. */
interface Runs {
  /** Its name, for people. */
  readonly what: string;
  readonly runs: number;
  /** The module of each server, with its arguments. */
  readonly servers: readonly { readonly module: readonly [string, ...string[]] }[];
  readonly progress: (what: string) => void;
}

/** Starts fresh servers for each run and measures them. Returns the results of each server, by run. */
export async function inRuns<Found>(
  { what, runs, servers, progress }: Runs,
  measure: (started: readonly MeasuredServer[]) => Promise<readonly Found[]>,
): Promise<readonly (readonly Found[])[]> {
  const found: Found[][] = servers.map(() => []);
  for (let run = 1; run <= runs; run += 1) {
    progress(`${what}, run ${run} of ${runs}`);
    const started = await Promise.all(servers.map(({ module }) => startMeasured(module)));
    for (const [index, one] of (await measure(started)).entries()) found[index]?.push(one);
    for (const server of started) server.stop();
  }
  return found;
}

/** Runs one of the server modules of this folder, each of which calls {@link tellUsage}. */
async function startMeasured([module, ...told]: readonly [string, ...string[]]): Promise<MeasuredServer> {
  const path = fileURLToPath(new URL(module, import.meta.url));
  const child: ChildProcess = fork(path, told, {
    execArgv: [
      '--expose-gc',
      // As the reference server has it.
      '--no-allocation-site-pretenuring',
      '--conditions=@sigchart/source',
      '--disable-warning=ExperimentalWarning',
    ],
  });
  const answer = <T>() =>
    new Promise<T>((resolve, reject) => {
      child.once('message', (message) => resolve(message as T));
      child.once('exit', (code) => reject(new Error(`${module} ended with ${code}`)));
    });
  const port = await answer<number>();
  return {
    url: `ws://127.0.0.1:${port}`,
    usage() {
      const usage = answer<Usage>();
      child.send('usage');
      return usage;
    },
    stop: () => child.kill(),
  };
}

function cpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Reports the listening port to the parent process and, on request, the resources used. */
export function tellUsage(port: number): void {
  let measuringUs = 0;
  process.on('message', () => {
    const before = cpuUs();
    // Twice, because memory freed by finalizers is collected only then.
    globalThis.gc?.();
    globalThis.gc?.();
    measuringUs += cpuUs() - before;
    process.send?.({ cpuUs: cpuUs() - measuringUs, residentBytes: process.memoryUsage.rss() });
  });
  process.send?.(port);
}

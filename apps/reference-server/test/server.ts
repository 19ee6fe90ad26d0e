import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A reference server that runs for a test. */
export interface RunningServer {
  /** `http://localhost:<port>` */
  readonly http: string;
  /** `ws://localhost:<port>` */
  readonly ws: string;
  /** The key that it made up and printed; `""` when one was configured. */
  readonly key: string;
  /** Printed output. */
  readonly printed: () => string;
  /** Everything it has logged. */
  readonly log: () => string;
  /** Numbers of what it holds, from its metrics, without the sockets. */
  holds(): Promise<Readonly<Record<'roles' | 'streams' | 'connections' | 'sources', number>>>;
  signal(name: NodeJS.Signals): void;
  /** Stops it, and resolves with its exit code. */
  stop(): Promise<number | null>;
}

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** Starts the reference server on a free port, as `npm start` does. */
export const startServer = (...args: readonly string[]): Promise<RunningServer> => startWith([], args);

/** Starts it with options of Node, and a limit of file descriptors. */
export async function startWith(
  options: readonly string[],
  args: readonly string[],
  descriptors?: number,
): Promise<RunningServer> {
  const child: ChildProcess = spawn(
    'sh',
    [
      '-c',
      `${descriptors === undefined ? '' : `ulimit -n ${descriptors} && `}exec "$0" "$@"`,
      process.execPath,
      '--conditions=@sigchart/source',
      '--disable-warning=ExperimentalWarning',
      ...options,
      main,
      '--port',
      '0',
      ...args,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  let log = '';
  child.stderr?.on('data', (chunk) => {
    log += String(chunk);
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const port = await new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', (chunk) => {
      output += String(chunk);
      const match = /:(\d+)\/live\/websocket/.exec(output);
      if (match?.[1] !== undefined && output.endsWith('\n\n')) resolve(match[1]);
    });
    exited.then((code) => reject(new Error(`the server ended with ${code}: ${log}`)));
  });
  return {
    http: `http://localhost:${port}`,
    ws: `ws://localhost:${port}`,
    key: /Bearer (\S+)\)/.exec(output)?.[1] ?? /token=(\S+)/.exec(output)?.[1] ?? '',
    printed: () => output,
    log: () => log,
    async holds() {
      const metrics = await (await fetch(`http://localhost:${port}/metrics`)).text();
      const read = (name: string) => Number(new RegExp(`^sigchart_${name} (\\d+)$`, 'm').exec(metrics)?.[1]);
      return {
        roles: read('roles'),
        streams: read('streams'),
        connections: read('connections'),
        sources: read('sources'),
      };
    },
    signal: (name) => void child.kill(name),
    stop: () => {
      child.kill('SIGTERM');
      return exited;
    },
  };
}

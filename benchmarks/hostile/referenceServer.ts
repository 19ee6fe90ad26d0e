import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { freePort } from '../process.ts';

const main = fileURLToPath(new URL('../../apps/reference-server/src/main.ts', import.meta.url));

/** A reference server in a process of its own. */
export interface ServerProcess {
  readonly port: number;
  /** Address for sockets of clients. */
  readonly url: string;
  readonly process: ChildProcess;
  /** Resident memory. Bytes; Linux only. */
  residentBytes(): number;
  /** True if it has neither ended nor logged an uncaught exception. */
  isWell(): boolean;
  stop(): Promise<void>;
}

/** Starts a reference server, and waits until it listens. */
export async function startServer(flags: readonly string[] = []): Promise<ServerProcess> {
  const port = await freePort();
  const args = ['--conditions=@sigchart/source', '--disable-warning=ExperimentalWarning', main];
  const server = spawn(
    process.execPath,
    [...args, '--port', String(port), '--log-level', 'error', '--no-demo', ...flags],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let errors = '';
  server.stderr.on('data', (chunk) => {
    errors += String(chunk);
  });
  const started = once(server.stdout, 'data');
  const ended = once(server, 'exit').then(([code]) => {
    throw new Error(`the server ended with ${code}: ${errors}`);
  });
  await Promise.race([started, ended]);
  ended.catch(() => {});
  server.stdout.resume();
  return {
    port,
    url: `ws://127.0.0.1:${port}/live/websocket`,
    process: server,
    residentBytes() {
      const [, kilobytes = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8')) ?? [];
      return Number(kilobytes) * 1_024;
    },
    isWell: () => server.exitCode === null && server.signalCode === null && errors === '',
    async stop() {
      if (server.exitCode !== null) return;
      const exited = once(server, 'exit');
      server.kill('SIGKILL');
      await exited;
    },
  };
}

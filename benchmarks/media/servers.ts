import { hasJanus, startJanus } from './janus.ts';
import type { MediaServer } from './server.ts';
import { startSigchart } from './sigchart.ts';

/** A server that is measured. */
interface ComparedServer {
  readonly name: string;
  start(): Promise<MediaServer>;
}

/** Measures each server several times, in turns. Returns what was found of each, in the order of the servers. */
export async function inTurns<Figures>(
  servers: readonly ComparedServer[],
  runs: number,
  progress: (what: string) => void,
  measure: (server: MediaServer) => Promise<Figures>,
): Promise<readonly (readonly Figures[])[]> {
  const found = servers.map((): Figures[] => []);
  for (let run = 1; run <= runs; run += 1)
    for (const [index, { name, start }] of servers.entries()) {
      progress(`${name}, run ${run} of ${runs}`);
      const server = await start();
      try {
        found[index]?.push(await measure(server));
      } finally {
        await server.stop();
      }
    }
  return found;
}

/** The reference server, and Janus in two configurations if it is installed. */
export const comparedServers = (): readonly ComparedServer[] => [
  { name: 'Sigchart', start: startSigchart },
  ...(hasJanus()
    ? [
        { name: 'Janus, a thread for each connection (its default)', start: () => startJanus({ eventLoops: 0 }) },
        { name: 'Janus, one event loop', start: () => startJanus({ eventLoops: 1 }) },
      ]
    : []),
];

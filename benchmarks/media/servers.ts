import { hasJanus, startJanus } from './janus.ts';
import type { MediaServer } from './server.ts';
import { startSigchart } from './sigchart.ts';

/** A server that is measured. */
interface ComparedServer {
  readonly name: string;
  start(): Promise<MediaServer>;
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

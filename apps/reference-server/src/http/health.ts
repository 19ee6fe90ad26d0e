import type { Store } from '@sigchart/server';
import type { Media } from '@sigchart/werift';
import { answer, type Handler } from './pages.ts';

/** Conditions for a server to accept further clients. */
export interface HealthOptions {
  readonly isDraining: () => boolean;
  readonly store: Store;
  readonly media: Pick<Media, 'open'>;
  /** The first and the last UDP port of media; any when absent. */
  readonly mediaPorts: readonly [number, number] | undefined;
}

/** Number of UDP ports that must be left: one client takes up to three, for IPv4, IPv6 and TURN. */
const fewestPorts = 3;

/** Reason a server takes no further clients; none when it does. */
async function obstacles({ isDraining, store, media, mediaPorts }: HealthOptions): Promise<readonly string[]> {
  const [first, last] = mediaPorts ?? [0, 65_535];
  const portsLeft = last - first + 1 - media.open.sockets;
  const storeFailure = await Promise.resolve()
    .then(() => store.of('live').broadcasts.count())
    .then(
      () => undefined,
      () => 'The store does not answer.',
    );
  return [
    ...(isDraining() ? ['The server is stopping.'] : []),
    ...(storeFailure === undefined ? [] : [storeFailure]),
    ...(portsLeft < fewestPorts ? ['No UDP port is left for media.'] : []),
  ];
}

/**
 * Serves `/healthz`, which answers as long as the process does, and `/readyz`, which answers 503 with the reasons while the server should
 * get no further clients.
 */
export const healthPages =
  (options: HealthOptions): Handler =>
  ({ url = '' }, response) => {
    const [path] = url.split('?');
    if (path === '/healthz') answer(response, 200, 'ok\n');
    else if (path === '/readyz')
      obstacles(options).then((reasons) =>
        answer(response, reasons.length === 0 ? 200 : 503, `${reasons.length === 0 ? 'ready' : reasons.join('\n')}\n`),
      );
    else return false;
    return true;
  };

import type { SignallingServer } from '@sigchart/server';
import type { Media } from '@sigchart/werift';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

/** What the server holds now, and what Node says of itself, for Prometheus. */
export function createMetrics(signalling: SignallingServer, media: Media): Registry {
  const registry = new Registry();
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  gauge('sigchart_sockets', 'WebSockets that are open', () => signalling.counts.sockets);
  gauge('sigchart_roles', 'Publishers and players, in any state', () => signalling.counts.roles);
  gauge('sigchart_streams', 'Stream ids that are held', () => signalling.counts.streams);
  gauge('sigchart_connections', 'Peer connections that are open', () => media.open.connections);
  gauge('sigchart_sources', 'Publishers whose packets can be forwarded', () => media.open.sources);
  collectDefaultMetrics({ register: registry });
  return registry;
}

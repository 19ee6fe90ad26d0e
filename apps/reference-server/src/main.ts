import { setFlagsFromString } from 'node:v8';
import { readConfiguration } from './configuration.ts';
import { greetingOf } from './greeting.ts';
import { createLog } from './log.ts';
import { createReferenceServer } from './referenceServer.ts';
import { surviveUncaught } from './uncaught.ts';

/** Time a graceful shutdown may take. Milliseconds. */
const shutdownMs = 5_000;

/** Time in which a further signal counts as the same one. Milliseconds. */
const repeatedMs = 1_000;

// Otherwise V8 keeps the garbage of messages as long as the state of sessions (decision 36).
setFlagsFromString('--no-allocation-site-pretenuring');

function fail(error: Error): never {
  process.stderr.write(`error: ${error.message}\n`);
  process.exit(1);
}

const configuration = readConfiguration(process.argv);
const log = createLog(configuration.logLevel);
const server = await createReferenceServer(configuration, log).catch(fail);
// Without a certificate there is nothing to read again, but `systemctl reload` must not end the server. A terminal that is closed does.
if (server.reload !== undefined) process.on('SIGHUP', server.reload);
else if (!process.stdin.isTTY)
  process.on('SIGHUP', () => log.info('SIGHUP: no certificate is configured to be read again'));

let stoppingSinceMs: number | undefined;
async function shutDown() {
  if (stoppingSinceMs !== undefined) {
    // npm passes a signal on that systemd or a terminal sends to both. A later one is meant.
    if (performance.now() - stoppingSinceMs > repeatedMs) process.exit(1);
    return;
  }
  stoppingSinceMs = performance.now();
  await server.drain();
  setTimeout(() => process.exit(1), shutdownMs).unref();
  await server.close();
  log.flush(() => process.exit(0));
}
process.on('SIGTERM', shutDown);
process.on('SIGINT', shutDown);

await server.listen().catch(fail);
surviveUncaught(log, server.metrics.exception);
process.stdout.write(greetingOf(server, configuration));

import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createSignallingServer } from '@sigchart/server';
import { createMedia } from '@sigchart/werift';
import { type Configuration, readConfiguration } from './configuration.ts';
import { createLog, logTransitions } from './log.ts';
import { createMetrics } from './metrics.ts';
import { servePages } from './pages.ts';

/** How long a graceful shutdown may take. Milliseconds. */
const shutdownMs = 5_000;

function createHttp({ tlsCertificate, tlsKey }: Configuration, listener: RequestListener) {
  if (tlsCertificate === undefined || tlsKey === undefined) return { scheme: '', http: createHttpServer(listener) };
  const certificate = { cert: readFileSync(tlsCertificate), key: readFileSync(tlsKey) };
  return { scheme: 's', http: createHttpsServer(certificate, listener) };
}

const configuration = readConfiguration(process.argv);
const { iceServers, mediaAddress, announcedAddress, mediaPorts, logLevel } = configuration;
const log = createLog(logLevel);

const media = createMedia({
  iceServers,
  ...(mediaAddress !== undefined && { bindAddress: mediaAddress }),
  ...(announcedAddress !== undefined && { announcedAddress }),
  ...(mediaPorts !== undefined && { portRange: mediaPorts }),
});
const signalling = createSignallingServer({
  media,
  iceServers,
  ...(configuration.apps !== undefined && { apps: configuration.apps }),
  ...(log.isLevelEnabled('info') && { observe: logTransitions(log) }),
});
const { scheme, http } = createHttp(configuration, servePages(createMetrics(signalling, media)));
http.on('upgrade', signalling.upgrade);

http.on('error', (error) => {
  process.stderr.write(`error: ${error.message}\n`);
  process.exit(1);
});
http.listen(configuration.port, configuration.host, () => {
  const { port } = http.address() as AddressInfo;
  const host = configuration.host ?? 'localhost';
  process.stdout.write(
    `Sigchart is running.\n\n  Demo        http${scheme}://${host}:${port}/\n  Signalling  ws${scheme}://${host}:${port}/live/websocket (any app name)\n\n`,
  );
});

async function shutDown() {
  setTimeout(() => process.exit(1), shutdownMs).unref();
  http.close();
  await signalling.close();
  await media.close();
  http.closeAllConnections();
  log.flush(() => process.exit(0));
}
process.once('SIGTERM', shutDown);
process.once('SIGINT', shutDown);

import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { observeWith } from '@sigchart/core';
import { createSignallingServer, createWebhooks, createWhip, memoryStore, sqliteStore } from '@sigchart/server';
import { createRest } from '@sigchart/server/rest';
import { createMedia } from '@sigchart/werift';
import { authorizationOf, codesOf } from './authorization.ts';
import { type Configuration, readConfiguration } from './configuration.ts';
import { createInspector } from './inspector.ts';
import { createLog, logTransitions } from './log.ts';
import { createMetrics } from './metrics.ts';
import { servePages } from './pages.ts';

/** How long a graceful shutdown may take, and how much of it what has just ended may take to be told. Milliseconds. */
const shutdownMs = 5_000;
const lastWebhooksMs = 2_000;

// Else V8 keeps what a message leaves behind as long as what a session does (decision 45).
setFlagsFromString('--no-allocation-site-pretenuring');

function fail(error: Error): never {
  process.stderr.write(`error: ${error.message}\n`);
  process.exit(1);
}

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
const store = configuration.store === undefined ? memoryStore() : await sqliteStore(configuration.store).catch(fail);
const webhooks = createWebhooks({
  store,
  url: configuration.listenerHookUrl,
  secret: configuration.hookSecret,
  failed: (failure) => log.warn(failure, 'a webhook was not accepted'),
});
const inspector = createInspector(configuration);
const logged = log.isLevelEnabled('info') ? logTransitions(log) : undefined;
const signalling = createSignallingServer({
  media,
  store,
  authorize: authorize(),
  notify: webhooks.notify,
  iceServers,
  ...(configuration.apps !== undefined && { apps: configuration.apps }),
  observe: observeWith(logged, inspector?.observe),
  failed: ({ error, ...where }) => log.error({ ...where, err: error }, 'an exception was survived'),
});
const rest = mountRest();
const whip = createWhip({ server: signalling, ...(configuration.apps !== undefined && { apps: configuration.apps }) });
const pages = servePages(createMetrics(signalling, media), inspector !== undefined);
const { scheme, http } = createHttp(
  configuration,
  (request, response) => whip.serve(request, response) || rest.serve(request, response) || pages(request, response),
);
http.on('upgrade', (request, socket, head) => {
  if (inspector?.upgrade(request, socket, head) !== true) signalling.upgrade(request, socket, head);
});

http.on('error', fail);
http.listen(configuration.port, configuration.host, () => {
  const { port } = http.address() as AddressInfo;
  const host = configuration.host ?? 'localhost';
  const inspecting = inspector === undefined ? '' : `  Inspector   http${scheme}://${host}:${port}/inspector/\n`;
  process.stdout.write(
    `Sigchart is running.\n\n  Demo        http${scheme}://${host}:${port}/\n${inspecting}  Signalling  ws${scheme}://${host}:${port}/live/websocket (any app name)\n\n`,
  );
});

function authorize() {
  try {
    return authorizationOf(configuration, store);
  } catch (error) {
    return fail(error as Error);
  }
}

function mountRest() {
  const { restKeys, restJwtSecret, streamJwtSecret, apps } = configuration;
  try {
    return createRest({
      live: signalling.live,
      store,
      authentication: { keys: restKeys, jwtSecret: restJwtSecret, jwtLeewaySeconds: configuration.jwtLeewaySeconds },
      secrets: { streamJwt: streamJwtSecret, totp: codesOf(configuration) },
      ...(apps !== undefined && { apps }),
      failed: (error) => log.error({ err: error }, 'a request of the REST API failed'),
    });
  } catch (error) {
    return fail(error as Error);
  }
}

async function shutDown() {
  setTimeout(() => process.exit(1), shutdownMs).unref();
  http.close();
  inspector?.close();
  await signalling.close();
  await webhooks.close(lastWebhooksMs);
  await store.close();
  await media.close();
  http.closeAllConnections();
  log.flush(() => process.exit(0));
}
process.once('SIGTERM', shutDown);
process.once('SIGINT', shutDown);

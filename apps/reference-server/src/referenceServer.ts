import { setTimeout } from 'node:timers/promises';
import { observeWith } from '@sigchart/core/session';
import {
  createSignallingServer,
  createWebhooks,
  createWhip,
  memoryStore,
  refuseUpgrade,
  sqliteStore,
  withTurnSecret,
} from '@sigchart/server';
import { createRest } from '@sigchart/server/rest';
import { createMedia, fileDescriptors } from '@sigchart/werift';
import type { Logger } from 'pino';
import { type Access, accessOf } from './access.ts';
import { announcedAddresses } from './announced.ts';
import { authorizationOf, codesOf } from './authorization.ts';
import type { Configuration } from './configuration.ts';
import { connectionLimits, socketLimits } from './http/connectionLimits.ts';
import { pageHeaders } from './http/headers.ts';
import { healthPages } from './http/health.ts';
import { createListener, type Listener } from './http/listener.ts';
import { demoPages, embeddablePage, type Handler, inOrder, metricsPage, pagesBelow } from './http/pages.ts';
import { isProxyWith, remoteAddressWith } from './http/remoteAddress.ts';
import { defaultHttpLimits, RequestPace } from './http/requestPace.ts';
import { renewCertificate } from './http/tls.ts';
import { createInspector } from './inspector.ts';
import { logTransitions } from './log.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { tlsOf, trustedProxiesOf } from './serving.ts';
import { tracingOf } from './tracing.ts';

/** Part of a graceful shutdown that is left for webhooks of what has just ended. Milliseconds. */
const lastWebhooksMs = 2_000;

/** The server with all that belongs to it. */
export interface ReferenceServer {
  readonly access: Access;
  readonly metrics: Metrics;
  /** Serves signalling, and what is not on the other. */
  readonly main: Listener;
  /** Serves the REST API, the metrics and the inspector, when they have a port of their own. */
  readonly admin: Listener | undefined;
  /** Reads the certificate again. */
  readonly reload: (() => void) | undefined;
  /** Listens. Rejects when it cannot. */
  listen(): Promise<void>;
  /** Says at `/readyz` that it takes no further clients, for as long as is configured. */
  drain(): Promise<void>;
  /** Notifies every client that the server stops, and releases everything. */
  close(): Promise<void>;
}

/** Makes the server. Rejects when the configuration makes no sense, or names what is not there. */
export async function createReferenceServer(configuration: Configuration, log: Logger): Promise<ReferenceServer> {
  const { turnSecret, mediaAddress, announcedAddress, mediaPorts, apps } = configuration;
  const iceServers =
    turnSecret === undefined
      ? configuration.iceServers
      : withTurnSecret({ ...configuration, secret: turnSecret, ttlSeconds: configuration.turnTtlSeconds });
  const access = accessOf(configuration);
  const metrics = createMetrics();
  const tracing = await tracingOf(configuration);
  const media = createMedia({
    iceServers,
    onFirstPacket: (direction, ms, open) => {
      metrics.firstPacket(direction, ms);
      tracing?.firstPacket(direction, ms, open);
    },
    ...(mediaAddress !== undefined && { bindAddress: mediaAddress }),
    ...(announcedAddress !== undefined && { announcedAddress: await announcedAddresses(announcedAddress) }),
    ...(mediaPorts !== undefined && { portRange: mediaPorts }),
  });
  const store = configuration.store === undefined ? memoryStore() : await sqliteStore(configuration.store);
  const webhooks = createWebhooks({
    store,
    url: configuration.listenerHookUrl,
    secret: configuration.hookSecret,
    observe: tracing?.webhook,
    failed: (failure) => {
      metrics.webhook(failure.outcome);
      log.warn(failure, 'a webhook was not accepted');
    },
  });
  const inspector = createInspector(configuration, access.inspectorToken);
  const proxies = trustedProxiesOf(configuration);
  const remoteAddressOf = remoteAddressWith(proxies);
  const limits = connectionLimits(fileDescriptors(), configuration.limits);
  const signalling = createSignallingServer({
    media,
    store,
    authorize: authorizationOf(configuration, store),
    notify: webhooks.notify,
    iceServers,
    ...(apps !== undefined && { apps }),
    origins: configuration.origins,
    remoteAddressOf,
    limits: { ...socketLimits(limits), ...configuration.limits },
    failed: ({ error, ...where }) => {
      metrics.exception(where.at);
      log.error({ ...where, err: error }, 'an exception was survived');
    },
    observe: observeWith(
      metrics.observe,
      log.isLevelEnabled('info') ? logTransitions(log) : undefined,
      inspector?.observe,
      tracing?.observe,
    ),
  });
  metrics.watch({ signalling, media, webhooks });
  const whip = createWhip({ server: signalling, remoteAddressOf, ...(apps !== undefined && { apps }) });
  const rest = createRest({
    live: signalling.live,
    store,
    authentication: {
      keys: access.restKeys,
      jwtSecret: access.restJwtSecret,
      jwtLeewaySeconds: configuration.jwtLeewaySeconds,
    },
    origins: configuration.restOrigins,
    secrets: { streamJwt: configuration.streamJwtSecret, totp: codesOf(configuration) },
    ...(apps !== undefined && { apps }),
    failed: (error) => log.error({ err: error }, 'a request of the REST API failed'),
  });

  const setHeaders = pageHeaders(configuration.frameAncestors ?? []);
  const administration: readonly (Handler | undefined)[] = [
    rest.serve,
    metricsPage(metrics.registry),
    inspector && pagesBelow('/inspector', 'inspector', setHeaders),
  ];
  let isDraining = false;
  const health = healthPages({ isDraining: () => isDraining, store, media, mediaPorts });
  const docs = pagesBelow('/docs', 'docs', pageHeaders(configuration.frameAncestors ?? [], { inlineStyles: true }));
  const { demo } = configuration;
  const pages = [embeddablePage(setHeaders), demo ? demoPages(setHeaders) : undefined];
  const { port, host, adminPort, adminHost = '127.0.0.1' } = configuration;
  const tls = tlsOf(configuration);
  const isProxy = isProxyWith(proxies);
  const pace = new RequestPace({ ...defaultHttpLimits, ...configuration.limits, remoteAddressOf, isProxy });
  const hasAdmin = adminPort !== undefined;
  const main = createListener(
    { port, host, tls, limits, pace, isProxy },
    // The docs have a page /docs/whip, which is no endpoint of an app.
    inOrder(health, demo ? docs : undefined, whip.serve, ...(hasAdmin ? [] : administration), ...pages),
    (request, socket, head) => {
      if (hasAdmin || inspector?.upgrade(request, socket, head) !== true) signalling.upgrade(request, socket, head);
    },
  );
  const admin = hasAdmin
    ? createListener(
        { port: adminPort, host: adminHost, tls, limits, pace, isProxy },
        inOrder(health, ...administration),
        (request, socket, head) => {
          if (inspector?.upgrade(request, socket, head) !== true) refuseUpgrade(request, socket, head);
        },
      )
    : undefined;
  const listeners = [main, ...(admin === undefined ? [] : [admin])];
  const secure = listeners.flatMap((listener) => listener.secure ?? []);
  const renewal =
    tls &&
    renewCertificate(tls, secure, (error) => {
      if (error === undefined) log.info('the certificate was read again');
      else log.error({ err: error }, 'the certificate could not be read again: the one of before goes on');
    });

  return {
    access,
    metrics,
    main,
    admin,
    reload: renewal?.reload,
    async listen() {
      for (const listener of listeners) await listener.listen();
    },
    async drain() {
      isDraining = true;
      await setTimeout(1_000 * (configuration.drainSeconds ?? 0));
    },
    async close() {
      for (const listener of listeners) listener.close();
      renewal?.close();
      inspector?.close();
      await signalling.close();
      await webhooks.close(lastWebhooksMs);
      await store.close();
      await media.close();
      tracing?.close();
      for (const listener of listeners) listener.closeAllConnections();
    },
  };
}

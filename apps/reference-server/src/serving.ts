import { Option } from 'commander';
import * as v from 'valibot';
import { proxiesOf, type TrustedProxies } from './http/remoteAddress.ts';
import { integer, list } from './optionText.ts';

const port = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535));

const origin = v.pipe(
  v.string(),
  v.check((text) => URL.canParse(text) && new URL(text).origin === text, 'It must look like https://example.org.'),
);

const isProxies = (entries: string[]) => {
  try {
    return proxiesOf(entries) !== undefined;
  } catch {
    return false;
  }
};

/** Serving options of the configuration file. */
export const servingEntries = {
  /** TCP port of HTTP and WebSocket. */
  port,
  /** Address to listen on for HTTP and WebSocket; all when absent. */
  host: v.exactOptional(v.string()),
  /** PEM files; with both, the server serves HTTPS and `wss:`. */
  tlsCertificate: v.exactOptional(v.string()),
  tlsKey: v.exactOptional(v.string()),
  /** TCP port for the REST API, the metrics and the inspector, which are then not on the other. */
  adminPort: v.exactOptional(port),
  /** Address to listen on for those; this machine only when absent. */
  adminHost: v.exactOptional(v.string()),
  /** Proxies whose forwarding header is trusted: their number, or addresses. Default none. */
  trustProxy: v.exactOptional(
    v.pipe(
      v.array(v.string()),
      v.check(isProxies, 'It must be a number of proxies, or addresses, networks (10.0.0.0/8), loopback or private.'),
    ),
  ),
  /** The header in which they say it. */
  forwardingHeader: v.exactOptional(v.picklist(['x-forwarded-for', 'forwarded'])),
  /** The origins whose pages may open a signalling socket; any when absent. */
  origins: v.exactOptional(v.array(origin)),
  /** The origins whose pages may use the REST API, with a key; none when absent. */
  restOrigins: v.exactOptional(v.array(origin)),
  /** The origins whose pages may embed the demo and the inspector, as CSP has them; the server's own when absent. */
  frameAncestors: v.exactOptional(v.array(v.pipe(v.string(), v.regex(/^[^\s;,]+$/, 'It must be an origin, or *.')))),
  /** Time `/readyz` says that the server stops, before it does. Seconds; none when absent. */
  drainSeconds: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(0))),
  /** True if the demo is served at `/`. */
  demo: v.boolean(),
};

type ServingConfiguration = v.InferOutput<v.StrictObjectSchema<typeof servingEntries, undefined>>;

/** The same as flags and environment. */
export const servingFlags = (): readonly Option[] => [
  new Option('--port <number>', 'TCP port of HTTP and WebSocket').env('PORT').default(5080).argParser(integer),
  new Option('--host <address>', 'address to listen on (default: all)').env('HOST'),
  new Option(
    '--tls-certificate <file>',
    'PEM certificate; with --tls-key, serves https: and wss:. Reloaded when it changes, and on SIGHUP',
  ).env('TLS_CERTIFICATE'),
  new Option('--tls-key <file>', 'PEM private key').env('TLS_KEY'),
  new Option(
    '--admin-port <number>',
    'separate TCP port for the REST API, /metrics and /inspector/ (default: the same port)',
  )
    .env('ADMIN_PORT')
    .argParser(integer),
  new Option('--admin-host <address>', 'address to listen on for --admin-port (default: 127.0.0.1)').env('ADMIN_HOST'),
  new Option(
    '--trust-proxy <proxies>',
    'proxies whose forwarding header is trusted: their number, or addresses, networks, loopback, private; comma separated (default: none)',
  )
    .env('TRUST_PROXY')
    .argParser(list),
  new Option('--forwarding-header <name>', 'header in which proxies report the client (default: x-forwarded-for)')
    .env('FORWARDING_HEADER')
    .choices(['x-forwarded-for', 'forwarded']),
  new Option('--origins <origins>', 'origins whose pages may open a signalling socket, comma separated (default: any)')
    .env('ORIGINS')
    .argParser(list),
  new Option('--rest-origins <origins>', 'origins whose pages may use the REST API with a key (default: none)')
    .env('REST_ORIGINS')
    .argParser(list),
  new Option('--frame-ancestors <origins>', "origins whose pages may embed these pages (default: the server's own)")
    .env('FRAME_ANCESTORS')
    .argParser(list),
  new Option(
    '--drain-seconds <number>',
    'time between /readyz answering 503 and the shutdown, for load balancers (default: 0)',
  )
    .env('DRAIN_SECONDS')
    .argParser(integer),
  new Option('--no-demo', 'turn off the demo at /').env('NO_DEMO'),
];

/** The certificate to serve HTTPS with, if there is one. */
export const tlsOf = ({ tlsCertificate, tlsKey }: ServingConfiguration) =>
  tlsCertificate === undefined || tlsKey === undefined ? undefined : { certificate: tlsCertificate, key: tlsKey };

/** The proxies that are trusted, if there are any. */
export const trustedProxiesOf = ({
  trustProxy,
  forwardingHeader: header = 'x-forwarded-for',
}: ServingConfiguration): TrustedProxies | undefined =>
  trustProxy === undefined ? undefined : { proxies: proxiesOf(trustProxy), header };

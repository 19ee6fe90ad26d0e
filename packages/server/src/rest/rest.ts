import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { cors } from 'hono/cors';
import * as v from 'valibot';
import type { LiveStreams } from '../liveStreams.ts';
import { originForm } from '../path.ts';
import type { Store } from '../store/store.ts';
import { authentication, checkSecret, type RestAuthentication } from './authentication.ts';
import { broadcastEndpoints } from './broadcasts.ts';
import { type Call, type Endpoint, parameters, type RestSecrets } from './endpoint.ts';
import { openApi } from './openapi.ts';
import { notDone, type Reply } from './reply.ts';
import { roomEndpoints } from './rooms.ts';
import { subscriberEndpoints } from './subscribers.ts';
import { tokenEndpoints } from './tokens.ts';

export type { RestAuthentication } from './authentication.ts';
export type { RestSecrets } from './endpoint.ts';

/** Options of a REST API. */
export interface RestOptions {
  /** The signalling server to administer. */
  readonly live: LiveStreams;
  /** Registrations. */
  readonly store: Store;
  /** Authentication. Default: every request is refused. */
  readonly authentication?: RestAuthentication;
  readonly secrets?: RestSecrets;
  /** Origins, such as `https://example.org`, whose pages may use the API (CORS). They need a key like every client. Default none. */
  readonly origins?: readonly string[] | undefined;
  /** The apps that it is for. Default: any. */
  readonly apps?: readonly string[];
  /** The time. Milliseconds since 1970, default that of the machine. */
  readonly now?: () => number;
  /** Called with defects, and with errors of the store. */
  readonly failed?: (error: unknown) => void;
}

/** A REST API. */
export interface Rest {
  /** Answers a request, given that it is one of Node's; says `false`, and does nothing, when its path is another's. */
  serve(request: IncomingMessage, response: ServerResponse): boolean;
  /** Answers a request of any runtime. */
  fetch(request: Request): Promise<Response>;
}

/** Longest body that is read. Bytes. */
const maxBodyBytes = 256 * 1024;

/** Endpoints in matching order: `conference-rooms` and `count` would otherwise match as ids. */
const endpoints: readonly Endpoint[] = [
  ...roomEndpoints,
  ...tokenEndpoints,
  ...subscriberEndpoints,
  ...broadcastEndpoints,
];

const appName = '[A-Za-z0-9_.-]{1,255}';
const restPath = new RegExp(`^/+${appName}/+rest/+v2(?:[/?]|$)`);

/** Time a browser may remember what pages of other origins are allowed. Seconds; more than this no browser does. */
const preflightSeconds = 7_200;

/** A request target as routes are written: in origin form, without repeated slashes in its path. */
const routeOf = (target: string): string => {
  const [path = '', ...query] = originForm(target).split('?');
  return [path.replaceAll(/\/{2,}/g, '/'), ...query].join('?');
};

/** Message about an invalid request, for people. */
const complaint = (what: string, [issue]: readonly [v.BaseIssue<unknown>, ...v.BaseIssue<unknown>[]]) => {
  const path = v.getDotPath(issue);
  return notDone(`${path === null ? what : `${what}: ${path}`}: ${issue.message}`, 400);
};

class Refused extends Error {
  readonly reply: Reply;

  constructor(reply: Reply) {
    super('refused');
    this.reply = reply;
  }
}

function checked<Schema extends v.GenericSchema>(what: string, schema: Schema, value: unknown): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, value);
  if (!parsed.success) throw new Refused(complaint(what, parsed.issues));
  return parsed.output;
}

function checkedParameters(given: Readonly<Record<string, string>>, path: string) {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name as keyof typeof parameters);
  return Object.fromEntries(names.map((name) => [name, checked(name, parameters[name], given[name])]));
}

/** Not longer than may be, whatever its sender announced. */
async function textOf({ headers, body }: Request): Promise<string> {
  const refused = new Refused(notDone(`The body is longer than ${maxBodyBytes} bytes.`, 413));
  if (Number(headers.get('content-length')) > maxBodyBytes) throw refused;
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of body ?? []) {
      size += chunk.length;
      if (size > maxBodyBytes) throw refused;
      chunks.push(chunk);
    }
  } catch (error) {
    // Otherwise the client has closed the connection, which is no failure of the server.
    throw error === refused ? error : new Refused(notDone('The body did not arrive.', 400));
  }
  // A byte order mark is not part of JSON, and may be ignored (RFC 8259 § 8.1).
  return Buffer.concat(chunks)
    .toString()
    .replace(/^\uFEFF/, '');
}

async function bodyOf(context: Context, schema: v.GenericSchema) {
  const text = await textOf(context.req.raw);
  if (schema.type === 'string') return checked('body', schema, text);
  let body: unknown = {};
  try {
    if (text.trim() !== '') body = JSON.parse(text);
  } catch {
    throw new Refused(notDone('The body is not JSON.', 400));
  }
  if (Array.isArray(body)) throw new Refused(notDone('The body is a list.', 400));
  return checked('body', schema, body);
}

/**
 * Creates a REST API under `/<app>/rest/v2`, with the paths and shapes of Ant Media's.
 *
 * @throws {Error} if a secret is too short, or if one secret is used for both players and administrators.
 *
 * @see docs/rest.md
 *
 * @example
 * ```ts
 * const rest = createRest({ live: signalling.live, store, authentication: { keys: [key] } });
 * const http = createServer((request, response) => {
 *   if (!rest.serve(request, response)) response.writeHead(404).end();
 * });
 * ```
 */
export function createRest(options: RestOptions): Rest {
  const { live, store, secrets = {}, apps, now = Date.now, failed = () => {} } = options;
  checkSecret('The secret for JWTs of streams', secrets.streamJwt);
  if (secrets.streamJwt !== undefined && secrets.streamJwt === options.authentication?.jwtSecret)
    throw new Error(
      'The secret for JWTs of streams must be another than that of the REST API: players have those JWTs.',
    );
  const authenticate = authentication(options.authentication ?? {});

  const answer = (context: Context, { status, body }: Reply) => {
    context.header('cache-control', 'no-store');
    // The rest of the body is not read, so the connection cannot be reused.
    if (status === 413) context.header('connection', 'close');
    if (status === 401) context.header('www-authenticate', 'Bearer');
    return context.json(body, status);
  };

  const hono = new Hono({ strict: false });
  hono.onError((error, context) => {
    if (error instanceof Refused) return answer(context, error.reply);
    failed(error);
    return answer(context, notDone('The store does not answer.', 503));
  });
  hono.notFound((context) => answer(context, notDone('There is no such thing.', 404)));

  const allPaths = `/:app{${appName}}/rest/v2/*`;
  // A preflight shows no key, so it is answered before one is asked for.
  if (options.origins !== undefined && options.origins.length > 0)
    hono.use(
      allPaths,
      cors({
        origin: [...options.origins],
        allowMethods: ['GET', 'POST', 'PUT', 'DELETE'],
        allowHeaders: ['Authorization', 'ProxyAuthorization', 'Content-Type'],
        maxAge: preflightSeconds,
      }),
    );
  hono.use(allPaths, async (context, next) => {
    if (apps !== undefined && !apps.includes(context.req.param('app') ?? '')) return context.notFound();
    const refusal = await authenticate(context.req.raw.headers);
    return refusal === undefined ? next() : answer(context, refusal);
  });
  hono.get(`/:app{${appName}}/rest/v2/openapi.json`, (context) =>
    answer(context, { status: 200, body: openApi(context.req.param('app'), endpoints) }),
  );
  for (const { method, path, query, body, handle } of endpoints) {
    const route = `/:app{${appName}}/rest/v2${path.replaceAll(/\{(\w+)\}/g, ':$1')}`;
    hono.on(method.toUpperCase(), route, async (context) => {
      const given: Readonly<Record<string, string>> = context.req.param();
      const app = given.app ?? '';
      const call: Call = {
        app,
        store: store.of(app),
        live,
        secrets,
        now: now(),
        parameters: checkedParameters(given, path),
        query: query && checked('query', query, context.req.query()),
        body: body && (await bodyOf(context, body)),
      };
      return answer(context, await handle(call));
    });
  }

  const fetch = async (request: Request) => hono.fetch(request);
  const listen = getRequestListener(fetch, { overrideGlobalObjects: false });
  return {
    serve(request, response) {
      const target = originForm(request.url ?? '');
      if (!restPath.test(target)) return false;
      request.url = routeOf(target);
      void listen(request, response);
      return true;
    },
    fetch,
  };
}

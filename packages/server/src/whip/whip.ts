import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import type { HttpEvent } from '@sigchart/core/machines';
import type { RateLimit, Resource } from '@sigchart/core/session';
import { type Context, Hono } from 'hono';
import { BodyError, type BodyLimits, readBody } from '../http/body.ts';
import { RequestRate } from '../http/requestRate.ts';
import type { OpenResource, SignallingServer } from '../server.ts';
import { allowed, fragmentType, refused, responseOf, sdpType } from './response.ts';

/** Options to serve WHIP and WHEP. */
export interface WhipOptions {
  /** The server whose streams are published and played. */
  readonly server: Pick<SignallingServer, 'openResource'>;
  /** The apps that it is for. Default: any. */
  readonly apps?: readonly string[];
  /** Number of resources that may exist at a time. Default 10 000. */
  readonly maxResources?: number;
  /** Offers that one address may make: resources and ICE restarts. Default 20 each second, 200 at once. */
  readonly rate?: RateLimit;
  /** Returns the address of the client that sent a request, for a server behind proxies. Default: the address of its connection. */
  readonly remoteAddressOf?: (request: IncomingMessage) => string | undefined;
  /** Identifies the user of a request, like the server's option of the same name. Default `undefined`. */
  readonly identify?: (request: IncomingMessage) => unknown;
  /** Limits for reading a body. Default 262 144 bytes in 10 s. */
  readonly body?: BodyLimits;
}

/** Serves WHIP and WHEP. */
export interface Whip {
  /** Serves a request of Node's if its path is one of WHIP or WHEP; else returns `false` and does nothing. */
  serve(request: IncomingMessage, response: ServerResponse): boolean;
  /** Serves a request of any runtime. */
  fetch(request: Request): Promise<Response>;
  /** Number of open resources. */
  readonly resources: number;
}

const appName = '[A-Za-z0-9_.-]{1,255}';

/** `/<app>/whip/…`, `/<app>/whep/…`, and where Ant Media has WHIP, among its REST API. */
const anyPath = new RegExp(`^/+${appName}/+(?:rest/+v2/+)?wh[ie]p(?:[/?]|$)`);

const roleOf = { whip: 'publisher', whep: 'player' } as const;

/** Costs of requests. A `PATCH` with candidates is cheap; one that restarts ICE is an offer, like a `POST`. */
const [offerCost, patchCost] = [1, 0.1];

const endpointMethods = 'POST, OPTIONS';
const resourceMethods = 'PATCH, DELETE, OPTIONS';

const hasType = (request: Request, type: string) =>
  (request.headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() === type;

/** The token of `Authorization: Bearer`, which some clients send without its scheme, or that of the query. */
function tokenOf(request: Request): string | undefined {
  const [scheme = '', token] = (request.headers.get('authorization') ?? '').trim().split(/ +/, 2);
  return scheme === '' ? (new URL(request.url).searchParams.get('token') ?? undefined) : (token ?? scheme);
}

/** The entity tag that a client takes for current. The Eyevinn client sends it as `ETag` instead of `If-Match`. */
const tagOf = ({ headers }: Request): string | undefined =>
  (headers.get('if-match') ?? headers.get('etag') ?? undefined)?.trim().replace(/^(?:W\/)?"(.*)"$/, '$1');

/** A path without the slashes at its end. A pattern for them takes time that is quadratic in their number. */
function withoutSlashes(path: string): string {
  let end = path.length;
  while (path[end - 1] === '/') end -= 1;
  return path.slice(0, end);
}

const gone = () => refused(404, 'There is no such resource.');

/** The place of a resource in the paths. */
interface ResourceAddress {
  readonly app: string;
  readonly role: 'publisher' | 'player';
  readonly streamId: string;
}

/** One resource over HTTP: gives its machine requests, and finds the request that a response is for. */
class Exchanges {
  readonly #address: ResourceAddress;
  readonly #waiting = new Map<number, (response: Response) => void>();
  readonly #resource: Resource;
  #count = 0;

  constructor(
    server: WhipOptions['server'],
    address: ResourceAddress,
    who: Pick<OpenResource, 'remoteAddress' | 'identity'>,
    location: string,
    ended: () => void,
  ) {
    this.#address = address;
    const { app, role, streamId } = address;
    this.#resource = server.openResource(app, {
      ...who,
      address: { role, streamId },
      respond: ({ exchange, response }) => {
        this.#waiting.get(exchange)?.(responseOf(response, location));
        this.#waiting.delete(exchange);
      },
      ended: () => {
        // A request while the resource ends is answered as if it had ended.
        for (const resolve of this.#waiting.values()) resolve(gone());
        ended();
      },
    });
  }

  /** Reports whether the resource is at this place. */
  isAt({ app, role, streamId }: ResourceAddress): boolean {
    const own = this.#address;
    return own.app === app && own.role === role && own.streamId === streamId;
  }

  /** Sends an event to the resource, and resolves with its response. */
  ask(eventOf: (exchange: number) => HttpEvent, signal?: AbortSignal): Promise<Response> {
    this.#count += 1;
    const exchange = this.#count;
    return new Promise((resolve) => {
      this.#waiting.set(exchange, resolve);
      signal?.addEventListener('abort', () => this.#resource.receive({ type: 'http.aborted', exchange }), {
        once: true,
      });
      this.#resource.receive(eventOf(exchange));
    });
  }
}

/**
 * Serves WHIP (RFC 9725) under `/<app>/whip/<streamId>` and WHEP under `/<app>/whep/<streamId>`, for a signalling server.
 *
 * @see docs/whip.md
 *
 * @example
 * ```ts
 * const whip = createWhip({ server: signalling });
 * const http = createServer((request, response) => whip.serve(request, response) || response.writeHead(404).end());
 * ```
 */
export function createWhip(options: WhipOptions): Whip {
  const { server, apps, maxResources = 10_000, body = { maxBytes: 262_144, timeoutMs: 10_000 } } = options;
  const { remoteAddressOf = ({ socket }) => socket.remoteAddress } = options;
  const { rate = { perSecond: 20, burst: 200 } } = options;
  const resources = new Map<string, Exchanges>();
  const requests = new RequestRate(rate);

  const remoteAddressIn = (context: Context) => {
    const { incoming } = context.env as Partial<HttpBindings>;
    return incoming && remoteAddressOf(incoming);
  };
  /** The refusal of a request if its address has asked for too much. */
  const limited = (context: Context, cost: number): Response | undefined => {
    const remoteAddress = remoteAddressIn(context);
    const waitMs = remoteAddress === undefined ? 0 : requests.take(remoteAddress, cost);
    if (waitMs === 0) return undefined;
    return refused(429, 'Too much was asked for from this address.', {
      'retry-after': String(Math.ceil(waitMs / 1_000)),
    });
  };
  const addressIn = (context: Context, role: ResourceAddress['role']): ResourceAddress => {
    const { app = '', streamId = '' } = context.req.param() as { app?: string; streamId?: string };
    return { app, role, streamId };
  };

  const post = async (context: Context, role: ResourceAddress['role']): Promise<Response> => {
    const request = context.req.raw;
    const address = addressIn(context, role);
    const { streamId } = address;
    if (!hasType(request, sdpType))
      return refused(415, `Send an offer of type ${sdpType}.`, { 'accept-post': sdpType });
    if (resources.size >= maxResources) return refused(503, 'The server has as many resources as it may have.');
    const tooMuch = limited(context, offerCost);
    if (tooMuch !== undefined) return tooMuch;
    const sdp = await readBody(request, body);
    if (!/^v=0\r?\n/.test(sdp)) return refused(400, 'The body is not a session description.');
    const id = randomUUID();
    const { incoming } = context.env as Partial<HttpBindings>;
    let identity: unknown;
    try {
      identity = incoming && (await options.identify?.(incoming));
    } catch {
      return refused(401, 'It is not known who asks.');
    }
    const location = `${withoutSlashes(new URL(request.url).pathname)}/${id}`;
    const remoteAddress = remoteAddressIn(context);
    const exchanges = new Exchanges(server, address, { remoteAddress, identity }, location, () => resources.delete(id));
    resources.set(id, exchanges);
    const mainTrack = context.req.query('mainTrack');
    const token = tokenOf(request);
    return exchanges.ask(
      (exchange) => ({ type: 'http.post', exchange, role, streamId, sdp, token, mainTrack }),
      request.signal,
    );
  };

  const patch = async (context: Context, role: ResourceAddress['role']): Promise<Response> => {
    const request = context.req.raw;
    if (!hasType(request, fragmentType))
      return refused(415, `Send a body of type ${fragmentType}.`, { 'accept-patch': fragmentType });
    const tooMuch = limited(context, patchCost);
    if (tooMuch !== undefined) return tooMuch;
    const fragment = await readBody(request, body);
    const ifMatch = tagOf(request);
    const response = await found(context, role)?.ask((exchange) => ({
      type: 'http.patch',
      exchange,
      ifMatch,
      body: fragment,
    }));
    if (response === undefined) return gone();
    const remoteAddress = remoteAddressIn(context);
    const hasRestarted = response.status === 200 || response.status === 422;
    if (hasRestarted && remoteAddress !== undefined) requests.charge(remoteAddress, offerCost);
    return response;
  };

  /** The resource that a path names. */
  const found = (context: Context, role: ResourceAddress['role']) => {
    const resource = resources.get(context.req.param('id') ?? '');
    return resource?.isAt(addressIn(context, role)) === true ? resource : undefined;
  };
  const hono = new Hono({ strict: false });
  hono.onError((error) => {
    if (!(error instanceof BodyError)) throw error;
    // The rest of the body is not read, so the connection cannot be reused.
    return refused(error.status, error.message, { connection: 'close' });
  });
  hono.notFound(() => refused(404, 'There is no such path.'));
  for (const [name, role] of Object.entries(roleOf)) {
    for (const prefix of [`/:app{${appName}}/${name}`, `/:app{${appName}}/rest/v2/${name}`]) {
      hono.use(`${prefix}/*`, async (context, next) => {
        if (apps !== undefined && !apps.includes(context.req.param('app') ?? '')) return context.notFound();
        return next();
      });
      hono.options(`${prefix}/:streamId`, () => allowed(endpointMethods, { 'accept-post': sdpType }));
      hono.post(`${prefix}/:streamId`, (context) => post(context, role));
      hono.all(`${prefix}/:streamId`, () => refused(405, 'Only POST is allowed here.', { allow: endpointMethods }));
      hono.options(`${prefix}/:streamId/:id`, () => allowed(resourceMethods, { 'accept-patch': fragmentType }));
      hono.delete(`${prefix}/:streamId/:id`, (context) => {
        const exchanges = found(context, role);
        return exchanges === undefined ? gone() : exchanges.ask((exchange) => ({ type: 'http.delete', exchange }));
      });
      hono.patch(`${prefix}/:streamId/:id`, (context) => patch(context, role));
      hono.all(`${prefix}/:streamId/:id`, () =>
        refused(405, 'Only PATCH and DELETE are allowed here.', { allow: resourceMethods }),
      );
    }
  }

  const fetch = async (request: Request, bindings: Partial<HttpBindings> = {}) => hono.fetch(request, bindings);
  const listen = getRequestListener((request, bindings) => fetch(request, bindings as HttpBindings), {
    overrideGlobalObjects: false,
  });
  return {
    serve(request, response) {
      if (!anyPath.test(request.url ?? '')) return false;
      void listen(request, response);
      return true;
    },
    fetch: (request) => fetch(request),
    get resources() {
      return resources.size;
    },
  };
}

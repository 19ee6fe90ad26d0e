import type { Attributes, Span } from '@opentelemetry/api';
import type { Transition } from '@sigchart/core/session';
import type { ServerObserver, ServerScene } from './server.ts';
import type { WebhookAttempt } from './webhook/webhooks.ts';

/** The part of `@opentelemetry/api` that spans are made with. The package is an optional peer: an application passes it in. */
export type OpenTelemetry = Pick<
  typeof import('@opentelemetry/api'),
  'trace' | 'ROOT_CONTEXT' | 'SpanKind' | 'SpanStatusCode'
>;

/** Spans of a server. Every function is an option of something else, and none changes what that does. */
export interface Tracing {
  /** For `observe` of `createSignallingServer`. */
  readonly observe: ServerObserver;
  /**
   * For `onFirstPacket` of `createMedia`.
   *
   * @param open - The connection, as it was opened.
   */
  readonly firstPacket: (direction: 'received' | 'sent', ms: number, open: object) => void;
  /** For `observe` of `createWebhooks`. */
  readonly webhook: (attempt: WebhookAttempt) => (reason: string | undefined) => void;
  /** Ends the spans that are open. */
  close(): void;
}

/** Fields of events and effects that tracing reads. */
interface Detail {
  readonly type: string;
  readonly step?: string;
  readonly reason?: string;
  readonly definition?: string;
  readonly action?: string;
  readonly streamId?: string | undefined;
  readonly request?: { readonly action: string; readonly streamId?: string | undefined };
  readonly message?: { readonly command: string; readonly type?: string; readonly definition?: string };
}

const text = (state: unknown) => (typeof state === 'string' ? state : JSON.stringify(state));

const isDescription = ({ type, message }: Detail, of: 'offer' | 'answer') =>
  (type === 'signal.takeConfiguration' || type === 'signal.send') &&
  message?.command === 'takeConfiguration' &&
  message.type === of;

const decisionKey = ({ action = '', streamId = '' }: Pick<Detail, 'action' | 'streamId'>) =>
  JSON.stringify([action, streamId]);

/** Names of the spans of machines. Other machines have none. */
const spanNames: Readonly<Record<string, string>> = {
  'socket.server': 'session',
  'publisher.server': 'publish',
  'player.server': 'play',
};

/**
 * Creates OpenTelemetry spans from the transitions of a server's machines:
 *
 * - `session`: a socket, from its opening to its end
 * - `publish`, `play`: a role, from its request to its end; its changes of state are events
 * - `authorize`: a request, until it is decided
 * - `negotiate`: from an offer to its answer
 * - `connect`: from the request of a role until its media is connected
 * - `first packet`: from opening a connection to its first RTP packet
 * - `webhook`: one attempt to deliver a webhook
 *
 * @example
 * ```ts
 * import * as api from '@opentelemetry/api';
 *
 * const tracing = createTracing(api);
 * const media = createMedia({ onFirstPacket: tracing.firstPacket });
 * const signalling = createSignallingServer({ media, observe: tracing.observe });
 * ```
 */
export function createTracing({ trace, ROOT_CONTEXT, SpanKind, SpanStatusCode }: OpenTelemetry): Tracing {
  const tracer = trace.getTracer('sigchart');
  const open = new Set<Span>();
  const sessions = new Map<number, Span>();
  /** Publishers, for the webhooks about their streams. */
  const publishers = new Map<string, Span>();
  /** Spans that wait for the first packet of a connection. */
  const packets = new WeakMap<object, Span>();

  const start = (name: string, attributes: Attributes, parent?: Span, kind = SpanKind.INTERNAL): Span => {
    const context = parent === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, parent);
    const span = tracer.startSpan(name, { attributes, kind }, context);
    open.add(span);
    return span;
  };

  /** Ends a span once; further calls do nothing. */
  const end = (span: Span | undefined, reason?: string) => {
    if (span === undefined || !open.delete(span)) return;
    if (reason !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: reason });
    span.end();
  };

  const publisherKey = (app: string, streamId: string) => JSON.stringify([app, streamId]);

  /** Spans of one machine. */
  const machineSpans = (name: string, { app, socket, address, remoteAddress }: ServerScene) => {
    const attributes: Attributes = { 'sigchart.app': app, 'sigchart.socket': socket };
    if (address !== undefined) attributes['sigchart.stream_id'] = address.streamId;
    if (remoteAddress !== undefined) attributes['client.address'] = remoteAddress;
    const parent = address === undefined ? undefined : sessions.get(socket);
    const span = start(name, attributes, parent, parent === undefined ? SpanKind.SERVER : SpanKind.INTERNAL);
    const connect = address && start('connect', attributes, span);
    const decisions = new Map<string, Span>();
    const publisherOf = address?.role === 'publisher' ? publisherKey(app, address.streamId) : undefined;
    let negotiation: Span | undefined;
    let firstPacket: Span | undefined;
    let reason: string | undefined;
    if (address === undefined) sessions.set(socket, span);
    if (publisherOf !== undefined) publishers.set(publisherOf, span);

    const hear = (detail: Detail, opened: object) => {
      if (isDescription(detail, 'offer')) {
        end(negotiation, 'another offer');
        negotiation = start('negotiate', attributes, span);
      } else if (isDescription(detail, 'answer')) {
        end(negotiation);
      } else if (detail.type === 'rtc.open') {
        end(firstPacket, 'another connection');
        firstPacket = start('first packet', attributes, span);
        packets.set(opened, firstPacket);
      } else if (detail.type === 'rtc.close') {
        end(firstPacket, 'closed without a packet');
      } else if (detail.type === 'rtc.connected') {
        end(connect);
      } else if (detail.type === 'rtc.failed') {
        reason = [detail.step, detail.reason].filter(Boolean).join(': ');
        span.addEvent('failed', { 'sigchart.step': detail.step ?? '', 'sigchart.reason': detail.reason ?? '' });
      } else if (detail.type === 'access.request') {
        decisions.set(
          decisionKey(detail),
          start('authorize', { ...attributes, 'sigchart.action': detail.action }, span),
        );
      } else if (detail.type === 'access.granted' || detail.type === 'access.refused') {
        const key = decisionKey(detail.request ?? {});
        end(decisions.get(key), detail.definition);
        decisions.delete(key);
      } else if (detail.type === 'signal.send' && detail.message?.command === 'error') {
        reason = detail.message.definition;
        span.addEvent('error', { 'sigchart.definition': reason ?? '' });
      }
    };

    return ({ event, effects, from, state, status }: Transition) => {
      hear(event as Detail, event);
      if (from !== undefined && text(from) !== text(state))
        span.addEvent('state', { 'sigchart.state': text(state) ?? '', 'sigchart.event': event.type });
      for (const effect of effects) hear(effect as Detail, effect);
      if (status === 'active') return;
      for (const waiting of [negotiation, firstPacket, connect, ...decisions.values()])
        end(waiting, reason ?? 'the role ended');
      // A refused message does not make the socket itself a failure.
      end(span, address === undefined ? undefined : reason);
      if (sessions.get(socket) === span) sessions.delete(socket);
      if (publisherOf !== undefined && publishers.get(publisherOf) === span) publishers.delete(publisherOf);
    };
  };

  return {
    observe(scene) {
      let listener: ((transition: Transition) => void) | undefined;
      return (transition) => {
        const name = spanNames[transition.machine];
        if (name === undefined) return;
        listener ??= machineSpans(name, scene);
        listener(transition);
      };
    },
    firstPacket(direction, _ms, opened) {
      const span = packets.get(opened);
      span?.setAttribute('sigchart.direction', direction);
      end(span);
    },
    webhook({ url, app, action, streamId, attempt }) {
      const attributes: Attributes = {
        'sigchart.app': app,
        'sigchart.stream_id': streamId,
        'sigchart.action': action,
        'http.request.method': 'POST',
        // Without its query, which may hold a secret.
        'server.address': URL.parse(url)?.host ?? '',
        'http.request.resend_count': attempt,
      };
      const span = start('webhook', attributes, publishers.get(publisherKey(app, streamId)), SpanKind.CLIENT);
      return (reason) => end(span, reason);
    },
    close() {
      for (const span of [...open].reverse()) end(span, 'the server stopped');
      sessions.clear();
      publishers.clear();
    },
  };
}

import * as api from '@opentelemetry/api';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { beforeEach, expect, test } from 'vitest';
import { createWebhooks, memoryStore } from '../src/index.ts';
import { createTracing } from '../src/tracing.ts';
import { until, useServer } from './wire.ts';

const exporter = new InMemorySpanExporter();
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
const tracing = createTracing({
  ...api,
  trace: Object.assign(Object.create(api.trace), { getTracer: () => provider.getTracer('test') }),
});

/** Connections that were opened, as media has them. */
const opened: object[] = [];
const server = useServer({
  observe: (scene) => {
    const listen = tracing.observe(scene);
    return (transition) => {
      for (const effect of transition.effects) if (effect.type === 'rtc.open') opened.push(effect);
      listen(transition);
    };
  },
});

beforeEach(() => {
  exporter.reset();
  opened.length = 0;
});

/** Spans that ended, each below its parent, with the reason of its failure. */
function spans(): string[] {
  const all = exporter.getFinishedSpans();
  const named = new Map(all.map((span) => [span.spanContext().spanId, span.name]));
  return all.map(({ name, parentSpanContext, status }) => {
    const parent = parentSpanContext === undefined ? '' : `${named.get(parentSpanContext.spanId) ?? '?'} > `;
    return `${parent}${name}${status.code === api.SpanStatusCode.ERROR ? `: ${status.message}` : ''}`;
  });
}

test('a publisher has spans from its socket to its first packet', async () => {
  const wire = await server.connect();
  const publisher = server.network.connect(['v']);
  wire.send({ command: 'publish', streamId: 's' });
  await wire.hears({ command: 'start' });
  const offer = await publisher.createOffer();
  await publisher.setLocalDescription({ type: 'offer', sdp: offer.sdp ?? '' });
  wire.send({ command: 'takeConfiguration', streamId: 's', type: 'offer', sdp: offer.sdp });
  await wire.hears({ command: 'takeConfiguration', type: 'answer' });
  const { sdp } = wire.heard.find(({ type }) => type === 'answer') as { readonly sdp: string };
  await publisher.setRemoteDescription({ type: 'answer', sdp });
  wire.send({ command: 'takeCandidate', streamId: 's', label: 0, id: '0', candidate: 'mine' });
  await wire.hears({ definition: 'publish_started' });
  for (const open of opened) tracing.firstPacket('received', 12, open);
  wire.webSocket.terminate();
  await until(() => expect(spans()).toContain('session'));
  expect(spans().toSorted()).toEqual([
    'publish > authorize',
    'publish > connect',
    'publish > first packet',
    'publish > negotiate',
    'session',
    'session > publish',
  ]);
  const [span] = exporter.getFinishedSpans().filter(({ name }) => name === 'publish');
  expect(span?.attributes).toMatchObject({ 'sigchart.app': 'live', 'sigchart.stream_id': 's' });
  expect(JSON.stringify(span?.events)).toContain('receiving');
  publisher.close();
});

test('a role that fails has the reason, and leaves no span open', async () => {
  const wire = await server.connect();
  wire.send({ command: 'play', streamId: 'nobody' });
  await wire.hears({ command: 'error', definition: 'no_stream_exist' });
  wire.send({ command: 'publish', streamId: 's' });
  await wire.hears({ command: 'start' });
  wire.send({ command: 'takeConfiguration', streamId: 's', type: 'offer', sdp: 'v=0' });
  wire.send({ command: 'stop', streamId: 's' });
  await wire.settle();
  wire.webSocket.terminate();
  await until(() => expect(spans()).toContain('session'));
  expect(spans()).toContain('session > play: no_stream_exist');
  const ended = exporter.getFinishedSpans().length;
  tracing.close();
  expect(exporter.getFinishedSpans()).toHaveLength(ended);
});

test('an attempt to deliver a webhook is a span, with the reason of its failure', async () => {
  const store = memoryStore();
  const webhooks = createWebhooks({ store, url: 'http://127.0.0.1:9/hook?secret=x', observe: tracing.webhook });
  webhooks.notify({
    app: 'live',
    action: 'liveStreamStarted',
    streamId: 's',
    streamName: '',
    metaData: '',
    remoteAddress: '',
  } as never);
  await until(() => expect(spans()).toHaveLength(1));
  expect(spans()[0]).toMatch(/^webhook: .+/);
  const [span] = exporter.getFinishedSpans();
  expect(span?.attributes).toMatchObject({ 'sigchart.action': 'liveStreamStarted', 'server.address': '127.0.0.1:9' });
  expect(JSON.stringify(span?.attributes)).not.toContain('secret');
  await webhooks.close(0);
});

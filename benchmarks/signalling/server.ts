// The signalling server. Started by the benchmark. `recorded`: as the reference server records it. `negotiating`: offers are
// answered by werift, and not by a text.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createFeed, createRecorder } from '@sigchart/inspect';
import { createSignallingServer } from '@sigchart/server';
import { createMedia } from '@sigchart/werift';
import { tellUsage } from './measured.ts';
import { SilentConnection } from './silentConnection.ts';

const answer = readFileSync(
  new URL('../../packages/werift/src/sdp/golden/chromium-answer.sdp', import.meta.url),
  'utf8',
);

function recorded() {
  const recorder = createRecorder({ name: 'server' });
  createFeed(recorder);
  return recorder.observer();
}

const signalling = createSignallingServer({
  media: process.argv.includes('negotiating') ? createMedia() : { connect: () => new SilentConnection(answer) },
  // All sessions come from one address.
  limits: {
    socketsPerAddress: Number.POSITIVE_INFINITY,
    addressMessageRate: Number.POSITIVE_INFINITY,
    addressMessageBurst: Number.POSITIVE_INFINITY,
  },
  observe: process.argv.includes('recorded') ? recorded() : undefined,
});
const http = createServer();
http.on('upgrade', signalling.upgrade);
http.listen(0, '127.0.0.1', 5_000, () => tellUsage((http.address() as AddressInfo).port));

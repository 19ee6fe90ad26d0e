// The peer: a WebSocket server that parses each message and sends it back. Started by the benchmark.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { tellUsage } from './measured.ts';

const http = createServer();
const webSockets = new WebSocketServer({ server: http, perMessageDeflate: false });
webSockets.on('connection', (webSocket) => {
  webSocket.on('message', (data) => webSocket.send(JSON.stringify(JSON.parse(String(data)))));
});
http.listen(0, '127.0.0.1', 5_000, () => tellUsage((http.address() as AddressInfo).port));

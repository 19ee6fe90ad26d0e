// A client that asks for an answer every 20 ms, in a thread of its own and from an address of its own.
import { parentPort, workerData } from 'node:worker_threads';
import { WebSocket } from 'ws';

const everyMs = 20;
const times: number[] = [];
let sentMs = 0;
const socket = new WebSocket(workerData.url, { perMessageDeflate: false, localAddress: '127.0.0.2' });
const ask = () => {
  sentMs = performance.now();
  socket.send('{"command":"ping"}');
};
socket.on('error', () => {});
socket.on('open', () => {
  parentPort?.postMessage('open');
  ask();
});
socket.on('message', () => {
  times.push(performance.now() - sentMs);
  setTimeout(ask, everyMs);
});
parentPort?.on('message', () => {
  // An unanswered request has taken at least this long.
  parentPort?.postMessage([...times, performance.now() - sentMs]);
  socket.terminate();
  parentPort?.close();
});

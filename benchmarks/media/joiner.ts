// Joins as a player, again and again, at a rate: `node joiner.ts <url> <joins a second> <milliseconds>`. Prints the number of joins.
import { setTimeout } from 'node:timers/promises';
import { Peer } from './peer.ts';
import { joinAt } from './sigchart.ts';

const [url = '', perSecond = '1', durationMs = '1000'] = process.argv.slice(2);
const endMs = performance.now() + Number(durationMs);
let joined = 0;

async function join(): Promise<void> {
  const peer = new Peer('recvonly');
  const leave = await joinAt(url, peer);
  joined += 1;
  leave();
  await peer.close();
}

for (let due = performance.now(); due < endMs; due += 1000 / Number(perSecond)) {
  await setTimeout(Math.max(0, due - performance.now()));
  void join().catch(() => {});
}
// Those that have not joined by now are left as they are: their sockets close.
process.stdout.write(String(joined), () => process.exit(0));

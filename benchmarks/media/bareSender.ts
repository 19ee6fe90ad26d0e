// Encrypts and sends packets with nothing around it: the least that Node needs for that. Run as a process of its own.
import { createCipheriv, createSecretKey, randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { argv, cpuUsage } from 'node:process';
import { setTimeout } from 'node:timers/promises';

const [players, windowMs, ...ports] = argv.slice(2).map(Number);
const payload = randomBytes(1_200);
const header = randomBytes(28);
const vector = randomBytes(12);
const key = createSecretKey(randomBytes(16));
const lookup = (host: string, _: unknown, found: (error: null, address: string, family: number) => void) =>
  found(null, host, 4);
const sockets = Array.from({ length: players ?? 0 }, () => createSocket({ type: 'udp4', lookup }));
let sent = 0;

function sendOne(): void {
  for (const [index, socket] of sockets.entries()) {
    vector.writeUInt32BE(sent);
    const cipher = createCipheriv('aes-128-gcm', key, vector);
    cipher.setAAD(header);
    const encrypted = cipher.update(payload);
    cipher.final();
    socket.send([header, encrypted, cipher.getAuthTag()], ports[index] ?? 0, '127.0.0.1');
    sent += 1;
  }
}

// Compiled first, as in a server.
for (let count = 0; count < 5_000; count += players ?? 1) {
  sendOne();
  await setTimeout(0);
}
const timer = setInterval(sendOne, 10);
const [before, sentBefore] = [cpuUsage(), sent];
await setTimeout(windowMs);
clearInterval(timer);
const { user, system } = cpuUsage(before);
const packets = sent - sentBefore;
process.stdout.write(JSON.stringify({ packetUs: (user + system) / packets, systemUs: system / packets }));
for (const socket of sockets) socket.close();

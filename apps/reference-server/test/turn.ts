import { spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

/** A TURN server that runs for a test, for `user` with `secret`. */
export interface TurnServer {
  readonly port: number;
  stop(): Promise<void>;
}

async function boundSocket(): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

const portOf = (socket: Socket) => (socket.address() as AddressInfo).port;

/** Waits until a STUN server answers. @see RFC 8489 § 5 */
async function answers(port: number): Promise<void> {
  const socket = await boundSocket();
  const request = Buffer.from(`00010000${'2112a442'}${'00'.repeat(12)}`, 'hex');
  const timer = setInterval(() => socket.send(request, port, '127.0.0.1'), 100);
  await once(socket, 'message');
  clearInterval(timer);
  socket.close();
}

/** Starts coturn on the loopback address; with a secret, for credentials made from it. */
export async function startTurn(secret?: string): Promise<TurnServer> {
  const free = await boundSocket();
  const port = portOf(free);
  free.close();
  const child = spawn('/usr/bin/turnserver', [
    '-n',
    ...['--listening-ip=127.0.0.1', '--relay-ip=127.0.0.1', `--listening-port=${port}`],
    ...(secret === undefined
      ? ['--lt-cred-mech', '--user=user:secret']
      : ['--use-auth-secret', `--static-auth-secret=${secret}`]),
    ...['--realm=test', '--allow-loopback-peers'],
    ...['--no-tls', '--no-dtls', '--no-cli', '--pidfile=', '--log-file=stdout', '--simple-log'],
  ]);
  child.stdout.resume();
  child.stderr.resume();
  const failed = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`turnserver ended with ${code}`)));
  });
  await Promise.race([answers(port), failed]);
  failed.catch(() => {});
  return {
    port,
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Relays to a TURN server, and delays the datagrams of its clients. */
export async function farAway(server: TurnServer, delayMs: number): Promise<TurnServer> {
  const front = await boundSocket();
  const backs = new Map<number, Socket>();
  const timers = new Set<NodeJS.Timeout>();
  const backOf = (client: number) => {
    const known = backs.get(client);
    if (known !== undefined) return known;
    const back = createSocket('udp4');
    back.on('message', (datagram) => front.send(datagram, client, '127.0.0.1'));
    backs.set(client, back);
    return back;
  };
  front.on('message', (datagram, { port }) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      backOf(port).send(datagram, server.port, '127.0.0.1');
    }, delayMs);
    timers.add(timer);
  });
  return {
    port: portOf(front),
    async stop() {
      for (const timer of timers) clearTimeout(timer);
      for (const socket of [front, ...backs.values()]) socket.close();
    },
  };
}

import { execFileSync } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { outputOf } from '../process.ts';

/** Cost of encryption and sending alone. */
export interface BareFigures {
  /** Microseconds of CPU a packet. */
  readonly packetUs: number;
  /** Part of it that the kernel used. */
  readonly systemUs: number;
}

/** `sockets` sends on a socket for each player, `together` all packets by one call on one socket, `encrypt` sends nothing. */
type NativeWork = 'sockets' | 'together' | 'encrypt';

const nodeProgram = fileURLToPath(new URL('bareSender.ts', import.meta.url));
const nativeSource = fileURLToPath(new URL('bareSender.c', import.meta.url));

async function openReceiver(): Promise<Socket> {
  const socket = createSocket('udp4', () => {});
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

/** Has a program send packets to sockets of this process. */
async function measure(players: number, [program, ...first]: readonly [string, ...string[]]): Promise<BareFigures> {
  const receivers = await Promise.all(Array.from({ length: players }, openReceiver));
  const ports = receivers.map((socket) => String(socket.address().port));
  const output = await outputOf(program, [...first, ...ports]);
  for (const socket of receivers) socket.close();
  return JSON.parse(output);
}

/** Encryption and sending in Node. */
export const nodeSender = (players: number, windowMs: number): Promise<BareFigures> =>
  measure(players, [
    process.execPath,
    '--disable-warning=ExperimentalWarning',
    nodeProgram,
    String(players),
    String(windowMs),
  ]);

/** Encryption and sending in C: what a native engine would need at least. */
export type NativeSender = (players: number, windowMs: number, work: NativeWork) => Promise<BareFigures>;

/** Compiles the sender in C. `undefined` without a C compiler and the header files of OpenSSL (Debian package `libssl-dev`). */
export function compileNativeSender(): NativeSender | undefined {
  const program = join(mkdtempSync(join(tmpdir(), 'bare-sender-')), 'bareSender');
  try {
    execFileSync('cc', ['-O2', nativeSource, '-lcrypto', '-o', program], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  return (players, windowMs, work) => measure(players, [program, String(players), String(windowMs), work]);
}

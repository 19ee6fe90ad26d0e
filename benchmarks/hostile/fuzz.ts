import { decodeClientMessage, decodeServerMessage } from '@sigchart/core/protocol';
import { WebSocket } from 'ws';
import { candidateOf, descriptionOf, envelopeOf } from './envelopes.ts';
import { Random } from './random.ts';
import { startServer } from './referenceServer.ts';

/** Size of a run. */
export interface FuzzOptions {
  /** Texts, each decoded and sent to a server. */
  readonly envelopes: number;
  /** Descriptions, each with a candidate, sent to a server by a publisher or a player. */
  readonly descriptions: number;
  readonly seed: number;
  readonly progress?: (what: string) => void;
}

/** Number of clients that send. */
const clients = 8;

/** Number of texts after which every client is checked for answers. */
const round = 500;

/** A client of which every text has to leave its socket open and answered. */
class Client {
  readonly #socket: WebSocket;
  #pongs = 0;
  #wake = () => {};
  #end = '';

  constructor(url: string) {
    this.#socket = new WebSocket(url, { perMessageDeflate: false });
    this.#socket.on('error', () => {});
    this.#socket.on('open', () => this.#wake());
    this.#socket.on('close', (code, reason) => {
      this.#end = `${code} ${reason}`;
      this.#wake();
    });
    this.#socket.on('message', (data) => {
      if (String(data) !== '{"command":"pong"}') return;
      this.#pongs += 1;
      this.#wake();
    });
  }

  async #until(isDone: () => boolean): Promise<void> {
    while (!isDone()) {
      if (this.#socket.readyState > WebSocket.OPEN) throw new Error(`the server closed a healthy socket: ${this.#end}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  opened(): Promise<void> {
    return this.#until(() => this.#socket.readyState === WebSocket.OPEN);
  }

  send(text: string): void {
    this.#socket.send(text);
  }

  /** Waits until everything sent so far has been dealt with. */
  async settle(): Promise<void> {
    const before = this.#pongs;
    this.send('{"command":"ping"}');
    // The client may have sent a ping itself.
    await this.#until(() => this.#pongs > before);
  }

  close(): void {
    this.#socket.terminate();
  }
}

/** @throws {Error} when a decoder throws. */
function decodeBoth(text: string): void {
  decodeClientMessage(text);
  decodeServerMessage(text);
}

/**
 * Sends invalid messages to a server, and to the decoders.
 *
 * @throws {Error} if the server ends, logs an uncaught exception, closes a socket, or stops answering one.
 */
export async function fuzz({ envelopes, descriptions, seed, progress = () => {} }: FuzzOptions): Promise<void> {
  const random = new Random(seed);
  const unlimited = 'messageRate=none,messageBurst=none,addressMessageRate=none,addressMessageBurst=none';
  const server = await startServer(['--limits', unlimited]);
  const check = () => {
    if (!server.isWell()) throw new Error(`the server is not well, with seed ${seed}`);
  };
  try {
    const all = Array.from({ length: clients }, () => new Client(server.url));
    for (const client of all) await client.opened();
    const settle = async () => {
      for (const client of all) await client.settle();
      check();
    };
    for (let count = 0; count < envelopes; count += 1) {
      const text = envelopeOf(random);
      decodeBoth(text);
      all[count % clients]?.send(text);
      if (count % round === round - 1) await settle();
      if (count % 20_000 === 19_999) progress(`${count + 1} envelopes`);
    }
    await settle();
    for (let count = 0; count < descriptions; count += 1) {
      const client = all[count % clients] as Client;
      const streamId = `d${count % clients}`;
      const say = (command: string, fields: object) => client.send(JSON.stringify({ command, streamId, ...fields }));
      say('publish', {});
      say('takeConfiguration', { type: 'offer', sdp: descriptionOf(random) });
      say('takeCandidate', { label: 0, id: '0', candidate: candidateOf(random) });
      say('stop', {});
      if (count % clients === clients - 1) await settle();
      if (count % 2_000 === 1_999) progress(`${count + 1} descriptions`);
    }
    await settle();
    for (const client of all) client.close();
  } finally {
    await server.stop();
  }
}

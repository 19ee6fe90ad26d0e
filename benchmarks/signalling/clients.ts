import { once } from 'node:events';
import { WebSocket } from 'ws';

/** Number of sockets that are active at a time. */
const concurrency = 50;

/** Does something for each of some things, a few at a time. */
async function forEach<T>(all: readonly T[], act: (each: T, index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < all.length) {
      const index = next;
      next += 1;
      await act(all[index] as T, index);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}

/** Alternation of servers: a number of sessions of one are active before it is the next one's turn, until each has had all. */
interface Turns {
  readonly sessions: number;
  readonly turn: number;
}

/** Does something for all sessions of all servers, in turns: what the machine does besides falls on all of them alike. */
export async function inTurns<Server>(
  all: readonly Server[],
  { sessions, turn }: Turns,
  act: (server: Server, index: number) => Promise<void>,
): Promise<void> {
  for (let first = 0; first < sessions; first += turn)
    for (const each of all) {
      const indices = Array.from({ length: Math.min(turn, sessions - first) }, (_, offset) => first + offset);
      await forEach(indices, (index) => act(each, index));
    }
}

/** A client that sends given messages and counts the server's answers. */
export class Client {
  readonly #webSocket: WebSocket;
  #heard = 0;
  #wake: (() => void) | undefined;
  #last = '';

  constructor(url: string) {
    this.#webSocket = new WebSocket(`${url}/live/websocket`, { perMessageDeflate: false });
    this.#webSocket.on('message', (data) => {
      this.#heard += 1;
      this.#last = String(data);
      this.#wake?.();
    });
  }

  /** Number of messages received. */
  get heard(): number {
    return this.#heard;
  }

  async opened(): Promise<void> {
    await once(this.#webSocket, 'open');
  }

  send(text: string): void {
    this.#webSocket.send(text);
  }

  /** Waits for a message that has a text in it. */
  async hears(text: string): Promise<void> {
    while (!this.#last.includes(text))
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
  }

  /** Waits until it has received a number of messages. */
  async hearsAll(count: number): Promise<void> {
    while (this.#heard < count)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
  }

  /** Sends a text a number of times; each is answered with one message. */
  async asks(text: string, times: number): Promise<void> {
    for (let asked = 0; asked < times; asked += 1) {
      this.send(text);
      await this.hearsAll(this.#heard + 1);
    }
  }

  /** Says the first of some messages, and the others when it is answered. */
  async begins([first = '', ...others]: readonly string[]): Promise<void> {
    this.send(first);
    await this.hearsAll(this.#heard + 1);
    for (const message of others) this.send(message);
  }

  close(): void {
    this.#webSocket.terminate();
  }
}

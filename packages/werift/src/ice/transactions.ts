import { classes, type Message } from 'werift';
import type { Base } from './base.ts';
import { isSigned, type StunRequest } from './bindingMessage.ts';

/** Result of a request. */
export type Outcome = 'success' | 'roleConflict' | 'error' | 'timeout';

/** A request under way. */
export interface TransactionOptions {
  readonly base: Base;
  readonly host: string;
  readonly port: number;
  readonly request: StunRequest;
  /**
   * Password that signs the response, or `undefined` for a STUN server, which does not sign. `undefined` for one of a STUN
   * server, which signs none.
   */
  readonly password: string | undefined;
  /**
   * Maximum number of transmissions. The first retransmission follows after {@link retransmitMs}, each later one after twice the
   * time.
   */
  readonly transmissions: number;
  /** Says whether it may be sent, each time. Default always. */
  readonly mayBeSent?: (bytes: number) => boolean;
  readonly ended: (outcome: Outcome, response: Message | undefined) => void;
}

interface Transaction extends TransactionOptions {
  readonly bytes: Buffer;
  timer: NodeJS.Timeout | undefined;
}

/** The least time to the first repetition. @see RFC 8445 § 14.3 */
const retransmitMs = 500;

/** The least time that is waited for a response to the last repetition: a satellite's, twice over. Milliseconds. */
const lastWaitMs = 2_000;

/** STUN requests that have no response yet. @see RFC 8489 § 6.2.1 */
export class Transactions {
  readonly #open = new Map<string, Transaction>();

  /** Sends a request. Returns `false` if it may not be sent; then nothing is reported. */
  start(options: TransactionOptions): boolean {
    const id = options.request.transactionIdHex;
    const transaction: Transaction = { ...options, bytes: options.request.bytes, timer: undefined };
    if (!transmit(transaction)) return false;
    this.#open.set(id, transaction);
    this.#wait(id, transaction, 1);
    return true;
  }

  #wait(id: string, transaction: Transaction, sent: number): void {
    transaction.timer = setTimeout(
      () => {
        if (sent >= transaction.transmissions) this.#end(id, 'timeout');
        else {
          transmit(transaction);
          this.#wait(id, transaction, sent + 1);
        }
      },
      sent < transaction.transmissions
        ? retransmitMs * 2 ** (sent - 1)
        : Math.max(lastWaitMs, retransmitMs * 2 ** (sent - 1)),
    );
  }

  /**
   * Processes a response. It is ignored without a matching request, from another address than that of the request, or with the
   * wrong password.
   *
   * @see RFC 8445 § 7.2.5.2.1 · RFC 8489 § 9.1.4
   */
  receive(response: Message, datagram: Buffer, base: Base, host: string, port: number): void {
    const id = response.transactionIdHex;
    const transaction = this.#open.get(id);
    if (transaction === undefined || transaction.base !== base) return;
    const { password } = transaction;
    if (transaction.host !== host || transaction.port !== port) return;
    if (password !== undefined && !isSigned(datagram, password)) return;
    if (response.messageClass === classes.RESPONSE) {
      this.#end(id, 'success', response);
      return;
    }
    const [code] = (response.getAttributeValue('ERROR-CODE') as readonly [number, string] | undefined) ?? [0];
    this.#end(id, code === 487 ? 'roleConflict' : 'error', response);
  }

  #end(id: string, outcome: Outcome, response?: Message): void {
    const transaction = this.#open.get(id);
    if (transaction === undefined) return;
    clearTimeout(transaction.timer);
    this.#open.delete(id);
    transaction.ended(outcome, response);
  }

  /** Forgets every request. */
  clear(): void {
    for (const { timer } of this.#open.values()) clearTimeout(timer);
    this.#open.clear();
  }
}

function transmit({ base, bytes, host, port, mayBeSent }: Transaction): boolean {
  if (mayBeSent !== undefined && !mayBeSent(bytes.length)) return false;
  base.send(bytes, port, host);
  return true;
}

import type { ServerLimits } from '../serverLimits.ts';

/** The backlogs of all clients of one address. */
export interface AddressBacklog {
  /** Bytes that they have left unread, as far as is known. */
  backlogBytes: number;
  readonly backlogs: Set<Backlog>;
}

/**
 * Unsent bytes of one client. The amount is known when something is sent, and is measured again before a client is disconnected
 * for it.
 */
export class Backlog {
  readonly #limits: ServerLimits;
  readonly #address: AddressBacklog;
  readonly #unsentBytes: () => number;
  readonly #disconnect: () => void;
  #bytes = 0;

  constructor(limits: ServerLimits, address: AddressBacklog, unsentBytes: () => number, disconnect: () => void) {
    this.#limits = limits;
    this.#address = address;
    this.#unsentBytes = unsentBytes;
    this.#disconnect = disconnect;
    address.backlogs.add(this);
  }

  /**
   * Makes room for one more message. Disconnects the client if it has left too much unread; and if all clients of its address together
   * have, the one that has left most.
   *
   * @returns Whether the message may be sent.
   */
  makeRoom(): boolean {
    const { backlogBytes, addressBacklogBytes } = this.#limits;
    this.#read();
    if (this.#bytes > backlogBytes) {
      this.#end();
      return false;
    }
    if (this.#address.backlogBytes <= addressBacklogBytes) return true;
    for (const other of this.#address.backlogs) other.#read();
    if (this.#address.backlogBytes <= addressBacklogBytes) return true;
    let longest: Backlog = this;
    for (const other of this.#address.backlogs) if (other.#bytes > longest.#bytes) longest = other;
    longest.#end();
    return longest !== this;
  }

  #read(): void {
    const bytes = this.#unsentBytes();
    this.#address.backlogBytes += bytes - this.#bytes;
    this.#bytes = bytes;
  }

  #end(): void {
    this.close();
    this.#disconnect();
  }

  /** The socket is closed. */
  close(): void {
    if (!this.#address.backlogs.delete(this)) return;
    this.#address.backlogBytes -= this.#bytes;
    this.#bytes = 0;
  }
}

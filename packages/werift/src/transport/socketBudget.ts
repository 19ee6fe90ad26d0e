/** Number of UDP sockets that may be open. */
export interface SocketLimits {
  /** All together. Default two thirds of the file descriptors of the process, so that a third is left for WebSockets and files. */
  readonly sockets?: number | undefined;
  /** For all connections of one client address. Default half of all. */
  readonly socketsPerClient?: number | undefined;
}

/** One client's share of a {@link SocketBudget}. */
export interface SocketShare {
  /** Takes one socket. @throws {SocketLimitError} if none is left. */
  take(): void;
  /** Gives one back. */
  release(): void;
}

/** No UDP socket may be opened now. */
export class SocketLimitError extends Error {
  override readonly name = 'SocketLimitError';
}

/** File descriptors when the platform has no limit that can be read, as Windows. */
const anyDescriptors = 16_384;

/** The number of file descriptors that this process may have (`ulimit -n`). Node has raised the soft limit to the hard one. */
export function fileDescriptors(): number {
  const report = process.report?.getReport() as
    | { userLimits?: { open_files?: { soft?: number | string } } }
    | undefined;
  const soft = report?.userLimits?.open_files?.soft;
  return typeof soft === 'number' ? soft : anyDescriptors;
}

/**
 * The UDP sockets of a process.
 *
 * A transport has one for each address family, and an offer may need many. Without a limit, one client could use every file
 * descriptor, and no further WebSocket would be accepted.
 */
export class SocketBudget {
  readonly #limit: number;
  readonly #limitPerClient: number;
  readonly #taken = new Map<string, number>();
  #all = 0;

  constructor({ sockets, socketsPerClient }: SocketLimits) {
    this.#limit = sockets ?? Math.floor((fileDescriptors() * 2) / 3);
    this.#limitPerClient = socketsPerClient ?? Math.ceil(this.#limit / 2);
  }

  /** The share of a client. Of those without a name each has all. */
  of(client: string | undefined): SocketShare {
    return {
      take: () => {
        if (this.#all >= this.#limit) throw new SocketLimitError('the limit of UDP sockets is reached');
        const taken = (client !== undefined && this.#taken.get(client)) || 0;
        if (taken >= this.#limitPerClient)
          throw new SocketLimitError(`the client has already opened ${taken} UDP sockets`);
        this.#all += 1;
        if (client !== undefined) this.#taken.set(client, taken + 1);
      },
      release: () => {
        this.#all -= 1;
        if (client === undefined) return;
        const taken = (this.#taken.get(client) ?? 1) - 1;
        if (taken > 0) this.#taken.set(client, taken);
        else this.#taken.delete(client);
      },
    };
  }
}

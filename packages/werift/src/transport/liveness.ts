import { randomBytes } from 'node:crypto';
import { classes, type IceConnection, Message, methods } from 'werift';

/** How long a peer may be silent before it counts as gone. Milliseconds. */
const silenceMs = 5_000;

/** How often it is looked after, and asked for a sign of life if it was silent since. Milliseconds. */
const checkMs = 1_000;

/**
 * Tells whether a peer is there.
 *
 * werift asks for consent every 5 s and gives up after 30 s (RFC 7675), which keeps to the rules and is far too late to
 * tell players that a publisher's network is gone. So a peer that sends nothing is asked every second, and is gone after
 * 5 s without any RTP, RTCP, DTLS or STUN.
 */
export class Liveness {
  readonly #connection: IceConnection;
  readonly #changed: (alive: boolean) => void;
  readonly #tieBreaker = BigInt(`0x${randomBytes(8).toString('hex')}`);
  #timer: NodeJS.Timeout | undefined;
  #heard = -1;
  #heardAt = 0;
  #alive = true;

  constructor(connection: IceConnection, changed: (alive: boolean) => void) {
    this.#connection = connection;
    this.#changed = changed;
  }

  start(): void {
    if (this.#timer !== undefined) return;
    this.#heardAt = performance.now();
    this.#timer = setInterval(() => this.#check(), checkMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #count(): number {
    let count = 0;
    for (const pair of this.#connection.candidatePairs)
      count += pair.packetsReceived + pair.requestsReceived + pair.responsesReceived;
    return count;
  }

  #check(): void {
    const now = performance.now();
    const count = this.#count();
    const silent = count === this.#heard;
    if (!silent) this.#heardAt = now;
    this.#heard = count;
    if (silent) this.#ask();
    const alive = now - this.#heardAt < silenceMs;
    if (alive === this.#alive) return;
    this.#alive = alive;
    this.#changed(alive);
  }

  /** Sends a connectivity check over the path in use. @see RFC 8445 § 11 */
  #ask(): void {
    const { nominated: pair, remoteUsername, localUsername, remotePassword, iceControlling } = this.#connection;
    if (pair === undefined) return;
    const request = new Message(methods.BINDING, classes.REQUEST)
      .setAttribute('USERNAME', `${remoteUsername}:${localUsername}`)
      .setAttribute('PRIORITY', pair.localCandidate.priority)
      .setAttribute(iceControlling ? 'ICE-CONTROLLING' : 'ICE-CONTROLLED', this.#tieBreaker);
    pair.protocol
      .request(request, pair.remoteAddr, Buffer.from(remotePassword), {
        retransmissions: 0,
        responseTimeout: 2 * checkMs,
      })
      .then(() => {
        pair.responsesReceived += 1;
      })
      .catch(() => {});
  }
}

import { randomBytes } from 'node:crypto';
import { classes, type IceConnection, Message, methods } from 'werift';

/** How long a peer may be silent before it counts as gone. Milliseconds. */
const silenceMs = 5_000;

/** How often a peer is looked after, and asked for a sign of life if it has been silent since. Milliseconds. */
const checkMs = 1_000;

/**
 * Tells whether a peer is there.
 *
 * werift asks for consent every 5 s and gives up after 30 s, as RFC 7675 has it. That is far too late to tell players that
 * a publisher's network is gone. So a peer that sends nothing is asked every second, and counts as gone after 5 s without
 * any RTP, RTCP, DTLS or STUN. It is back with the first packet.
 */
export class Liveness {
  readonly #connection: IceConnection;
  readonly #changed: (alive: boolean) => void;
  readonly #tieBreaker = randomBytes(8).readBigUInt64BE();
  #timer: NodeJS.Timeout | undefined;
  #heard = 0;
  #heardAtMs = 0;
  #alive = true;

  constructor(connection: IceConnection, changed: (alive: boolean) => void) {
    this.#connection = connection;
    this.#changed = changed;
  }

  /** Begins to look after the peer, which is there now. */
  start(): void {
    this.stop();
    this.#heardAtMs = performance.now();
    this.#timer = setInterval(() => this.#check(), checkMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** How much was received over all paths. */
  #count(): number {
    let count = 0;
    for (const pair of this.#connection.candidatePairs) {
      count += pair.packetsReceived + pair.requestsReceived + pair.responsesReceived;
      // werift remembers each request, for statistics, until the end of the connection.
      pair.noteIncomingRequest = () => false;
    }
    return count;
  }

  #check(): void {
    const now = performance.now();
    const count = this.#count();
    if (count === this.#heard) this.#ask();
    else this.#heardAtMs = now;
    this.#heard = count;
    const alive = now - this.#heardAtMs < silenceMs;
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
      .request(request, pair.remoteAddr, Buffer.from(remotePassword), { retransmissions: 0, responseTimeout: checkMs })
      .then(() => {
        pair.responsesReceived += 1;
      })
      .catch(() => {});
  }
}

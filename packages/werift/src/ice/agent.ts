import { randomBytes } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { classes, type Message, methods, parseMessage } from 'werift';
import { Schedule, type ScheduledTask } from '../schedule.ts';
import { type Base, type Datagram, priorityOf } from './base.ts';
import { checkRequest, isSigned, roleConflictResponse, successResponse } from './bindingMessage.ts';
import type { CandidatePair, RemoteAddress } from './candidatePair.ts';
import { CheckBudget } from './checkBudget.ts';
import { type Credentials, randomCredentials } from './credentials.ts';
import { IceSession } from './session.ts';
import { type Outcome, Transactions } from './transactions.ts';

/** Listener for changes of the paths to a remote. */
export interface PathListener {
  /** Called when there is a path, for the first time. */
  connected(): void;
  /** Called when the remote's liveness has changed. */
  alive(isAlive: boolean): void;
  /** Called when it moves to another path because the one in use did not answer: what was sent last is lost. */
  moved(): void;
  /** Called when there was no path for {@link consentMs}. */
  failed(): void;
}

/** Interval of path supervision while a path is in doubt. Milliseconds. */
const tickMs = 200;

/** Minimum time between two ordinary checks: Ta. Milliseconds. @see RFC 8445 § 14.2 */
const pacingMs = 50;

/** Number of times a check that is not answered is sent: after 0, 0.5, 1.5 and 3.5 s. It has failed after 7.5 s. */
const checkTransmissions = 4;

/** Time a controlling agent waits for a better pair than the first that works. Milliseconds. */
const nominationDelayMs = 100;

/** Silence after which a check tests whether the path still works. Milliseconds. */
const silenceMs = 1_000;

/** The same for a path on which only checks arrive, because the remote has no media to send. Milliseconds. */
const quietSilenceMs = 2_500;

/** Interval of consent checks, on every pair in use or valid. Milliseconds, ± 20 %. @see RFC 7675 § 5.1 */
const consentIntervalMs = 5_000;

/** Time {@link IceAgent.isRemoteAlive} waits for the answer to a check, and how often it looks. Milliseconds. */
const [proofMs, proofIntervalMs] = [1_000, 50];

/** Silence after which a remote counts as disconnected. Milliseconds. */
const goneMs = 5_000;

/** Time consent lasts. Milliseconds. @see RFC 7675 § 5.1 */
const consentMs = 30_000;

/** Time a first pair is searched. Milliseconds. */
const connectMs = 30_000;

/** Maximum number of other pairs checked when the selected one is silent. */
const maxAsked = 8;

/**
 * Maximum number of previous ICE sessions whose credentials incoming checks may use. After a restart, a browser also checks its
 * old candidates from new ports with the old credentials, and may nominate such a path.
 */
const maxFormer = 4;

/** The datagrams that are SRTP or SRTCP. @see RFC 7983 § 7 */
const isMediaByte = (first: number) => first > 127 && first < 192;

/**
 * The ICE agent of one component: checks candidate pairs, selects one, and moves to another when that has to be.
 *
 * It is an agent of its own because werift's selects a pair once and for all: see docs/decisions/0043.
 *
 * @see RFC 8445
 */
export class IceAgent {
  /** Called with datagrams that are not STUN. */
  received: (datagram: Buffer) => void = () => {};
  readonly #listener: PathListener;
  readonly #budget = new CheckBudget();
  readonly #transactions = new Transactions();
  readonly #tieBreaker = randomBytes(8).readBigUInt64BE();
  readonly #bases: Base[] = [];
  #remotes: RemoteAddress[] = [];
  readonly #isOfferer: boolean;
  #isControlling: boolean;
  #session: IceSession;
  /** The session before an ICE restart, whose selected pair is in use until the new one has one. */
  #previous: IceSession | undefined;
  /** The credentials of this end before ICE restarts, the newest first. */
  readonly #former: Credentials[] = [];
  /** Source of the datagram that is being read. */
  #arrival: { readonly base: Base; readonly host: string; readonly port: number } | undefined;
  #startedAtMs: number | undefined;
  #heardAtMs = Number.NEGATIVE_INFINITY;
  #consentDueMs = consentIntervalMs;
  #isAlive = true;
  #isConnected = false;
  readonly #schedule: Schedule;
  #task: { readonly dueMs: number; readonly scheduled: ScheduledTask } | undefined;
  #pacing: NodeJS.Timeout | undefined;
  #nomination: NodeJS.Timeout | undefined;
  #isClosed = false;

  /**
   * @param isOfferer - Whether this end makes the offers, and so is controlling (RFC 8445 § 6.1.1).
   * @param credentials - Those of this end. Default new ones.
   */
  constructor(
    isOfferer: boolean,
    listener: PathListener,
    credentials: Credentials = randomCredentials(),
    schedule = new Schedule(),
  ) {
    this.#schedule = schedule;
    this.#isOfferer = isOfferer;
    this.#isControlling = isOfferer;
    this.#listener = listener;
    this.#session = new IceSession(credentials);
  }

  /** The credentials of this end. */
  get local(): Credentials {
    return this.#session.local;
  }

  get isControlling(): boolean {
    return this.#isControlling;
  }

  /** The pair that is sent over. */
  get active(): CandidatePair | undefined {
    return this.#session.selected ?? this.#previous?.selected;
  }

  /** Counts bytes that the remote sent, over signalling too: they pay for checks. */
  earn(bytes: number): void {
    this.#budget.earn(bytes);
    this.#pace();
  }

  /** Uses one more base. Its datagrams go to {@link receive}. */
  addBase(base: Base): void {
    this.#bases.push(base);
    for (const remote of this.#remotes) this.#addPair(base, remote);
    this.#pace();
  }

  /** Checks paths to one more candidate of the remote. */
  addRemote(remote: RemoteAddress): void {
    this.#remotes.push(remote);
    for (const base of this.#bases) this.#addPair(base, remote);
    this.#pace();
  }

  #addPair(base: Base, remote: RemoteAddress): void {
    if (isIPv6(base.host) !== isIPv6(remote.host)) return;
    if (this.#session.find(base, remote.host, remote.port) === undefined) this.#session.add(base, remote);
  }

  /**
   * Sets the remote's credentials. If they differ from the previous ones, ICE restarts: bases are kept, and so is the selected
   * pair until there is a new one.
   *
   * @see RFC 8445 § 9
   */
  setRemote(remote: Credentials, isLite: boolean): void {
    if (isLite) this.#isControlling = true;
    const { local, remote: before, pairs } = this.#session;
    if (before?.usernameFragment === remote.usernameFragment && before.password === remote.password) return;
    if (before === undefined) {
      this.#session = new IceSession(local, remote);
      // Checks of a remote that was faster than its description.
      this.#session.pairs.push(...pairs);
    } else {
      if (this.#session.selected !== undefined) this.#previous = this.#session;
      this.#remotes = [];
      clearTimeout(this.#nomination);
      this.#nomination = undefined;
      // A remote that answers a restart also has new credentials. New ones in an answer refer to credentials that were already offered.
      if (!this.#isOfferer) {
        this.#former.unshift(local);
        this.#former.splice(maxFormer);
      }
      this.#session = new IceSession(this.#isOfferer ? local : randomCredentials(), remote);
    }
    if (this.#startedAtMs !== undefined) this.#startedAtMs = performance.now();
    this.#pace();
  }

  /** Starts checking. */
  start(): void {
    if (this.#startedAtMs !== undefined || this.#isClosed) return;
    this.#startedAtMs = performance.now();
    this.#lookIn(tickMs, this.#startedAtMs);
    // Who has checked already is there.
    for (const pair of this.#session.pairs) if (pair.isVerified) this.#check(pair);
    this.#pace();
  }

  /** Sends a datagram over the path in use, if there is one. */
  send(datagram: Datagram): void {
    const pair = this.active;
    pair?.base.send(datagram, pair.port, pair.host);
  }

  /** Takes a datagram. */
  receive(base: Base, datagram: Buffer, host: string, port: number): void {
    if (this.#isClosed) return;
    const first = datagram[0] ?? 255;
    if (first < 4) {
      this.#receiveStun(base, datagram, host, port);
      return;
    }
    const active = this.active;
    const isActive = active?.isOf(base, host, port) === true;
    // A stranger could have a handshake fail. Media prove themselves, and may come from where a NAT has moved the remote to.
    if (!isActive && !isMediaByte(first) && this.#find(base, host, port)?.isVerified !== true) return;
    this.#arrival = isActive ? active : { base, host, port };
    this.received(datagram);
  }

  #find(base: Base, host: string, port: number): CandidatePair | undefined {
    return this.#session.find(base, host, port) ?? this.#previous?.find(base, host, port);
  }

  /** Says that the datagram being read is from the remote: its packet was authentic. */
  authenticated(nowMs: number): void {
    this.#heardAtMs = nowMs;
    const { active } = this;
    if (this.#arrival === active || this.#arrival === undefined || active === undefined) {
      if (active !== undefined) active.heardAtMs = nowMs;
      return;
    }
    // The remote sends from elsewhere: a NAT has given it another port, or it has changed networks. Which path is good is
    // found out by checks on both.
    const { base, host, port } = this.#arrival;
    const pair = this.#find(base, host, port) ?? this.#session.add(base, { host, port, priority: priorityOf('prflx') });
    if (pair === undefined) return;
    pair.isVerified = true;
    pair.heardAtMs = nowMs;
    if (pair.state === 'valid') this.#ask(pair, nowMs);
    else this.#check(pair);
    this.#ask(active, nowMs);
  }

  /** Asks a STUN server for the public address of a base. */
  askStunServer(base: Base, request: Message, host: string, port: number): Promise<Message | undefined> {
    return new Promise((resolve) => {
      this.#transactions.start({
        base,
        host,
        port,
        request,
        password: undefined,
        transmissions: checkTransmissions,
        ended: (_, response) => resolve(response),
      });
    });
  }

  #receiveStun(base: Base, datagram: Buffer, host: string, port: number): void {
    const message = parseMessage(datagram);
    if (message === undefined || message.messageMethod !== methods.BINDING) return;
    if (message.messageClass === classes.REQUEST) this.#request(message, base, datagram, host, port);
    else this.#transactions.receive(message, datagram, base, host, port);
  }

  /** Answers a check. @see RFC 8445 § 7.3 */
  #request(message: Message, base: Base, datagram: Buffer, host: string, port: number): void {
    const [fragment, remoteFragment] = String(message.getAttributeValue('USERNAME') ?? '').split(':');
    const local = [this.#session.local, ...this.#former].find(({ usernameFragment }) => usernameFragment === fragment);
    const session = [this.#session, this.#previous].find(
      (one) => one !== undefined && (one.remote?.usernameFragment ?? remoteFragment) === remoteFragment,
    );
    // A remote whose description is on its way is answered, but one that was before a restart is not: it has no consent any more.
    const isCurrent = local === this.#session.local || local === this.#previous?.local;
    if (local === undefined || (session === undefined && !isCurrent)) return;
    const { password } = local;
    if (!isSigned(datagram, password)) return;
    if (this.#hasRoleConflict(message)) {
      base.send(roleConflictResponse(message, password), port, host);
      return;
    }
    base.send(successResponse(message, host, port, password), port, host);
    if (session === undefined) return;
    this.#budget.earn(datagram.length);
    if (session === this.#session) this.#learn(message, local, base, host, port);
    else this.#hear(session.find(base, host, port));
  }

  /** True if both ends have the same role, and the remote has to change its own. Otherwise this end does. @see RFC 8445 § 7.3.1.1 */
  #hasRoleConflict(message: Message): boolean {
    const theirs = message.getAttributeValue(this.#isControlling ? 'ICE-CONTROLLING' : 'ICE-CONTROLLED');
    if (theirs === undefined || theirs === null) return false;
    const keepsRole = this.#isControlling === this.#tieBreaker >= BigInt(theirs);
    if (!keepsRole) this.#isControlling = !this.#isControlling;
    return keepsRole;
  }

  /**
   * Reports whether the remote is alive: it sent authentic media or answered a check within the last second, or answers one now.
   * Its own checks do not count, because an attacker could replay them.
   */
  async isRemoteAlive(): Promise<boolean> {
    const untilMs = performance.now() + proofMs;
    for (;;) {
      const now = performance.now();
      const { active } = this;
      if (active === undefined || this.#isClosed) return false;
      const answeredAtMs = this.#session.pairs.map((pair) => pair.answeredAtMs);
      if (now - Math.max(this.#heardAtMs, active.answeredAtMs, ...answeredAtMs) <= silenceMs) return true;
      if (active.isStale(now) || now > untilMs) return false;
      this.#ask(active, now);
      await sleep(proofIntervalMs);
    }
  }

  #hear(pair: CandidatePair | undefined): void {
    if (pair === undefined) return;
    pair.isVerified = true;
    pair.heardAtMs = performance.now();
  }

  /** Does what a check of the remote calls for. @see RFC 8445 § 7.3.1.3 to § 7.3.1.5 */
  #learn(message: Message, local: Credentials, base: Base, host: string, port: number): void {
    const priority = Number(message.getAttributeValue('PRIORITY') ?? priorityOf('prflx'));
    const pair = this.#session.find(base, host, port) ?? this.#session.add(base, { host, port, priority });
    if (pair === undefined) return;
    this.#hear(pair);
    pair.local = local;
    pair.isNominated = !this.#isControlling && message.attributesKeys.includes('USE-CANDIDATE');
    if (this.#startedAtMs === undefined || this.#session.remote === undefined) return;
    if (pair.state === 'valid') this.#followNomination(pair);
    // The remote is there now, whatever became of the checks before.
    else if (pair.state === 'checking') this.#ask(pair, performance.now());
    else this.#check(pair);
  }

  /** Selects what a controlling remote has nominated, unless that is the worse of two that it holds nominated. */
  #followNomination(pair: CandidatePair): void {
    const { selected } = this.#session;
    if (!pair.isNominated || pair === selected) return;
    const now = performance.now();
    const yields =
      selected === undefined ||
      !selected.isNominated ||
      pair.priority(false) >= selected.priority(false) ||
      selected.isStale(now) ||
      now - selected.heardAtMs > silenceMs;
    if (yields) this.#select(pair);
  }

  /** Sends the next ordinary check, and schedules the following ones. */
  #pace(): void {
    if (this.#pacing !== undefined || this.#startedAtMs === undefined || this.#isClosed) return;
    const [pair] = this.#session.pairs
      .filter(({ state }) => state === 'waiting')
      .sort((one, other) => other.priority(this.#isControlling) - one.priority(this.#isControlling));
    if (pair === undefined || this.#session.remote === undefined) return;
    // Without a budget it waits until the remote has sent more.
    if (!this.#check(pair)) return;
    this.#pacing = setTimeout(() => {
      this.#pacing = undefined;
      this.#pace();
    }, pacingMs);
  }

  /** Checks whether a pair works. `false` when nothing may be sent to it. */
  #check(pair: CandidatePair): boolean {
    const session = this.#session;
    if (pair.state === 'checking' || !session.pairs.includes(pair)) return true;
    pair.state = 'checking';
    const isSent = this.#ask(pair, performance.now(), checkTransmissions, (outcome) => {
      if (outcome === 'success') return;
      pair.state = outcome === 'roleConflict' ? 'waiting' : 'failed';
      if (outcome !== 'roleConflict') return;
      this.#isControlling = !this.#isControlling;
      if (session === this.#session) this.#check(pair);
    });
    if (!isSent && pair.state === 'checking') pair.state = 'waiting';
    return isSent;
  }

  /** Sends a check. `false` when that may not be. */
  #ask(
    pair: CandidatePair,
    nowMs: number,
    transmissions = 1,
    ended: (outcome: Outcome) => void = () => {},
    nominates = this.#isControlling && pair === this.active,
  ): boolean {
    const session = this.#previous?.pairs.includes(pair) ? this.#previous : this.#session;
    const { remote } = session;
    const { local = session.local } = pair;
    if (remote === undefined) return false;
    // Those that do not matter are asked once per so long. A path in doubt is asked more often.
    if (transmissions === 1 && nowMs - pair.lastAskedAtMs < tickMs / 2) return true;
    const isControlling = this.#isControlling;
    const request = checkRequest({
      local,
      remote,
      priority: priorityOf('prflx'),
      isControlling,
      tieBreaker: this.#tieBreaker,
      nominates,
    });
    const isSent = this.#transactions.start({
      base: pair.base,
      host: pair.host,
      port: pair.port,
      request,
      password: remote.password,
      transmissions,
      mayBeSent: (bytes) => pair.isProven || this.#budget.spend(bytes),
      ended: (outcome) => {
        ended(outcome);
        if (outcome === 'success') this.#answered(pair, session, nowMs);
      },
    });
    if (!isSent) return false;
    if (pair === this.active) this.#lookIn(tickMs, nowMs);
    pair.askedAtMs ??= nowMs;
    pair.lastAskedAtMs = nowMs;
    return true;
  }

  #answered(pair: CandidatePair, session: IceSession, askedAtMs: number): void {
    const now = performance.now();
    pair.askedAtMs = undefined;
    pair.answeredAtMs = now;
    pair.roundTripMs = now - askedAtMs;
    pair.isVerified = true;
    pair.state = 'valid';
    if (session !== this.#session) return;
    const { active } = this;
    if (active !== undefined && active !== pair && active.isStale(now)) this.#tryOthers(active, now);
    if (this.#isControlling) this.#nominateSoon(pair);
    else if (pair.isNominated) this.#followNomination(pair);
    // Until the remote nominates one, any that works will do (RFC 8445 § 12.1.1), but not instead of one that it has.
    else if (this.active === undefined) this.#select(pair);
  }

  /** Nominates the best of the pairs that work, once better ones had their chance. @see RFC 8445 § 8.1.1 */
  #nominateSoon(pair: CandidatePair): void {
    if (this.#session.selected !== undefined) return;
    const isBest = this.#session.pairs.every(
      (other) => other.state === 'failed' || other.priority(true) <= pair.priority(true),
    );
    if (isBest) {
      this.#nominate(pair);
      return;
    }
    this.#nomination ??= setTimeout(() => {
      this.#nomination = undefined;
      const [best] = this.#session.pairs
        .filter(({ state }) => state === 'valid')
        .sort((one, other) => other.priority(true) - one.priority(true));
      if (best !== undefined && this.#session.selected === undefined) this.#nominate(best);
    }, nominationDelayMs);
  }

  #nominate(pair: CandidatePair): void {
    clearTimeout(this.#nomination);
    this.#nomination = undefined;
    this.#select(pair);
    this.#ask(pair, performance.now(), checkTransmissions, undefined, true);
  }

  #select(pair: CandidatePair): void {
    const { active } = this;
    this.#session.selected = pair;
    // RFC 8445 § 9: the pairs of the previous session are dropped once there is a new pair.
    this.#previous = undefined;
    if (active !== pair && active?.askedAtMs !== undefined) this.#listener.moved();
    if (this.#isConnected) return;
    this.#isConnected = true;
    this.#heardAtMs = performance.now();
    this.#listener.connected();
  }

  /** Looks after the paths in some time, unless that is to be sooner anyway. */
  #lookIn(ms: number, nowMs: number): void {
    if (this.#isClosed || this.#startedAtMs === undefined) return;
    if (this.#task !== undefined && this.#task.dueMs <= nowMs + ms) return;
    this.#task?.scheduled.cancel();
    const scheduled = this.#schedule.after(ms, (atMs) => {
      this.#task = undefined;
      this.#look(atMs);
      this.#lookIn(this.#nextLookMs(atMs), atMs);
    });
    this.#task = { dueMs: nowMs + ms, scheduled };
  }

  /** After what time there may be something to do for the paths, unless something happens before. */
  #nextLookMs(nowMs: number): number {
    const { active } = this;
    if (active === undefined || active.askedAtMs !== undefined || !this.#isAlive) return tickMs;
    const dueAtMs = Math.min(silentAtMs(active), active.answeredAtMs + this.#consentDueMs);
    return Math.max(pacingMs, dueAtMs - nowMs);
  }

  #look(nowMs: number): void {
    const { active } = this;
    if (active === undefined) {
      if (nowMs - (this.#startedAtMs ?? nowMs) > connectMs) this.#fail();
      return;
    }
    this.#askForConsent(active, nowMs);
    if (active.isStale(nowMs)) this.#tryOthers(active, nowMs);
    const silentMs = nowMs - Math.max(this.#heardAtMs, active.answeredAtMs);
    const isAlive = silentMs < goneMs;
    if (isAlive !== this.#isAlive) {
      this.#isAlive = isAlive;
      this.#listener.alive(isAlive);
    }
    if (silentMs > consentMs) this.#fail();
  }

  /** @see RFC 7675 § 5.1 */
  #askForConsent(active: CandidatePair, nowMs: number): void {
    const { askedAtMs, answeredAtMs, lastAskedAtMs } = active;
    if (askedAtMs !== undefined) {
      // Less and less often.
      if (nowMs - lastAskedAtMs >= Math.min(silenceMs, (nowMs - askedAtMs) / 2)) this.#ask(active, nowMs);
    } else if (nowMs > silentAtMs(active) || nowMs - answeredAtMs > this.#consentDueMs) {
      this.#consentDueMs = consentIntervalMs * (0.8 + 0.4 * Math.random());
      this.#ask(active, nowMs);
    }
  }

  /** Moves to another path that works, since the one in use does not. */
  #tryOthers(active: CandidatePair, nowMs: number): void {
    const { pairs } = this.#session;
    const others = pairs.filter((pair) => pair !== active && (pair.isProven || pair.isVerified));
    const doubtedAtMs = active.askedAtMs ?? nowMs;
    const [best] = others
      .filter((pair) => pair.state === 'valid' && pair.answeredAtMs > doubtedAtMs)
      .sort((one, other) => rank(other) - rank(one) || other.priority(true) - one.priority(true));
    if (best !== undefined) {
      if (this.#isControlling) this.#nominate(best);
      else this.#select(best);
      return;
    }
    others.sort((one, other) => other.heardAtMs - one.heardAtMs);
    for (const pair of others.slice(0, maxAsked)) {
      if (nowMs - pair.lastAskedAtMs < silenceMs / 2) continue;
      if (pair.isProven) this.#ask(pair, nowMs);
      else this.#check(pair);
    }
  }

  #fail(): void {
    this.close();
    this.#listener.failed();
  }

  /** Stops checking. The bases stay open; their owner closes them. */
  close(): void {
    this.#isClosed = true;
    this.#task?.scheduled.cancel();
    clearTimeout(this.#pacing);
    clearTimeout(this.#nomination);
    this.#transactions.clear();
  }
}

/** Time from which the silence of a path triggers a check. */
const silentAtMs = ({ heardAtMs, answeredAtMs }: CandidatePair) =>
  heardAtMs > answeredAtMs ? heardAtMs + silenceMs : answeredAtMs + quietSilenceMs;

const rank = ({ isNominated, heardAtMs }: CandidatePair) =>
  (isNominated ? 1 : 0) + (performance.now() - heardAtMs < silenceMs ? 2 : 0);

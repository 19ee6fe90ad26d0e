import {
  type Action,
  type ConversationCase,
  type MediaKind,
  type RequiredBy,
  requirements,
  type Step,
} from './case.ts';
import { Conversation, type Participant, type ReceivedMessage } from './conversation.ts';
import { answerFaults, candidateFaults, isDescription, offerFaults } from './description.ts';
import { lineOf, type Rung } from './ladder.ts';
import { fill, matches, placeholderOf } from './pattern.ts';
import type { SideUnderTest } from './system.ts';
import { requiredBy } from './witness.ts';

/** Timeouts of a run. Milliseconds. */
export interface RunOptions {
  /** Time a message may take. Default 5 000. */
  readonly timeoutMs?: number;
  /** Time a message may take that may as well not come. Default 1 000. */
  readonly optionalMs?: number;
  /** Time silence is listened to. Default 300. */
  readonly quietMs?: number;
  /** Time a connection may take. Default 10 000. */
  readonly connectMs?: number;
}

/** Deviation of the side under test. Messages are written as `command {fields}`. */
export interface Divergence {
  /** Counted from 0. */
  readonly step: number;
  readonly who: string;
  readonly expected: string;
  readonly received: string;
}

/** Result of a case. */
export interface CaseResult {
  readonly case: ConversationCase;
  readonly passed: boolean;
  /** Absent when the case passed. */
  readonly divergence?: Divergence;
  /** Every message, in order. */
  readonly ladder: readonly Rung[];
  readonly durationMs: number;
}

class DivergenceError extends Error {
  readonly who: string;
  readonly expected: string;
  readonly received: string;

  constructor(who: string, expected: string, received: string) {
    super(`expected ${expected}, received ${received}`);
    this.who = who;
    this.expected = expected;
    this.received = received;
  }
}

/** Number of packets of a kind that have to arrive for it to count as received. */
const packetsToReceive = 5;

/** Time between two checks of received messages that does not count as a delay. Milliseconds. */
const unnoticedMs = 50;

const rank = (level: RequiredBy): number => requirements.indexOf(level);

type HearStep = Extract<Step, { does: 'hear' }>;

const isCandidate = ({ message }: HearStep) => message.command === 'takeCandidate';

/** In every case, candidates must follow their description. */
const descriptionsFirst = (steps: readonly HearStep[]): readonly HearStep[] =>
  steps.some(({ message }) => message.command === 'takeConfiguration')
    ? steps.filter((step) => !isCandidate(step))
    : steps;

/** Messages that other servers send at any time; every client ignores them. */
const always: readonly string[] = ['bitrateMeasurement', 'subtrackAdded', 'subtrackRemoved'];

/** Messages that clients send at any time; ignored unless a case is about them. */
export const questionsOfSocket: readonly string[] = ['ping', 'getIceServerConfig'];

class Run {
  readonly #case: ConversationCase;
  readonly #system: SideUnderTest;
  readonly #conversation: Conversation;
  readonly #options: Required<RunOptions>;
  /** Messages that may come, and had not when they were waited for. */
  readonly #late = new Map<string, HearStep[]>();

  constructor(of: ConversationCase, system: SideUnderTest, conversation: Conversation, options: RunOptions) {
    this.#case = of;
    this.#system = system;
    this.#conversation = conversation;
    this.#options = { timeoutMs: 5_000, optionalMs: 1_000, quietMs: 300, connectMs: 10_000, ...options };
  }

  #fits({ message }: HearStep, heard: ReceivedMessage): boolean {
    const taken = new Map<string, string>();
    if (!matches(fill(message, this.#conversation.values), heard, taken)) return false;
    for (const [name, value] of taken) this.#conversation.given.set(name, value);
    return true;
  }

  /** Patterns for the candidates that a participant may receive; none if the case is not about candidates. */
  #candidatePatterns(who: string): readonly HearStep[] {
    return this.#case.steps.filter(
      (step): step is HearStep => step.does === 'hear' && step.who === who && isCandidate(step),
    );
  }

  /**
   * True for messages that a participant ignores here. Candidates arrive at any time; a case about them checks their form, and
   * when they must not arrive.
   */
  #passesOver(participant: Participant, heard: ReceivedMessage): boolean {
    if (heard.command === 'takeCandidate') {
      const patterns = this.#candidatePatterns(participant.name);
      if (patterns.length === 0) return true;
      if (this.#candidateFault(participant.name, heard) !== undefined) return false;
      const isOpen = this.#conversation
        .connectionsFor(participant.name, heard.streamId)
        .some(({ name }) => this.#conversation.end(name).isDescribed);
      return isOpen && !participant.belated.has(heard) && patterns.some((pattern) => this.#fits(pattern, heard));
    }
    if (participant.kind === 'server' && questionsOfSocket.includes(heard.command))
      return !this.#case.steps.some((step) => step.does === 'hear' && step.message.command === heard.command);
    const late = this.#late.get(participant.name)?.find((step) => this.#fits(step, heard));
    if (late !== undefined) return true;
    if (heard.command !== 'notification') return false;
    return always.includes(String(heard.definition)) || rank(requiredBy(heard, 'server')) > rank(this.#case.requiredBy);
  }

  /** The next message that has to be accounted for. */
  #next(participant: Participant, keep: readonly HearStep[] = []): ReceivedMessage | undefined {
    const { heard } = participant;
    while (heard[0] !== undefined) {
      const [first] = heard;
      if (keep.some((step) => this.#fits(step, first)) || !this.#passesOver(participant, first)) return first;
      heard.shift();
    }
    return undefined;
  }

  async #hear(who: string, steps: readonly HearStep[]): Promise<void> {
    const participant = this.#conversation.participant(who);
    // For the document and the SDKs, the order of the answers to one request does not matter.
    const ordered = this.#case.requiredBy === 'project';
    let pending = [...steps];
    while (pending.length > 0) {
      const required = pending.findIndex(({ optional }) => !optional);
      const eligible = ordered && required >= 0 ? pending.slice(0, required + 1) : descriptionsFirst(pending);
      const isDone = () => this.#next(participant, eligible) !== undefined || participant.closed !== undefined;
      await (required < 0 ? this.#system.wait(this.#options.optionalMs, isDone) : this.#message(isDone));
      const next = this.#next(participant, eligible);
      const wanted = eligible.find((step) => next !== undefined && this.#fits(step, next));
      if (next !== undefined && wanted !== undefined) {
        participant.heard.shift();
        const skipped = ordered ? pending.slice(0, pending.indexOf(wanted)) : [];
        this.#later(who, skipped);
        pending = pending.filter((step) => step !== wanted && !skipped.includes(step));
        await this.#take(who, wanted, next);
      } else if (next === undefined && required < 0 && participant.closed === undefined) {
        this.#later(who, pending);
        return;
      } else {
        const expected = pending[Math.max(required, 0)] as HearStep;
        const { withinMs } = this.#case;
        const inTime = withinMs === undefined ? '' : ` within ${withinMs} ms`;
        throw new DivergenceError(
          who,
          `${lineOf(fill(expected.message, this.#conversation.values))}${inTime}`,
          this.#received(participant, next),
        );
      }
    }
  }

  /** Waits as long as a message may take. Time in which the suite itself was held up does not count. */
  async #message(isDone: () => boolean): Promise<void> {
    const { timeoutMs } = this.#options;
    const { withinMs = timeoutMs } = this.#case;
    let looked = this.#system.now();
    let heldUp = 0;
    const look = () => {
      const now = this.#system.now();
      heldUp += Math.max(0, now - looked - unnoticedMs);
      looked = now;
      return isDone();
    };
    await this.#system.wait(Math.min(withinMs, timeoutMs), look);
    if (heldUp > 0) await this.#system.wait(heldUp, isDone);
  }

  #later(who: string, steps: readonly HearStep[]): void {
    this.#late.set(who, [...(this.#late.get(who) ?? []), ...steps]);
  }

  #received({ name, closed }: Participant, next: ReceivedMessage | undefined): string {
    if (next !== undefined) {
      const fault = next.command === 'takeCandidate' ? this.#candidateFault(name, next) : undefined;
      return fault === undefined ? lineOf(next) : `${lineOf(next)}: ${fault}`;
    }
    return closed === undefined ? 'nothing' : `the end of the socket: ${closed}`;
  }

  async #take(who: string, { message }: HearStep, heard: ReceivedMessage): Promise<void> {
    const it = placeholderOf(message.sdp);
    if (it === undefined) return;
    this.#readDescription(who, it.name, heard);
    try {
      await this.#conversation.apply(it.name, heard);
      this.#conversation.catchUp(it.name);
    } catch (error) {
      throw new DivergenceError(
        who,
        `a description that can be applied`,
        `${lineOf(heard)}: ${(error as Error).message}`,
      );
    }
  }

  #readDescription(who: string, name: string, heard: ReceivedMessage): void {
    const sdp = String(heard.sdp);
    if (this.#case.readsDescriptions === undefined || !isDescription(sdp)) return;
    const { own } = this.#conversation.end(name);
    const [fault] = heard.type === 'answer' ? answerFaults(own ?? '', sdp) : offerFaults(sdp, heard.idMapping, own);
    if (fault !== undefined) throw new DivergenceError(who, `an ${String(heard.type)} that fits`, fault);
  }

  /** Fault of a received candidate, if the case checks them. */
  #candidateFault(who: string, heard: ReceivedMessage): string | undefined {
    if (this.#case.readsDescriptions === undefined) return undefined;
    const [described] = this.#conversation
      .connectionsFor(who, heard.streamId)
      .flatMap(({ name }) => this.#conversation.end(name).theirs ?? []);
    return described === undefined || !isDescription(described) ? undefined : candidateFaults(described, heard)[0];
  }

  async #hearNothing(who: string): Promise<void> {
    const participant = this.#conversation.participant(who);
    const isBroken = () => this.#next(participant) !== undefined || participant.closed !== undefined;
    await this.#system.wait(this.#options.quietMs, isBroken);
    if (isBroken()) throw new DivergenceError(who, 'nothing', this.#received(participant, this.#next(participant)));
  }

  async #hearClose(who: string): Promise<void> {
    const participant = this.#conversation.participant(who);
    const isBroken = () => this.#next(participant) !== undefined;
    await this.#system.wait(this.#options.timeoutMs, () => isBroken() || participant.closed !== undefined);
    if (isBroken() || participant.closed === undefined)
      throw new DivergenceError(who, 'the end of the socket', this.#received(participant, this.#next(participant)));
    participant.closed = undefined;
  }

  async #connect(who: string, name: string): Promise<void> {
    const end = this.#conversation.end(name);
    await this.#system.wait(this.#options.connectMs, () => end.state === 'connected');
    if (end.state !== 'connected')
      throw new DivergenceError(who, 'a connection that is connected', `one that is ${end.state}`);
  }

  async #receive(who: string, name: string, kinds: readonly MediaKind[]): Promise<void> {
    const { media } = this.#conversation.end(name);
    if (media === undefined) return;
    const sources = this.#conversation.sourcesOf(name);
    const from = sources.length === 0 ? undefined : sources;
    const arrivedBy = (origins: readonly string[] | undefined) => {
      const before = new Map(kinds.map((kind) => [kind, media.received(kind, origins)]));
      return (kind: MediaKind) => media.received(kind, origins) >= (before.get(kind) ?? 0) + packetsToReceive;
    };
    const [arrives, arrivesFromAny] = [arrivedBy(from), arrivedBy(undefined)];
    const missing = () => kinds.filter((kind) => !arrives(kind));
    await this.#system.wait(this.#options.timeoutMs, () => missing().length === 0);
    if (missing().length === 0) return;
    const faults = missing().map((kind) => (arrivesFromAny(kind) ? `${kind} of another stream` : `no ${kind}`));
    throw new DivergenceError(who, kinds.join(' and '), faults.join(' and '));
  }

  async #receiveNothing(who: string, name: string): Promise<void> {
    const { media } = this.#conversation.end(name);
    if (media === undefined) return;
    // Packets in flight still arrive.
    await this.#system.wait(this.#options.quietMs);
    const before = media.packets;
    await this.#system.wait(2 * this.#options.quietMs);
    if (media.packets > before) throw new DivergenceError(who, 'no media', `${media.packets - before} packets`);
  }

  async #receiveData(who: string, name: string, text: string): Promise<void> {
    const { media } = this.#conversation.end(name);
    if (media === undefined) return;
    await this.#system.wait(this.#options.timeoutMs, () => media.data.includes(text));
    if (!media.data.includes(text)) {
      const received = media.data.length === 0 ? 'no data' : `the data ${JSON.stringify(media.data.at(-1))}`;
      throw new DivergenceError(who, `the data ${JSON.stringify(text)}`, received);
    }
  }

  async #perform(step: Action): Promise<void> {
    await this.#conversation.perform(step);
    switch (step.does) {
      case 'hearNothing':
        return this.#hearNothing(step.who);
      case 'connect':
        return this.#connect(step.who, step.connection);
      case 'receive':
        return this.#receive(step.who, step.connection, step.kinds);
      case 'receiveNothing':
        return this.#receiveNothing(step.who, step.connection);
      case 'receiveData':
        return this.#receiveData(step.who, step.connection, step.text);
    }
  }

  async all(): Promise<Divergence | undefined> {
    const { steps } = this.#case;
    for (let index = 0; index < steps.length; ) {
      const step = steps[index] as Step;
      try {
        if (step.does === 'hear') {
          const block = steps.slice(index);
          const length = block.findIndex((other) => other.does !== 'hear' || other.who !== step.who);
          const hears = (length < 0 ? block : block.slice(0, length)) as readonly HearStep[];
          await this.#hear(step.who, hears);
          index += hears.length;
        } else {
          if (step.does === 'hearClose') await this.#hearClose(step.who);
          else await this.#perform(step);
          index += 1;
        }
      } catch (error) {
        const who = 'who' in step ? step.who : '';
        if (error instanceof DivergenceError)
          return { step: index, who: error.who, expected: error.expected, received: error.received };
        if (step.does === 'open' || step.does === 'refuse')
          return { step: index, who, expected: 'an open socket', received: (error as Error).message };
        throw error;
      }
    }
    return this.#nothingMore();
  }

  /** Checks that no participant receives an unexpected message after the last step. */
  async #nothingMore(): Promise<Divergence | undefined> {
    const closing = new Set(this.#case.steps.flatMap((step) => (step.does === 'close' ? [step.who] : [])));
    const listening = [...this.#conversation.participants].filter(
      ({ name, kind, socket }) => kind === 'client' && socket !== undefined && !closing.has(name),
    );
    const isBroken = (participant: Participant) =>
      this.#next(participant) !== undefined || participant.closed !== undefined;
    await this.#system.wait(this.#options.quietMs, () => listening.some(isBroken));
    const broken = listening.find(isBroken);
    return (
      broken && {
        step: this.#case.steps.length,
        who: broken.name,
        expected: 'nothing more',
        received: this.#received(broken, this.#next(broken)),
      }
    );
  }
}

/**
 * Runs one conversation with a server or a client.
 *
 * @param number - Distinguishes the ids of this case from those of other cases of the same run.
 * @throws {StepError} for a case that contradicts itself. Whatever the side under test does is a divergence, not an error.
 * @example
 * ```ts
 * const { divergence, ladder } = await runCase(conversations[0], server, 0);
 * if (divergence !== undefined) console.log(ladderOf(ladder, 'server'));
 * ```
 */
export async function runCase(
  of: ConversationCase,
  system: SideUnderTest,
  number: number,
  options: RunOptions = {},
): Promise<CaseResult> {
  const conversation = new Conversation(of, system, number);
  const begun = system.now();
  try {
    const divergence = await new Run(of, system, conversation, options).all();
    return {
      case: of,
      passed: divergence === undefined,
      ...(divergence && { divergence }),
      ladder: [...conversation.rungs],
      durationMs: Math.round(system.now() - begun),
    };
  } finally {
    conversation.close();
  }
}

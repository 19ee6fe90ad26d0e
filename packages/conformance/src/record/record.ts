import {
  type Action,
  type CaseConnection,
  type ConversationCase,
  type MessagePattern,
  type RequiredBy,
  requirements,
  type Step,
} from '../case.ts';
import { Conversation, type Heard, type Participant } from '../conversation.ts';
import { asJson, fill } from '../pattern.ts';
import { questionsOfSocket } from '../run.ts';
import type { Settings } from '../setting.ts';
import type { SideUnderTest } from '../system.ts';
import { askedFor, requiredBy } from '../witness.ts';

/** What participants do. What is said to it by what is under test is found out, not written down. */
export interface Scenario
  extends Pick<
    ConversationCase,
    'id' | 'title' | 'section' | 'requiredBy' | 'needs' | 'underTest' | 'readsDescriptions'
  > {
  readonly connections?: readonly CaseConnection[];
  /** The case is about how candidates look, and when they come. */
  readonly aboutCandidates?: boolean;
  /** The case is about what a client's socket asks by itself: `ping` and `getIceServerConfig`. */
  readonly aboutQuestions?: boolean;
  /** Fields that the case is about, besides those that it asks for anyway. */
  readonly about?: readonly string[];
  readonly actions: readonly Action[];
}

/** True if an action belongs to the making of a connection. */
const connecting = (action: Action | undefined): boolean =>
  action?.does === 'connect' || (action?.does === 'say' && action.message.command === 'takeCandidate');

/** A scenario in which what is recorded did not do what it says. */
export class RecordError extends Error {
  override readonly name = 'RecordError';
}

const anyNumber: readonly string[] = ['label', 'streamWidth', 'streamHeight', 'videoBitrate', 'audioBitrate'];
const anyText: readonly string[] = ['id', 'videoCodec', 'stunServerUri'];
/** Texts that hold JSON, or lists of such. */
const jsonTexts: readonly string[] = ['broadcast', 'subtrackList', 'subscriberList'];
/** What is compared as it is of what is told of a stream; of the rest, only whether it is a text or a number. */
const exactOfStream: readonly string[] = ['streamId', 'status', 'mainTrackStreamId', 'subTrackStreamIds'];

const rank = (level: RequiredBy) => requirements.indexOf(level);

/** Turns what was heard into what is to be heard by everybody who asks the same. */
class Recorder {
  readonly #conversation: Conversation;
  readonly #scenario: Scenario;
  readonly #settings: Settings;

  constructor(conversation: Conversation, scenario: Scenario, settings: Settings) {
    this.#conversation = conversation;
    this.#scenario = scenario;
    this.#settings = settings;
  }

  #text(text: string): string {
    let general = text;
    const { ids, given } = this.#conversation;
    for (const [name, id] of ids) general = general.replaceAll(id, `{{id:${name}}}`);
    for (const [name, value] of given) general = general.replaceAll(value, `{{given:${name}}}`);
    for (const [name, value] of Object.entries(this.#settings))
      general = general.replaceAll(value, `{{setting:${name}}}`);
    return general;
  }

  /** What is told of a stream, or of a subscriber, as JSON in a text. */
  #json(text: unknown): unknown {
    const told = JSON.parse(String(text)) as Readonly<Record<string, unknown>>;
    const { requiredBy: level } = this.#scenario;
    // Of a stream, SDKs read no more than which it is; of a room, what is in it.
    const read = told.virtual === true ? ['streamId', 'subTrackStreamIds'] : ['streamId'];
    const isRead = (field: string) => level === 'project' || 'subscriberId' in told || read.includes(field);
    const kindOf = (value: unknown) =>
      value === null ? '{{any}}' : typeof value === 'number' ? '{{number}}' : '{{text}}';
    const isExact = (field: string, value: unknown) =>
      'subscriberId' in told || exactOfStream.includes(field) || typeof value === 'boolean';
    return asJson(
      Object.fromEntries(
        Object.entries(told).flatMap(([field, value]) =>
          isRead(field) ? [[field, isExact(field, value) ? this.#general('', value) : kindOf(value)]] : [],
        ),
      ),
    );
  }

  #general(field: string, value: unknown): unknown {
    if (anyNumber.includes(field)) return '{{number}}';
    if (anyText.includes(field)) return '{{text}}';
    if (field === 'idMapping') return '{{mapping}}';
    if (jsonTexts.includes(field))
      return Array.isArray(value) ? value.map((text) => this.#json(text)) : this.#json(value);
    if (typeof value === 'string') return this.#text(value);
    if (Array.isArray(value)) return value.map((item) => this.#general('', item));
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.#general(key, item)]));
    return value;
  }

  /** What the server makes up, and the case refers to afterwards. */
  note(who: string, { definition, streamId }: Heard): void {
    if (definition !== 'joinedTheRoom' || typeof streamId !== 'string') return;
    if (!this.#text(streamId).startsWith('{{')) this.#conversation.given.set(who, streamId);
  }

  /**
   * True if all streams that a room lists are live. The original document has those listed that can be played; that others are,
   * too, is this project's decision.
   */
  #listsLiveOnly({ streams }: Heard): boolean {
    const { connections = [] } = this.#scenario;
    const { connected, values } = this.#conversation;
    const live = connections
      .filter(({ name, as }) => as === 'publisher' && connected.includes(name))
      .map(({ streamId }) => fill(streamId, values));
    return !Array.isArray(streams) || streams.every((streamId) => live.includes(streamId));
  }

  /** The step for a message, after it has been taken for what it is. */
  async step({ name: who, kind }: Participant, heard: Heard): Promise<Extract<Step, { does: 'hear' }>> {
    const pattern: Record<string, unknown> = Object.fromEntries(
      Object.entries(heard).map(([field, value]) => [field, this.#general(field, value)]),
    );
    // What an application is told is of this project, and compared as it is.
    if (kind === 'application') return { does: 'hear', who, message: pattern };
    // Without connections a description is a text that is passed on.
    if (heard.command === 'takeConfiguration' && this.#scenario.connections !== undefined) {
      const connection = this.#conversation.connectionFor(who, heard);
      if (connection === undefined)
        throw new RecordError(`${this.#scenario.id}: nobody takes the ${String(heard.type)} for ${who}`);
      await this.#conversation.apply(connection.name, heard);
      pattern.sdp = `{{${String(heard.type)}:${connection.name}}}`;
    }
    if (heard.command === 'takeCandidate') pattern.candidate = '{{candidate}}';
    const level = this.#scenario.requiredBy;
    const speaker = this.#scenario.underTest ?? 'server';
    if (heard.definition === 'joinedTheRoom' && level !== 'project' && !this.#listsLiveOnly(heard))
      delete pattern.streams;
    const about = this.#scenario.about ?? [];
    const message: MessagePattern = {
      ...askedFor(pattern, level, speaker),
      ...Object.fromEntries(Object.entries(pattern).filter(([field]) => about.includes(field))),
    };
    const optional = rank(requiredBy(heard, speaker)) > rank(level);
    return { does: 'hear', who, message, ...(optional && { optional }) };
  }
}

/**
 * Makes a case of a scenario: holds the conversation with a server, or a client, that is right, and notes what it says.
 *
 * @throws {RecordError} when it is not silent where the scenario says so, or does not connect.
 */
export async function record(scenario: Scenario, system: SideUnderTest, number: number): Promise<ConversationCase> {
  const {
    id,
    title,
    section,
    requiredBy: level,
    needs,
    underTest,
    readsDescriptions,
    actions,
    connections = [],
  } = scenario;
  const { aboutCandidates = false, aboutQuestions = false } = scenario;
  const participants = [...new Set(actions.flatMap((action) => ('who' in action ? [action.who] : [])))];
  const cast = { participants, connections, ...(underTest && { underTest }) };
  const conversation = new Conversation(cast, system, number);
  const recorder = new Recorder(conversation, scenario, system.settings ?? {});
  const steps: Step[] = [];
  try {
    for (const [index, action] of actions.entries()) {
      steps.push(action);
      await conversation.perform(action);
      await system.wait(0);
      // In memory a connection is connected at once; elsewhere what follows from it comes when it is.
      if (actions[index + 1]?.does === 'connect') continue;
      for (const { name, heard } of conversation.participants)
        for (const message of heard) recorder.note(name, message);
      let heardSomething = false;
      for (const participant of conversation.participants) {
        const seen = new Set<string>();
        for (const heard of participant.heard.splice(0)) {
          const isCandidate = heard.command === 'takeCandidate';
          if (isCandidate && (!aboutCandidates || seen.has(String(heard.streamId)))) continue;
          if (isCandidate) seen.add(String(heard.streamId));
          if (participant.kind === 'server' && !aboutQuestions && questionsOfSocket.includes(heard.command)) continue;
          heardSomething = true;
          steps.push(await recorder.step(participant, heard));
        }
        if (participant.kind === 'application' || participant.closed === undefined) continue;
        // What a participant has closed itself is over without a word.
        if (action.does !== 'close' || action.who !== participant.name)
          steps.push({ does: 'hearClose', who: participant.name });
        heardSomething = true;
        participant.closed = undefined;
      }
      // Two sockets have no order. Whoever was not answered has been heard by the time that silence has been listened to.
      const next = actions[index + 1];
      const isOther = next !== undefined && 'who' in next && next.does !== 'open';
      if (action.does === 'say' && !heardSomething && isOther && next.who !== action.who)
        steps.push({ does: 'hearNothing', who: action.who });
      // Whether and when it would be told of elsewhere is not known.
      const early = connecting(actions[index + 1])
        ? undefined
        : conversation.connected.find(
            (name) =>
              !actions.slice(0, index + 1).some((other) => other.does === 'connect' && other.connection === name),
          );
      if (early !== undefined) throw new RecordError(`${id}: ${early} is connected without a word about it`);
      if (action.does === 'hearNothing' && heardSomething) throw new RecordError(`${id}: somebody spoke`);
      if (action.does === 'connect' && conversation.end(action.connection).state !== 'connected')
        throw new RecordError(`${id}: ${action.connection} is ${conversation.end(action.connection).state}`);
    }
    return {
      id,
      title,
      section,
      requiredBy: level,
      ...(needs && { needs }),
      ...(readsDescriptions && { readsDescriptions }),
      ...cast,
      steps,
    };
  } finally {
    conversation.close();
    await system.wait(0);
  }
}

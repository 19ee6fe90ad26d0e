import {
  type Action,
  type CaseConnection,
  type ConversationCase,
  type MessagePattern,
  type RequiredBy,
  requirements,
  type Step,
} from '../case.ts';
import { Conversation, type Participant, type ReceivedMessage } from '../conversation.ts';
import { asJson, fill } from '../pattern.ts';
import { questionsOfSocket } from '../run.ts';
import type { Settings } from '../setting.ts';
import type { SideUnderTest } from '../system.ts';
import { askedFor, requiredBy } from '../witness.ts';

/** Actions of the participants. The messages of the side under test are recorded, not written. */
export interface Scenario
  extends Pick<
    ConversationCase,
    'id' | 'title' | 'section' | 'requiredBy' | 'needs' | 'underTest' | 'readsDescriptions' | 'withinMs'
  > {
  readonly connections?: readonly CaseConnection[];
  /** The case is about how candidates look, and when they come. */
  readonly aboutCandidates?: boolean;
  /** The case is about the requests that a client's socket makes by itself: `ping` and `getIceServerConfig`. */
  readonly aboutQuestions?: boolean;
  /** Fields that the case is about, besides those that it requires anyway. */
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
/** Properties of a stream that must match exactly; of the others, only the type. */
const exactOfStream: readonly string[] = [
  'streamId',
  'status',
  'name',
  'role',
  'metaData',
  'mainTrackStreamId',
  'subTrackStreamIds',
];

/** True of a text for people, as opposed to a name. */
const isProse = (value: unknown) => typeof value === 'string' && value.includes(' ');

const rank = (level: RequiredBy) => requirements.indexOf(level);

/** Turns recorded messages into patterns that hold for every implementation. */
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

  /** Pattern for a stream or a subscriber, given as JSON in a string. */
  #json(text: unknown): unknown {
    const told = JSON.parse(String(text)) as Readonly<Record<string, unknown>>;
    const { requiredBy: level } = this.#scenario;
    // Of a stream, SDKs read only its id; of a room, its streams.
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
    if (field === 'information' && isProse(value)) return '{{text}}';
    if (jsonTexts.includes(field))
      return Array.isArray(value) ? value.map((text) => this.#json(text)) : this.#json(value);
    if (typeof value === 'string') return this.#text(value);
    if (Array.isArray(value)) return value.map((item) => this.#general('', item));
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.#general(key, item)]));
    return value;
  }

  /** Values generated by the server that the case refers to later. */
  note(who: string, { definition, streamId }: ReceivedMessage): void {
    if (definition !== 'joinedTheRoom' || typeof streamId !== 'string') return;
    if (!this.#text(streamId).startsWith('{{')) this.#conversation.given.set(who, streamId);
  }

  /**
   * True if all streams that a room lists are live. The original document has those listed that can be played; that others are,
   * too, is this project's decision.
   */
  #listsLiveOnly({ streams }: ReceivedMessage): boolean {
    const { connections = [] } = this.#scenario;
    const { connected, values } = this.#conversation;
    const live = connections
      .filter(({ name, as }) => as === 'publisher' && connected.includes(name))
      .map(({ streamId }) => fill(streamId, values));
    return !Array.isArray(streams) || streams.every((streamId) => live.includes(streamId));
  }

  /** The step for a message, after it has been taken for what it is. */
  async step({ name: who, kind }: Participant, heard: ReceivedMessage): Promise<Extract<Step, { does: 'hear' }>> {
    const pattern: Record<string, unknown> = Object.fromEntries(
      Object.entries(heard).map(([field, value]) => [field, this.#general(field, value)]),
    );
    // Reports to an application are defined by this project, and compared exactly.
    if (kind === 'application') return { does: 'hear', who, message: pattern };
    // Without connections a description is a text that is passed on.
    if (heard.command === 'takeConfiguration' && this.#scenario.connections !== undefined) {
      const connection = this.#conversation.connectionFor(who, heard);
      if (connection === undefined)
        throw new RecordError(`${this.#scenario.id}: ${who} has no connection for the ${String(heard.type)}`);
      await this.#conversation.apply(connection.name, heard);
      pattern.sdp = `{{${String(heard.type)}:${connection.name}}}`;
    }
    if (heard.command === 'takeCandidate') {
      if (this.#scenario.connections !== undefined) pattern.candidate = '{{candidate}}';
      else for (const field of ['label', 'id']) pattern[field] = heard[field];
    }
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
    withinMs,
    actions,
    connections = [],
  } = scenario;
  const { aboutCandidates = false, aboutQuestions = false } = scenario;
  // Where there are no connections, candidates are said by the scenario, and each of them counts.
  const isGathered = scenario.connections !== undefined;
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
      // In memory a connection connects at once; elsewhere the messages that follow come later.
      if (actions[index + 1]?.does === 'connect') continue;
      for (const { name, heard } of conversation.participants)
        for (const message of heard) recorder.note(name, message);
      let heardSomething = false;
      for (const participant of conversation.participants) {
        const seen = new Set<string>();
        for (const heard of participant.heard.splice(0)) {
          const isCandidate = heard.command === 'takeCandidate';
          if (isCandidate && (!aboutCandidates || (isGathered && seen.has(String(heard.streamId))))) continue;
          if (isCandidate) seen.add(String(heard.streamId));
          if (participant.kind === 'server' && !aboutQuestions && questionsOfSocket.includes(heard.command)) continue;
          heardSomething = true;
          steps.push(await recorder.step(participant, heard));
        }
        if (participant.kind === 'application' || participant.closed === undefined) continue;
        // A connection that a participant closed itself ends without a message.
        if (action.does !== 'close' || action.who !== participant.name)
          steps.push({ does: 'hearClose', who: participant.name });
        heardSomething = true;
        participant.closed = undefined;
      }
      // Messages of two sockets have no order. After the silence, unanswered messages have been processed.
      const next = actions[index + 1];
      const isOther = next !== undefined && 'who' in next && next.does !== 'open';
      if (action.does === 'say' && !heardSomething && isOther && next.who !== action.who)
        steps.push({ does: 'hearNothing', who: action.who });
      // It is unknown whether and when another implementation reports it.
      const early = connecting(actions[index + 1])
        ? undefined
        : conversation.connected.find(
            (name) =>
              !actions.slice(0, index + 1).some((other) => other.does === 'connect' && other.connection === name),
          );
      if (early !== undefined) throw new RecordError(`${id}: ${early} is connected without a message about it`);
      if (action.does === 'hearNothing' && heardSomething) throw new RecordError(`${id}: a message arrived`);
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
      ...(withinMs !== undefined && { withinMs }),
      ...cast,
      steps,
    };
  } finally {
    conversation.close();
    await system.wait(0);
  }
}

import type { IceCandidate } from '@sigchart/core/machines';
import { clientMessages, notifications, serverMessages } from '@sigchart/core/protocol';
import {
  type Action,
  type CaseConnection,
  type ConversationCase,
  kindOf,
  type MessagePattern,
  type ParticipantKind,
} from './case.ts';
import { End } from './connection.ts';
import type { Rung } from './ladder.ts';
import { connectionsIn, fill, type Values } from './pattern.ts';
import type { Setting } from './setting.ts';
import type { ParticipantSocket, SideUnderTest } from './system.ts';

/** A received message. */
export type ReceivedMessage = MessagePattern & { readonly command: string };

/** One who takes part in a case. */
export interface Participant {
  readonly name: string;
  readonly kind: ParticipantKind;
  readonly heard: ReceivedMessage[];
  /** Reason for the end of the socket, in words. */
  closed: string | undefined;
  socket: ParticipantSocket | undefined;
  /** Ids whose role has been ended, by the client of the two. */
  readonly ended: Set<string>;
  /** Candidates received for one of those. */
  readonly belated: Set<ReceivedMessage>;
}

/** A step that could not be done. */
class StepError extends Error {
  override readonly name = 'StepError';
}

const addressOf = (who: string, streamId: unknown) => `${who} ${String(streamId)}`;

const candidateOf = ({ candidate, id, label }: MessagePattern): IceCandidate => ({
  candidate: String(candidate ?? ''),
  sdpMid: id === undefined || id === null ? null : String(id),
  sdpMLineIndex: label === undefined || label === null ? null : Number(label),
});

const isKnown = (message: unknown, kind: ParticipantKind): message is ReceivedMessage => {
  if (typeof message !== 'object' || message === null) return false;
  const { command, definition } = message as MessagePattern;
  if (kind === 'application') return typeof command === 'string';
  if (kind === 'server') return Object.hasOwn(clientMessages, String(command));
  if (command === 'notification') return Object.hasOwn(notifications, String(definition));
  return Object.hasOwn(serverMessages, String(command));
};

/** A received message, or `undefined` for what every participant of this kind ignores (docs/protocol.md § Framing). */
function read(text: string, kind: ParticipantKind): ReceivedMessage | undefined {
  try {
    const message: unknown = JSON.parse(text);
    return isKnown(message, kind) ? message : undefined;
  } catch {
    return undefined;
  }
}

/** Parts of a case that a conversation needs. */
type Cast = Pick<ConversationCase, 'participants' | 'connections' | 'underTest'>;

/** The participants of one case: performs their steps and collects what they receive. It does not judge. */
export class Conversation {
  readonly rungs: Rung[] = [];
  readonly values: Values;
  readonly given = new Map<string, string>();
  /** The ids of the case, by name. */
  readonly ids = new Map<string, string>();
  readonly #participants: ReadonlyMap<string, Participant>;
  readonly #turns = new Map<Participant, object>();
  /** For each participant and stream, the candidates received before there was a connection. */
  readonly #early = new Map<string, readonly IceCandidate[]>();
  readonly #ends = new Map<string, { readonly connection: CaseConnection; readonly end: End }>();
  readonly #system: SideUnderTest;
  readonly #case: Cast;

  constructor(of: Cast, system: SideUnderTest, number: number) {
    this.#case = of;
    this.#system = system;
    const { settings = {} } = system;
    this.values = {
      id: (name) => {
        const id = `${system.run}-${number}-${name}`;
        this.ids.set(name, id);
        return id;
      },
      given: (name) => this.given.get(name),
      setting: (name) => settings[name as Setting],
    };
    this.#participants = new Map(
      of.participants.map((name) => [
        name,
        {
          name,
          kind: kindOf(of.underTest ?? 'server', name),
          heard: [],
          closed: undefined,
          socket: undefined,
          ended: new Set<string>(),
          belated: new Set<ReceivedMessage>(),
        },
      ]),
    );
  }

  get participants(): Iterable<Participant> {
    return this.#participants.values();
  }

  participant(name: string): Participant {
    const participant = this.#participants.get(name);
    if (participant === undefined) throw new StepError(`there is no participant ${name}`);
    return participant;
  }

  /** A connection, opened if it has not been. */
  end(name: string): End {
    const known = this.#ends.get(name);
    if (known !== undefined) return known.end;
    const connection = this.#case.connections.find((other) => other.name === name);
    if (connection === undefined) throw new StepError(`there is no connection ${name}`);
    const streamId = fill(connection.streamId, this.values);
    const end = new End(() => this.#system.connect(connection.as, streamId));
    this.#ends.set(name, { connection, end });
    return end;
  }

  /** The names of the connections that are connected. */
  get connected(): readonly string[] {
    return [...this.#ends].flatMap(([name, { end }]) => (end.state === 'connected' ? [name] : []));
  }

  /** The connections of a participant for a stream. */
  connectionsFor(who: string, streamId: unknown): readonly CaseConnection[] {
    return this.#case.connections.filter(
      (connection) => connection.who === who && fill(connection.streamId, this.values) === streamId,
    );
  }

  /**
   * The connection that a received description is for. If there are several for one stream, an offer is for the first without a
   * remote description, and an answer for the last that was opened.
   */
  connectionFor(who: string, { streamId, type }: MessagePattern): CaseConnection | undefined {
    const fitting = this.connectionsFor(who, streamId).filter(({ as }) =>
      as === 'peer' ? true : (as === 'player') === (type === 'offer'),
    );
    return type === 'offer'
      ? (fitting.find(({ name }) => !this.#ends.get(name)?.end.isDescribed) ?? fitting.at(-1))
      : fitting.findLast(({ name }) => this.#ends.has(name));
  }

  /** Tracks ended roles: once a client has sent the end, its candidates for the role are late. */
  #account(participant: Participant, { command, streamId }: MessagePattern): void {
    if (command === 'stop' || command === 'leave') participant.ended.add(String(streamId));
    if (command === 'publish' || command === 'play' || command === 'join') participant.ended.delete(String(streamId));
  }

  #receive(participant: Participant, text: string): void {
    const message = read(text, participant.kind);
    if (message === undefined) {
      this.rungs.push({ who: participant.name, direction: 'heard', text: `${text.slice(0, 80)} (no message)` });
      return;
    }
    this.rungs.push({ who: participant.name, direction: 'heard', message });
    participant.heard.push(message);
    if (participant.kind === 'server') this.#account(participant, message);
    const { streamId } = message;
    const address = addressOf(participant.name, streamId);
    if (message.command !== 'takeCandidate') return;
    if (participant.ended.has(String(streamId))) participant.belated.add(message);
    const candidate = candidateOf(message);
    const ends = this.connectionsFor(participant.name, streamId).flatMap(({ name }) => this.#ends.get(name) ?? []);
    for (const { end } of ends) end.add(candidate);
    if (ends.length === 0) this.#early.set(address, [...(this.#early.get(address) ?? []), candidate]);
  }

  async #open({ who, path, answersPings }: Extract<Action, { does: 'open' }>): Promise<void> {
    const participant = this.participant(who);
    const { kind } = participant;
    const text = { client: 'opens a socket', server: 'takes a socket', application: 'makes a client' }[kind];
    this.rungs.push({ who, direction: 'did', text });
    // A socket that has been replaced by another may still end.
    const turn = {};
    this.#turns.set(participant, turn);
    participant.closed = undefined;
    participant.socket = await this.#system.open(
      { as: kind, path, answersPings: answersPings ?? true },
      {
        received: (text) => this.#receive(participant, text),
        closed: (how) => {
          if (this.#turns.get(participant) === turn) participant.closed ??= how;
        },
      },
    );
  }

  async #refuse(who: string): Promise<void> {
    this.rungs.push({ who, direction: 'did', text: 'refuses a socket' });
    if (this.#system.refuse === undefined) throw new StepError('only a client can be refused a socket');
    await this.#system.refuse();
  }

  async #say(who: string, pattern: MessagePattern): Promise<void> {
    const participant = this.participant(who);
    const message: Record<string, unknown> = { ...fill(pattern, this.values) };
    const say = (said: MessagePattern) => {
      this.rungs.push({ who, direction: 'said', message: said });
      participant.socket?.send(JSON.stringify(said));
    };
    const used = connectionsIn(pattern);
    for (const type of ['offer', 'answer'] as const) {
      const name = used.get(type);
      if (name !== undefined) message.sdp = await this.end(name).describe(type);
    }
    const name = used.get('candidate');
    if (name === undefined) {
      if (participant.kind === 'client') this.#account(participant, message);
      say(message);
      return;
    }
    this.end(name).onCandidate(({ candidate, sdpMid, sdpMLineIndex }) => {
      const own: Readonly<Record<string, unknown>> = {
        '{{label}}': sdpMLineIndex ?? 0,
        '{{labelText}}': String(sdpMLineIndex ?? 0),
        '{{mid}}': sdpMid ?? '0',
        [`{{candidate:${name}}}`]: candidate,
      };
      say(
        Object.fromEntries(
          Object.entries(message).map(([field, value]) => [
            field,
            Object.hasOwn(own, String(value)) ? own[String(value)] : value,
          ]),
        ),
      );
    });
  }

  /** Does what a participant does. What only listens does nothing here. */
  async perform(action: Action): Promise<void> {
    switch (action.does) {
      case 'open':
        await this.#open(action);
        break;
      case 'refuse':
        await this.#refuse(action.who);
        break;
      case 'say':
        await this.#say(action.who, action.message);
        break;
      case 'sendText':
        this.rungs.push({ who: action.who, direction: 'said', text: action.text.slice(0, 80) });
        this.participant(action.who).socket?.send(fill(action.text, this.values));
        break;
      case 'sendBytes':
        this.rungs.push({ who: action.who, direction: 'said', text: `bytes: ${action.text.slice(0, 80)}` });
        this.participant(action.who).socket?.sendBytes(fill(action.text, this.values));
        break;
      case 'lose':
        this.rungs.push({ who: action.who, direction: 'did', text: 'loses its connection' });
        this.end(action.connection).close();
        break;
      case 'wait':
        this.rungs.push({ who: ' ', direction: 'did', text: `${action.ms} ms pass` });
        await this.#system.wait(action.ms);
        break;
      case 'close':
        this.rungs.push({ who: action.who, direction: 'did', text: 'closes its socket' });
        this.participant(action.who).socket?.close();
        break;
      case 'sendData':
        this.rungs.push({ who: action.who, direction: 'did', text: `sends ${JSON.stringify(action.text)} as data` });
        this.end(action.connection).media?.sendData(action.text);
        break;
      case 'connect':
      case 'receive':
      case 'receiveNothing':
      case 'receiveData':
      case 'hearNothing':
    }
  }

  /** The names, in media, of the open connections that send what a connection receives; none if what it receives is not one stream. */
  sourcesOf(name: string): readonly string[] {
    const own = this.#ends.get(name)?.connection;
    if (own === undefined) return [];
    const streamId = fill(own.streamId, this.values);
    const senders = [...this.#ends.values()].filter(
      ({ connection, end }) =>
        connection !== own &&
        connection.as === (own.as === 'peer' ? 'peer' : 'publisher') &&
        fill(connection.streamId, this.values) === streamId &&
        end.isOpen,
    );
    return senders.flatMap(({ end }) => end.media?.name ?? []);
  }

  /** Applies a received description. */
  async apply(name: string, { type, sdp }: MessagePattern): Promise<void> {
    await this.end(name).apply({ type: type as 'offer' | 'answer', sdp: String(sdp) });
  }

  /**
   * Gives a connection the messages that arrived before it was opened, right after the description that opened it. Not while a
   * case is recorded: what a case requires must not depend on such early messages.
   */
  catchUp(name: string): void {
    const { connection, end } = this.#ends.get(name) ?? {};
    if (connection === undefined || end === undefined) return;
    const address = addressOf(connection.who, fill(connection.streamId, this.values));
    for (const candidate of this.#early.get(address) ?? []) end.add(candidate);
    this.#early.delete(address);
  }

  /** Closes every socket and connection. */
  close(): void {
    for (const { end } of this.#ends.values()) end.close();
    for (const { socket } of this.participants) socket?.close();
  }
}

/** True if a text is a message that a server of this protocol may say. */
export const isServerMessage = (text: string): boolean => read(text, 'client') !== undefined;

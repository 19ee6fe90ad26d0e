import type { Setting } from './setting.ts';

/** Class of a case: required by the original document, by SDKs in use, or only by this project. */
export type RequiredBy = 'spec' | 'sdks' | 'project';

/** The classes, from what every implementation must fulfil to what only this project promises. */
export const requirements: readonly RequiredBy[] = ['spec', 'sdks', 'project'];

/** A message, or what it is to look like. Texts of the form `{{kind:name}}` are placeholders: docs/conformance.md § Placeholders. */
export type MessagePattern = { readonly [field: string]: unknown };

/** Kind of a participant's connection. A publisher's sends, a player's receives, a peer's does both. */
export type ConnectionPurpose = 'publisher' | 'player' | 'peer';

/** A kind of media. */
export type MediaKind = 'audio' | 'video';

/** A connection of a participant, opened when a step first needs it. */
export interface CaseConnection {
  readonly who: string;
  readonly name: string;
  readonly as: ConnectionPurpose;
  /** The stream, or call, whose descriptions and candidates are for it. A placeholder. */
  readonly streamId: string;
}

/** One thing that happens in a case, in order. */
export type Step =
  /**
   * A participant opens a socket. `path` replaces `/<app>/websocket`, and contains `{{app}}`. With a client under test, the
   * application creates the client, and a server accepts its socket.
   */
  | { readonly does: 'open'; readonly who: string; readonly path?: string; readonly answersPings?: false }
  /** A server refuses the socket that the client dials. */
  | { readonly does: 'refuse'; readonly who: string }
  /** A participant sends a message. A message with a candidate placeholder is sent for every candidate of the connection. */
  | { readonly does: 'say'; readonly who: string; readonly message: MessagePattern }
  /** A participant sends a text that is no message. */
  | { readonly does: 'sendText'; readonly who: string; readonly text: string }
  /** A participant sends a binary message. */
  | { readonly does: 'sendBytes'; readonly who: string; readonly text: string }
  /** The side under test sends a message. `optional`: it may also come later, or not at all. */
  | { readonly does: 'hear'; readonly who: string; readonly message: MessagePattern; readonly optional?: true }
  /** The side under test sends nothing for a while. */
  | { readonly does: 'hearNothing'; readonly who: string }
  /** The side under test closes the socket of a participant. */
  | { readonly does: 'hearClose'; readonly who: string }
  /** A connection of a participant becomes connected. */
  | { readonly does: 'connect'; readonly who: string; readonly connection: string }
  /** Media of each of these kinds arrives on a connection: RTP, with payloads of the codec. */
  | {
      readonly does: 'receive';
      readonly who: string;
      readonly connection: string;
      readonly kinds: readonly MediaKind[];
    }
  /** No media arrives on a connection for a while. */
  | { readonly does: 'receiveNothing'; readonly who: string; readonly connection: string }
  /** A participant sends a text on its data channel. */
  | { readonly does: 'sendData'; readonly who: string; readonly connection: string; readonly text: string }
  /** A text arrives on the data channel of a connection. */
  | { readonly does: 'receiveData'; readonly who: string; readonly connection: string; readonly text: string }
  /** A connection of a participant is closed without a message. */
  | { readonly does: 'lose'; readonly who: string; readonly connection: string }
  /** Milliseconds pass. */
  | { readonly does: 'wait'; readonly ms: number }
  /** A participant closes its socket. */
  | { readonly does: 'close'; readonly who: string };

/** Step of a participant; all other steps are those of the side under test. */
export type Action = Exclude<Step, { readonly does: 'hear' | 'hearClose' }>;

/** Side that can be tested. */
export type Side = 'server' | 'client';

/** The participant that is the application of a client under test. Every other participant is then a server. */
export const application = 'app';

/** Kind of a participant: a client of a server under test, or the server or the application of a client under test. */
export type ParticipantKind = Side | 'application';

/** Kind of a participant. */
export const kindOf = (underTest: Side, who: string): ParticipantKind => {
  if (underTest === 'server') return 'client';
  return who === application ? 'application' : 'server';
};

/** A conversation with a server or a client, and what that is to say in it. Plain data. */
export interface ConversationCase {
  /** Unique, and the same in every version: letters, digits, `-`, `/`. */
  readonly id: string;
  /** Title. */
  readonly title: string;
  /** The section of the protocol (docs/protocol.md, docs/protocol/messages.md) that it shows. */
  readonly section: string;
  readonly requiredBy: RequiredBy;
  /** Sources of what it requires: sections of documents, files of SDKs. */
  readonly references?: readonly string[];
  /** Required settings of the server; without them the case is not run. Default none. */
  readonly needs?: readonly Setting[];
  /** Side under test. Default: the server. */
  readonly underTest?: 'client';
  /** Checks received descriptions and candidates (docs/conformance.md § Descriptions). Default `false`. */
  readonly readsDescriptions?: true;
  /** Maximum delay of each expected message, regardless of the run's timeouts. Milliseconds. */
  readonly withinMs?: number;
  /** Each on a socket of its own; with a client under test, one on each that it dials, and the application. */
  readonly participants: readonly string[];
  readonly connections: readonly CaseConnection[];
  readonly steps: readonly Step[];
}

/** Whose demand a case is: that of the original document, that of SDKs in use, or one that this project makes on its own. */
export type RequiredBy = 'seed' | 'sdks' | 'project';

/** The same, from what everybody must bear to what only this project promises. */
export const requirements: readonly RequiredBy[] = ['seed', 'sdks', 'project'];

/** A message, or what it is to look like. Texts of the form `{{kind:name}}` are placeholders: docs/conformance.md § Placeholders. */
export type MessagePattern = { readonly [field: string]: unknown };

/** What a connection of a participant is for. A publisher's sends, a player's receives, a peer's does both. */
export type ConnectionPurpose = 'publisher' | 'player' | 'peer';

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
  /** A participant opens a socket. `path` is put in the place of `/<app>/websocket`, with `{{app}}` in it. */
  | { readonly does: 'open'; readonly who: string; readonly path?: string; readonly answersPings?: false }
  /** A participant says a message. One with a candidate in it is said for every candidate that the connection makes. */
  | { readonly does: 'say'; readonly who: string; readonly message: MessagePattern }
  /** A participant sends a text that is no message. */
  | { readonly does: 'sendText'; readonly who: string; readonly text: string }
  /** A participant sends a binary message. */
  | { readonly does: 'sendBytes'; readonly who: string; readonly text: string }
  /** The server says a message. `optional`: it may as well not, or later. */
  | { readonly does: 'hear'; readonly who: string; readonly message: MessagePattern; readonly optional?: true }
  /** The server says nothing for a while. */
  | { readonly does: 'hearNothing'; readonly who: string }
  /** A connection of a participant becomes connected. */
  | { readonly does: 'connect'; readonly who: string; readonly connection: string }
  /** A connection of a participant is closed, and nothing said of it on the socket. */
  | { readonly does: 'lose'; readonly who: string; readonly connection: string }
  /** Milliseconds pass. */
  | { readonly does: 'wait'; readonly ms: number }
  /** A participant closes its socket. */
  | { readonly does: 'close'; readonly who: string };

/** What participants do in a case; everything else the server does. */
export type Action = Exclude<Step, { readonly does: 'hear' }>;

/** A conversation with a server, and what the server is to say in it. Plain data. */
export interface ConversationCase {
  /** Unique, and the same in every version: letters, digits, `-`, `/`. */
  readonly id: string;
  /** What it shows, in words. */
  readonly title: string;
  /** The section of docs/protocol.md that it shows. */
  readonly section: string;
  readonly requiredBy: RequiredBy;
  /** Each on a socket of its own. */
  readonly participants: readonly string[];
  readonly connections: readonly CaseConnection[];
  readonly steps: readonly Step[];
}

import type { ParticipantKind } from './case.ts';
import type { OpenEnd } from './connection.ts';
import type { Settings } from './setting.ts';

/** Options for opening a participant's socket. */
export interface OpenSocket {
  /**
   * A `client` opens a socket to a server under test. A `server` accepts the next socket of a client under test. The
   * `application` creates that client, sends it requests and receives its reports (docs/conformance.md § The application).
   */
  readonly as: ParticipantKind;
  /** In the place of `/<app>/websocket`, with `{{app}}` for the app. */
  readonly path: string | undefined;
  /** True if it answers pings (RFC 6455 § 5.5.3), as every WebSocket does that is alive. */
  readonly answersPings: boolean;
}

/** Events of a participant's socket. */
export interface HearsSocket {
  received(text: string): void;
  /** The socket is closed; `how` says why, in words. */
  closed(how: string): void;
}

/** An open socket of a participant. */
export interface ParticipantSocket {
  send(text: string): void;
  /** Sends a text as a binary message, in UTF-8. */
  sendBytes(text: string): void;
  close(): void;
}

/** Counterpart of conversations: a server in memory, over a socket, or at an unknown address; a client in memory or in a browser. */
export interface SideUnderTest {
  /** Opens a socket. Rejects with the reason, in words. */
  open(options: OpenSocket, hears: HearsSocket): Promise<ParticipantSocket>;
  /** Refuses the next socket of a client; only for clients under test. Rejects with the reason, in words. */
  refuse?(): Promise<void>;
  /** Opens a connection of a participant. */
  readonly connect: OpenEnd;
  /**
   * Lets `ms` milliseconds pass for what is under test. With `holds` it is the patience of the suite: up to `ms`, fewer as soon as
   * it holds. In memory the first is a clock that is turned.
   */
  wait(ms: number, holds?: () => boolean): Promise<void>;
  /** Milliseconds since whenever. */
  now(): number;
  /** Prefix of the ids of this run. At most 16 letters and digits. */
  readonly run: string;
  /** Known settings. Default none. */
  readonly settings?: Settings;
}

/** A server, with which any number of conversations may be held at a time. */
export type ServerUnderTest = SideUnderTest;

/** A client that is created for one conversation. */
export type ClientUnderTest = SideUnderTest;

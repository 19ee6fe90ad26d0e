import type { ParticipantKind } from './case.ts';
import type { OpenEnd } from './connection.ts';
import type { Settings } from './setting.ts';

/** How a participant opens its socket. */
export interface OpenSocket {
  /**
   * A `client` dials a server under test. A `server` takes the next socket that a client under test dials. The `application` makes
   * that client, says what it wishes (docs/conformance.md § The application), and hears how that goes.
   */
  readonly as: ParticipantKind;
  /** In the place of `/<app>/websocket`, with `{{app}}` for the app. */
  readonly path: string | undefined;
  /** True if it answers pings (RFC 6455 § 5.5.3), as every WebSocket does that is alive. */
  readonly answersPings: boolean;
}

/** What a socket tells a participant. */
export interface HearsSocket {
  received(text: string): void;
  /** The socket is gone; `how` says it in words. */
  closed(how: string): void;
}

/** An open socket of a participant. */
export interface ParticipantSocket {
  send(text: string): void;
  /** Sends a text as a binary message, in UTF-8. */
  sendBytes(text: string): void;
  close(): void;
}

/**
 * What conversations are held with: a server in memory, behind a socket, at an address that nobody knows anything of; a client in
 * memory, in a browser.
 */
export interface SideUnderTest {
  /** Opens a socket. Rejects with what went wrong, in words. */
  open(options: OpenSocket, hears: HearsSocket): Promise<ParticipantSocket>;
  /** Refuses the next socket that a client dials. Only of a client. Rejects with what went wrong, in words. */
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
  /** Something that ids of this run, and of no other, begin with. At most 16 letters and digits. */
  readonly run: string;
  /** What is known of how it is configured. Default nothing. */
  readonly settings?: Settings;
}

/** A server, with which any number of conversations may be held at a time. */
export type ServerUnderTest = SideUnderTest;

/** A client, which is made anew for every conversation: it is asked for one, and no more. */
export type ClientUnderTest = SideUnderTest;

import type { OpenEnd } from './connection.ts';

/** How a participant opens its socket. */
export interface OpenSocket {
  /** In the place of `/<app>/websocket`, with `{{app}}` for the app. */
  readonly path: string | undefined;
  /** Whether it answers pings (RFC 6455 § 5.5.3), as every WebSocket does that is alive. */
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
 * A server that conversations are held with: one in memory, one behind a socket, one at an address that nobody knows
 * anything of.
 */
export interface ServerUnderTest {
  /** Opens a socket. Rejects with what went wrong, in words. */
  open(options: OpenSocket, hears: HearsSocket): Promise<ParticipantSocket>;
  /** Opens a connection of a participant. */
  readonly connect: OpenEnd;
  /** Lets up to `ms` milliseconds pass, fewer as soon as `holds` does. In memory it is a clock that is turned. */
  wait(ms: number, holds?: () => boolean): Promise<void>;
  /** Milliseconds since whenever. */
  now(): number;
  /** Something that ids of this run, and of no other, begin with. At most 16 letters and digits. */
  readonly run: string;
}

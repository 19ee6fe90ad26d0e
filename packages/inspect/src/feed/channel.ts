/** A WebSocket, as a feed needs it: what is sent, and how much of it is still unsent. */
export interface Channel {
  send(text: string): void;
  /** What was sent and has not left yet. Bytes. */
  readonly bufferedAmount: number;
}

/** A viewer's, or a client's, end of a feed. */
export interface Joined {
  /** It has said something. */
  received(text: string): void;
  /** It is gone. */
  left(): void;
}

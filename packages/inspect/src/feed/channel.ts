/** A WebSocket, as a feed needs it: what is sent, and how much of it is still unsent. */
export interface Channel {
  send(text: string): void;
  /** Number of unsent bytes. Bytes. */
  readonly bufferedAmount: number;
}

/** A viewer's, or a client's, end of a feed. */
export interface FeedEnd {
  /** The other side has sent a text. */
  received(text: string): void;
  /** The other side has left. */
  left(): void;
}

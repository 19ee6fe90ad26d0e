import type { Track } from './track.ts';

/** Who takes part in the data channel of a stream. */
export interface MessageReceiver {
  message(message: string | Buffer): void;
}

/** What a publisher sends under one stream id: its tracks, and the messages of its data channel. */
export class Source {
  readonly streamId: string;
  tracks: readonly Track[] = [];
  readonly #receivers = new Set<MessageReceiver>();

  constructor(streamId: string) {
    this.streamId = streamId;
  }

  /** Passes a message to everybody but who sent it. */
  relay(message: string | Buffer, sender: MessageReceiver): void {
    for (const receiver of this.#receivers) if (receiver !== sender) receiver.message(message);
  }

  add(receiver: MessageReceiver): void {
    this.#receivers.add(receiver);
  }

  remove(receiver: MessageReceiver): void {
    this.#receivers.delete(receiver);
  }

  /** Ends it: nothing more will come. */
  close(): void {
    for (const track of this.tracks) track.close();
    this.tracks = [];
    this.#receivers.clear();
  }
}

import type { Track } from './track.ts';

/** Who takes part in a stream: its publisher, and those who play it. */
export interface Participant {
  /** Hears what another said on the data channel. */
  message(message: string | Buffer): void;
  /** Hears that the tracks are others than before. */
  tracksChanged(): void;
}

/** What a publisher sends under one stream id: its tracks, and the messages of its data channel. */
export class Source {
  readonly streamId: string;
  readonly participants = new Set<Participant>();
  #tracks: readonly Track[] = [];

  constructor(streamId: string) {
    this.streamId = streamId;
  }

  get tracks(): readonly Track[] {
    return this.#tracks;
  }

  /** Replaces the tracks. Those that are not among the new ones end. */
  update(tracks: readonly Track[]): void {
    const before = this.#tracks;
    this.#tracks = tracks;
    const gone = before.filter((track) => !tracks.includes(track));
    for (const track of gone) track.close();
    if (gone.length === 0 && tracks.length === before.length) return;
    for (const participant of this.participants) participant.tracksChanged();
  }

  /** Ends it: nothing more will come. */
  close(): void {
    this.participants.clear();
    this.update([]);
  }
}

/** Passes a message to everybody in some streams but who sent it, once. */
export function relay(sources: readonly Source[], message: string | Buffer, sender: Participant): void {
  const participants = new Set(sources.flatMap((source) => [...source.participants]));
  participants.delete(sender);
  for (const participant of participants) participant.message(message);
}

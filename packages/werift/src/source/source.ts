import type { Track } from './track.ts';

/** Participant of a stream: its publisher or a player. */
export interface Participant {
  /** Receives a data channel message of another participant. */
  message(message: string | Buffer): void;
  /** Called when the tracks have changed. */
  tracksChanged(): void;
}

/** Media published under one stream id: tracks, and the messages of the data channel. */
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

/** Forwards a message once to every participant of some streams except its sender. */
export function relay(sources: readonly Source[], message: string | Buffer, sender: Participant): void {
  const participants = new Set(sources.flatMap((source) => [...source.participants]));
  participants.delete(sender);
  for (const participant of participants) participant.message(message);
}

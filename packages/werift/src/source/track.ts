import type { Layer } from '@sigchart/core/machines';
import type { CodecMapping } from '../sdp/codec.ts';
import { Demands } from './demands.ts';
import { Encoding } from './encoding.ts';
import type { FrameSize } from './frameSize.ts';

/** The id of a stream's tracks of one kind by their label, which is the stream's id unless a room gives another. */
export const trackIdOf = (kind: 'audio' | 'video', label: string, index: number): string =>
  `ARDAMS${kind === 'video' ? 'v' : 'a'}${label}${index === 0 ? '' : `_${index + 1}`}`;

/** Parameters of a track, known before its first packet. */
export interface TrackOptions {
  readonly id: string;
  readonly streamId: string;
  /** The publisher's media section. */
  readonly mid: string;
  /** Negotiated codec. */
  readonly codec: CodecMapping;
  /** The restriction identifiers of its encodings, `undefined` where they have none, in the publisher's order. Default one encoding. */
  readonly rids?: readonly (string | undefined)[];
  readonly requestKeyFrame: (encoding: Encoding, isRepeated: boolean) => void;
}

/** One track that a publisher sends, in one encoding or, by simulcast, in several. */
export class Track {
  readonly id: string;
  readonly streamId: string;
  readonly mid: string;
  readonly codec: CodecMapping;
  /** In the publisher's order. */
  readonly encodings: readonly Encoding[];
  /** Bitrates that players can receive, for the limit of the publisher. */
  readonly demands = new Demands();

  constructor({ id, streamId, mid, codec, rids = [], requestKeyFrame }: TrackOptions) {
    this.id = id;
    this.streamId = streamId;
    this.mid = mid;
    this.codec = codec;
    const names = rids.length === 0 ? [undefined] : rids;
    this.encodings = names.map((rid) => {
      const encoding: Encoding = new Encoding({
        mid,
        codec,
        rid,
        requestKeyFrame: (isRepeated) => requestKeyFrame(encoding, isRepeated),
      });
      return encoding;
    });
  }

  get kind() {
    return this.codec.codec.kind;
  }

  /** The encodings from the smallest picture to the largest: in the publisher's order as long as that is not known. */
  get ranked(): readonly Encoding[] {
    if (this.encodings.length === 1) return this.encodings;
    return [...this.encodings].sort((one, other) => {
      const [height, otherHeight] = [one.frameSize.height, other.frameSize.height];
      return height === 0 || otherHeight === 0 ? 0 : height - otherHeight;
    });
  }

  /** Of the largest picture that is sent. */
  get frameSize(): FrameSize {
    const sizes = this.encodings.map(({ frameSize }) => frameSize);
    return sizes.reduce((one, other) => (other.height > one.height ? other : one));
  }

  /** Bits per second, of all encodings. */
  get bitrate(): number {
    return this.encodings.reduce((sum, { meter }) => sum + meter.bitrate(7, 7), 0);
  }

  /** Computes bitrates. */
  measure(atMs: number): void {
    for (const { meter } of this.encodings) meter.update(atMs);
    this.demands.measured(this.bitrate);
  }

  /**
   * Layers that can be sent now, by ascending bitrate. The smallest picture has every temporal layer, larger ones only all
   * together: a smaller picture that moves is better than a larger one that does not.
   */
  layers(atMs: number): readonly Layer[] {
    if (this.kind === 'audio') {
      const bitrate = this.bitrate;
      return bitrate === 0 ? [] : [{ spatial: 0, temporal: 0, height: 0, bitrate }];
    }
    const { ranked } = this;
    if (ranked.length === 1) return this.#scalable(ranked[0] as Encoding, atMs);
    return ranked.flatMap((encoding, spatial) => {
      const { meter, frameSize } = encoding;
      const { temporal } = meter.top;
      if (temporal < 0 || !encoding.isActive(atMs)) return [];
      const all = { spatial, temporal, height: frameSize.height, bitrate: meter.bitrate(0, temporal) };
      const isSmallest = !ranked.slice(0, spatial).some((one) => one.isActive(atMs));
      if (!isSmallest) return [all];
      const slower = Array.from({ length: temporal }, (_, index) => ({
        ...all,
        temporal: index,
        bitrate: meter.bitrate(0, index),
      }));
      return [...slower, all];
    });
  }

  #scalable(encoding: Encoding, atMs: number): readonly Layer[] {
    const { meter, frameSize, frameSizes } = encoding;
    const { spatial: top, temporal } = meter.top;
    if (temporal < 0 || !encoding.isActive(atMs)) return [];
    // If sizes are not stated, each spatial layer is assumed to have half of the height of the one above.
    const stated = top < frameSizes.length ? frameSizes : [];
    const layer = (spatial: number, highest: number): Layer => ({
      spatial,
      temporal: highest,
      height: stated[spatial]?.height ?? Math.round(frameSize.height / 2 ** (top - spatial)),
      bitrate: meter.bitrate(spatial, highest, encoding.isSkipping ? spatial : 0),
    });
    return [
      ...Array.from({ length: temporal + 1 }, (_, highest) => layer(0, highest)),
      ...Array.from({ length: top }, (_, index) => layer(index + 1, temporal)),
    ];
  }

  /** Ends it: nothing more will come. */
  close(): void {
    for (const encoding of this.encodings) encoding.close();
  }
}

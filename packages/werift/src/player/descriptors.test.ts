import { expect, test, vi } from 'vitest';
import { RtpHeader } from 'werift';
import { Schedule } from '../schedule.ts';
import type { CodecMapping } from '../sdp/codec.ts';
import { DependencyReader } from '../source/dependencyDescriptor.ts';
import { Track } from '../source/track.ts';
import { bitsOf, type Field, flags, keyFrame, mandatory } from '../test/descriptor.ts';
import { Traffic, TransportTraffic } from '../transport/traffic.ts';
import type { Transport } from '../transport/transport.ts';
import { Outlet } from './outlet.ts';

const dependency = 4;
/** First byte of an AV1 payload: that of a key frame, and of another. */
const [key, delta] = [0x08, 0];

/** Number of a packet, and of the picture that it is of. Default those after the last ones. */
interface PacketOptions {
  readonly number?: number;
  readonly picture?: number;
  readonly marker?: boolean;
}

/** A player of one track of AV1, and what it is sent: numbers, marker bits and descriptors. */
function player(extensions: { readonly dependency?: number }, rids?: readonly string[]) {
  const codec = { codec: { kind: 'video', name: 'AV1', clockRate: 90_000 }, payloadType: 96, feedback: [] };
  const requestKeyFrame = vi.fn();
  const track = new Track({
    ...{ id: 'v', streamId: 's', mid: '0', codec: codec as unknown as CodecMapping, requestKeyFrame, rids: rids ?? [] },
  });
  const headers: RtpHeader[] = [];
  const sendRtp = (_: Buffer, header: RtpHeader) =>
    headers.push(RtpHeader.deSerialize(Buffer.from(header.serialize(header.serializeSize))));
  const traffic = new TransportTraffic(new Traffic());
  const outlet = new Outlet({ isWritable: true, sendRtp, traffic } as unknown as Transport, new Schedule(), () => true);
  const none = { mid: undefined, transportSequence: undefined, sendTime: undefined };
  outlet.update([
    { track, ssrc: 1, payloadType: 96, rtx: undefined, mid: '0', extensions: { ...none, ...extensions } },
  ]);
  const counts = new Map<number, number>();
  const receive = (first: number, descriptor: Buffer, encoding = 0, options: PacketOptions = {}) => {
    const { number = (counts.get(encoding) ?? 1000) + 1, picture = number, marker = true } = options;
    counts.set(encoding, Math.max(number, counts.get(encoding) ?? 0));
    const packet = {
      sequenceNumber: number,
      timestamp: 3000 * picture,
      marker,
      payload: Buffer.from([first, 1, 2]),
    };
    track.encodings[encoding]?.receive({ ...packet, descriptor }, performance.now());
  };
  const reader = new DependencyReader();
  return {
    ...{ track, receive, headers, requestKeyFrame },
    select: (spatial: number, temporal: number) => outlet.forwarders[0]?.select({ spatial, temporal }),
    numbers: () => headers.map(({ sequenceNumber }) => sequenceNumber - (headers[0]?.sequenceNumber ?? 0)),
    read: () =>
      headers.map(({ extensions }) => {
        const bytes = extensions.find(({ id }) => id === dependency)?.payload;
        return bytes && reader.read(bytes);
      }),
    close() {
      outlet.close();
      track.close();
    },
  };
}

/** Four frames of L1T3, after a key frame of number `from`. */
const frames = (from: number) =>
  [3, 2, 4, 1].map((template, index) => bitsOf(...mandatory(template, from + 1 + index)));

test('a slower layer leaves out frames, tells which decode targets there are, and counts without gaps', () => {
  const { receive, select, numbers, read, close } = player({ dependency });
  select(0, 1);
  receive(key, keyFrame(10));
  for (const frame of frames(10)) receive(delta, frame);
  expect(numbers()).toEqual([0, 1, 2]);
  expect(read().map((frame) => [frame?.frameNumber, frame?.temporal, frame?.activeTargets])).toEqual([
    [10, 0, 0b011],
    [12, 1, 0b011],
    [14, 0, 0b011],
  ]);
  close();
});

test('a faster layer is taken up with a frame that allows it, and all targets are told until the next key frame', () => {
  const { receive, select, read, close } = player({ dependency });
  select(0, 0);
  receive(key, keyFrame(10));
  const [first, ...others] = frames(10);
  if (first === undefined) throw new Error('no frame');
  select(0, 2);
  // Of the fastest layer: nobody may begin with it.
  receive(delta, first);
  for (const frame of others) receive(delta, frame);
  receive(key, keyFrame(15));
  expect(read().map((frame) => [frame?.frameNumber, frame?.activeTargets])).toEqual([
    [10, 0b001],
    [12, 0b111],
    [13, 0b111],
    [14, 0b111],
    [15, undefined],
  ]);
  close();
});

test('a descriptor of more than 16 bytes makes its header one of two-byte extensions, and only that', () => {
  const { receive, headers, close } = player({ dependency });
  receive(key, keyFrame(10));
  for (const frame of frames(10)) receive(delta, frame);
  expect(headers.map(({ extensionProfile }) => extensionProfile)).toEqual([0x1000, ...frames(10).map(() => 0xbede)]);
  close();
});

test('a player that does not take descriptors gets its layer without them', () => {
  const { receive, select, numbers, read, close } = player({});
  select(0, 0);
  receive(key, keyFrame(10));
  for (const frame of frames(10)) receive(delta, frame);
  expect(numbers()).toEqual([0, 1]);
  expect(read()).toEqual([undefined, undefined]);
  close();
});

/** L2T1: a key frame in two spatial layers, and a frame in both after it. */
const l2t1: readonly Buffer[] = [
  bitsOf(
    ...mandatory(0, 1),
    ...flags(1, 0, 0, 0, 0),
    ...([
      [0, 6],
      [1, 5],
    ] as const),
    // Layers, indications, frame differences, no chain, no size.
    ...[0, 2, 0, 3].map((next): Field => [next, 2]),
    ...[2, 2, 2, 3, 0, 2, 0, 3].map((indication): Field => [indication, 2]),
    ...flags(0, 0, 0, 0, 0, 0),
  ),
  bitsOf(...mandatory(2, 2)),
  bitsOf(...mandatory(1, 3)),
  bitsOf(...mandatory(3, 4)),
];

test.each([
  ['that takes descriptors gets both spatial layers', { dependency }, 4],
  ['that does not gets the smallest', {}, 2],
])('of a video in spatial layers, a player %s', (_, extensions, count) => {
  const { receive, numbers, close } = player(extensions);
  for (const [index, descriptor] of l2t1.entries()) receive(index === 0 ? key : delta, descriptor);
  expect(numbers()).toEqual(Array.from({ length: count }, (_, index) => index));
  close();
});

/** L2T3: key and delta frames of the two spatial layers, and their frames of temporal layers 1 and 2. @see § A.10.2 */
const [s0key, s0, s0t1, s0t2, s1key, s1, s1t1, s1t2] = [0, 1, 2, 3, 4, 5, 6, 7] as const;
const [absent, droppable, switching, required] = [0, 1, 2, 3] as const;
const l2t3 = [
  [0, 6],
  [5, 5],
  ...[0, 1, 1, 2, 0, 1, 1, 3].map((next): Field => [next, 2]),
  ...[
    ...[switching, switching, switching, switching, switching, switching],
    ...[switching, switching, switching, required, required, required],
    ...[absent, switching, switching, absent, required, required],
    ...[absent, absent, droppable, absent, absent, required],
    ...[absent, absent, absent, switching, switching, switching],
    ...[absent, absent, absent, switching, switching, switching],
    ...[absent, absent, absent, absent, switching, switching],
    ...[absent, absent, absent, absent, absent, droppable],
  ].map((indication): Field => [indication, 2]),
  // No frame differences, no chain, no size.
  ...flags(0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
] as const;

/** A player of L2T3, which receives frames by their templates. Each picture has one of either spatial layer. */
function l2t3Player() {
  const { receive, ...rest } = player({ dependency });
  let frame = 0;
  const frameOf = (template: number, options?: PacketOptions) => {
    frame += 1;
    const structure = template === s0key ? [...flags(1, 0, 0, 0, 0), ...l2t3] : [];
    const marker = template >= s1key;
    receive(template === s0key ? key : delta, bitsOf(...mandatory(template, frame), ...structure), 0, {
      picture: Math.ceil(frame / 2),
      marker,
      ...options,
    });
  };
  return {
    ...rest,
    frameOf,
    frames: (...templates: readonly number[]) => {
      for (const template of templates) frameOf(template);
    },
    /** Layers that were sent, each with `!` if it ends a picture. */
    sent: () =>
      rest
        .read()
        .map(
          (descriptor, index) =>
            `s${descriptor?.spatial}t${descriptor?.temporal}${rest.headers[index]?.marker ? '!' : ''}`,
        ),
  };
}

test('a larger spatial layer is taken up with a key frame only: its other frames need earlier ones', () => {
  const { frames, select, sent, requestKeyFrame, close } = l2t3Player();
  select(0, 2);
  frames(s0key, s1key, s0, s1);
  requestKeyFrame.mockClear();
  select(1, 2);
  frames(s0, s1, s0t1, s1t1, s0key, s1key, s0, s1);
  expect(sent()).toEqual(['s0t0!', 's0t0!', 's0t0!', 's0t1!', 's0t0', 's1t0!', 's0t0', 's1t0!']);
  close();
});

test('frame rate is reduced between two pictures, so that each picture ends', () => {
  const { frames, select, sent, close } = l2t3Player();
  select(1, 2);
  frames(s0key, s1key, s0t2);
  select(1, 0);
  frames(s1t2, s0t1, s1t1, s0, s1);
  expect(sent()).toEqual(['s0t0', 's1t0!', 's0t2', 's1t2!', 's0t0', 's1t0!']);
  close();
});

test('frame rate is raised with a picture all of whose spatial layers are sent', () => {
  const { frames, select, sent, close } = l2t3Player();
  select(1, 0);
  frames(s0key, s1key);
  select(1, 2);
  // The lower spatial layer of this picture may not be switched with, so it is left out, and the higher one needs it.
  frames(s0t1, s1t1, s0t2, s1t2, s0, s1, s0t2, s1t2);
  expect(sent()).toEqual(['s0t0', 's1t0!', 's0t0', 's1t0!', 's0t2', 's1t2!']);
  close();
});

test('a key frame whose start is late, so that its larger layer was left out, is asked for again', () => {
  vi.useFakeTimers();
  try {
    const { frames, frameOf, select, requestKeyFrame, close } = l2t3Player();
    select(0, 2);
    frames(s0key, s1key);
    select(1, 2);
    vi.advanceTimersByTime(600);
    requestKeyFrame.mockClear();
    frameOf(s1key, { number: 1004, picture: 2 });
    frameOf(s0key, { number: 1003, picture: 2 });
    vi.advanceTimersByTime(600);
    expect(requestKeyFrame).toHaveBeenCalledTimes(1);
    close();
  } finally {
    vi.useRealTimers();
  }
});

/** L2T1 in the mode `_KEY`: only the key frame of the larger spatial layer refers to the smaller one. */
const l2t1Key = [
  [0, 6],
  [1, 5],
  // Layers, indications, frame differences, no chain, no size.
  ...[0, 2, 0, 3].map((next): Field => [next, 2]),
  ...[switching, switching, switching, absent, absent, switching, absent, switching].map(
    (indication): Field => [indication, 2],
  ),
  ...flags(0, 0, 0, 0, 0, 0),
] as const;

/** A player of L2T1_KEY. Each picture has a frame of either spatial layer. */
function keyModePlayer() {
  const { receive, ...rest } = player({ dependency });
  let picture = 0;
  const receiveBoth = (isKey: boolean, active?: number) => {
    picture += 1;
    for (const spatial of [0, 1]) {
      const template = 2 * spatial + (isKey ? 0 : 1);
      const isStructured = isKey && spatial === 0;
      const hasActive = active !== undefined && spatial === 0;
      const fields = isStructured || hasActive ? flags(isStructured ? 1 : 0, hasActive ? 1 : 0, 0, 0, 0) : [];
      const structure = isStructured ? l2t1Key : [];
      const mask: Field[] = hasActive ? [[active, 2]] : [];
      const descriptor = bitsOf(...mandatory(template, 2 * picture + spatial), ...fields, ...structure, ...mask);
      receive(isStructured ? key : delta, descriptor, 0, { picture, marker: spatial === 1 });
    }
  };
  return {
    ...rest,
    keyPicture: () => receiveBoth(true),
    picture: (active?: number) => receiveBoth(false, active),
    sent: () => rest.read().map((one, index) => `s${one?.spatial}${rest.headers[index]?.marker ? '!' : ''}`),
  };
}

test('where a larger spatial layer does without the smaller one, that is sent with key frames only', () => {
  const { keyPicture, picture, select, sent, numbers, track, close } = keyModePlayer();
  select(1, 0);
  keyPicture();
  picture();
  picture();
  expect(sent()).toEqual(['s0', 's1!', 's1!', 's1!']);
  expect(numbers()).toEqual([0, 1, 2, 3]);
  expect(track.encodings[0]?.isSkipping).toBe(true);
  close();
});

test('where spatial layers are skipped, a smaller one is also taken up with a key frame', () => {
  const { keyPicture, picture, select, sent, requestKeyFrame, close } = keyModePlayer();
  select(1, 0);
  keyPicture();
  picture();
  select(0, 0);
  picture();
  keyPicture();
  picture();
  expect(sent()).toEqual(['s0', 's1!', 's1!', 's1!', 's0!', 's0!']);
  expect(requestKeyFrame).toHaveBeenCalled();
  close();
});

test('where spatial layers are skipped and the larger one stops, a key frame of the smaller one is asked for', () => {
  vi.useFakeTimers();
  try {
    const { keyPicture, picture, select, sent, requestKeyFrame, close } = keyModePlayer();
    select(1, 0);
    keyPicture();
    picture();
    vi.advanceTimersByTime(1_000);
    requestKeyFrame.mockClear();
    picture(0b01);
    expect(requestKeyFrame).toHaveBeenCalledTimes(1);
    expect(sent().slice(3)).toEqual(['s0']);
    close();
  } finally {
    vi.useRealTimers();
  }
});

test('another encoding continues the numbers of the frames', () => {
  const { track, receive, select, read, close } = player({ dependency }, ['low', 'high']);
  for (const [index, encoding] of track.encodings.entries())
    encoding.frameSizes = [{ width: 1, height: 180 * (index + 1) }];
  select(0, 7);
  receive(key, keyFrame(10));
  select(1, 7);
  receive(key, keyFrame(50_000), 1);
  for (const frame of frames(50_000)) receive(delta, frame, 1);
  expect(read().map((frame) => frame?.frameNumber)).toEqual([10, 11, 12, 13, 14, 15]);
  close();
});

test('a descriptor that cannot be read costs the player no packet', () => {
  const { receive, numbers, close } = player({ dependency });
  receive(key, keyFrame(10));
  receive(delta, Buffer.from([0xff]));
  receive(delta, bitsOf(...mandatory(40, 11)));
  expect(numbers()).toEqual([0, 1, 2]);
  close();
});

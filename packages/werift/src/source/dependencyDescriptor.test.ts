import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bitsOf, type Field, flags, keyFrame, mandatory } from '../test/descriptor.ts';
import {
  allTargets,
  DependencyReader,
  isSwitchTo,
  rewrittenDescriptor,
  targetsWithin,
} from './dependencyDescriptor.ts';

function readerOf(): DependencyReader {
  const reader = new DependencyReader();
  expect(reader.read(keyFrame())).toBeDefined();
  return reader;
}

test('a structure names the layers, the decode targets and the size of the pictures', () => {
  const frame = new DependencyReader().read(keyFrame());
  expect(frame).toMatchObject({
    frameNumber: 7,
    isStart: true,
    isEnd: true,
    hasStructure: true,
    spatial: 0,
    temporal: 0,
  });
  expect(frame?.structure.targets).toEqual([0, 1, 2].map((temporal) => ({ spatial: 0, temporal })));
  expect(frame?.structure.sizes).toEqual([{ width: 640, height: 360 }]);
});

test('a frame is of the layer of its template, and says to what one may switch with it', () => {
  const reader = readerOf();
  const read = (template: number) => reader.read(bitsOf(...mandatory(template, 8)));
  expect([0, 1, 2, 3, 4].map((template) => read(template)?.temporal)).toEqual([0, 0, 1, 2, 2]);
  const [base, middle, top] = [read(1), read(2), read(3)];
  if (base === undefined || middle === undefined || top === undefined) throw new Error('not read');
  expect([isSwitchTo(base, 0, 2), isSwitchTo(middle, 0, 2), isSwitchTo(middle, 0, 1), isSwitchTo(top, 0, 2)]).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect(targetsWithin(base, 0, 1)).toBe(0b011);
  expect(targetsWithin(base, 7, 7)).toBeUndefined();
  expect(allTargets(base)).toBe(0b111);
});

test('what a frame says of itself goes before its template', () => {
  const own = bitsOf(
    ...mandatory(1, 9),
    ...flags(0, 1, 1, 1, 1),
    [0b011, 3],
    [1, 2],
    [1, 2],
    [1, 2],
    [1, 2],
    [3, 4],
    [0, 2],
    [5, 8],
  );
  expect(readerOf().read(own)).toMatchObject({
    indications: [1, 1, 1],
    activeTargets: 0b011,
    end: 24 + 5 + 3 + 6 + 8 + 8,
  });
});

test('the targets that a publisher sends are known until the next structure, and no player is told of others', () => {
  const reader = readerOf();
  const told = (bytes: Buffer) => reader.read(bytes)?.activeTargets;
  const [stating, silent] = [
    bitsOf(...mandatory(1, 8), ...flags(0, 1, 0, 0, 0), [0b011, 3]),
    bitsOf(...mandatory(2, 9)),
  ];
  expect([told(stating), told(silent)]).toEqual([0b011, 0b011]);
  const frame = reader.read(silent);
  expect(frame && reader.read(rewrittenDescriptor(frame, 0, 0b110))).toMatchObject({
    activeTargets: 0b010,
  });
  expect(told(keyFrame())).toBeUndefined();
});

test('what cannot be read, or has a template that is not known, is nothing, and changes nothing', () => {
  const reader = readerOf();
  expect(new DependencyReader().read(bitsOf(...mandatory(0, 1)))).toBeUndefined();
  for (const length of [0, 1, 2, 4, 10, keyFrame().length - 5])
    expect(reader.read(keyFrame().subarray(0, length)), `${length} bytes`).toBeUndefined();
  expect(reader.read(bitsOf(...mandatory(5, 1)))).toBeUndefined();
  expect(reader.read(bitsOf(...mandatory(63, 1)))).toBeUndefined();
  expect(reader.read(bitsOf(...mandatory(3, 2)))).toMatchObject({ temporal: 2, frameNumber: 2 });
});

/** A key frame whose templates follow each other as the numbers say: 0 for the same layer, 1 for the next temporal, 2 for the next spatial. */
const keyFrameOf = (steps: readonly number[]): Buffer => {
  const templates = [0, ...steps];
  return bitsOf(
    ...mandatory(0, 1),
    ...flags(1, 0, 0, 0, 0),
    // The first template is 0, and there is one decode target.
    [0, 6],
    [0, 5],
    ...steps.map((step): Field => [step, 2]),
    [3, 2],
    ...templates.map((): Field => [2, 2]),
    // No frame depends on another, there are no chains, and no sizes.
    ...templates.map((): Field => [0, 1]),
    [0, 1],
    [0, 1],
  );
};

test.each([
  { what: '4 spatial layers', step: 2, most: 3 },
  { what: '8 temporal layers', step: 1, most: 7 },
  { what: '64 templates', step: 0, most: 63 },
])('$what are read, and one more is not', ({ step, most }) => {
  const read = (steps: number) =>
    new DependencyReader().read(keyFrameOf(Array.from({ length: steps }, () => step)))?.structure.templates.length;
  expect([read(most), read(most + 1)]).toEqual([most + 1, undefined]);
});

test('no bytes make it throw', () => {
  const reader = readerOf();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 255 }), (bytes) => {
      const frame = reader.read(Buffer.from(bytes));
      if (frame !== undefined) rewrittenDescriptor(frame, 1, 0);
    }),
  );
});

test.each([
  ['short', bitsOf(...mandatory(2, 0xffff))],
  ['with a structure', keyFrame(0xffff)],
  [
    'with all of its own',
    bitsOf(
      ...mandatory(1, 0xffff),
      ...flags(0, 1, 1, 1, 1),
      [0b111, 3],
      [1, 2],
      [2, 2],
      [3, 2],
      [1, 2],
      [3, 4],
      [0, 2],
      [5, 8],
    ),
  ],
])('a descriptor %s is rewritten with another number and with decode targets', (_, bytes) => {
  const reader = readerOf();
  const before = reader.read(bytes);
  if (before === undefined) throw new Error('not read');
  const copy = Buffer.from(bytes);
  expect(rewrittenDescriptor(before, 0, undefined)).toBe(bytes);
  const { frameNumber, indications, spatial, temporal, structure } = before;
  expect(reader.read(rewrittenDescriptor(before, 2, undefined))).toMatchObject({
    frameNumber: (frameNumber + 2) & 0xffff,
    indications,
  });
  expect(reader.read(rewrittenDescriptor(before, -1, 0b001))).toMatchObject({
    ...{ frameNumber: frameNumber - 1, activeTargets: 0b001, indications, spatial, temporal, structure },
  });
  expect(bytes).toEqual(copy);
});

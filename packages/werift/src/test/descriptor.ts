/** Dependency descriptors to test with. */

/** Bytes of some fields, one after the other. */
export const bitsOf = (...fields: readonly Field[]): Buffer => {
  const text = fields.map(([value, bits]) => value.toString(2).padStart(bits, '0')).join('');
  const bytes = Math.ceil(text.length / 8);
  return Buffer.from(
    Array.from({ length: bytes }, (_, index) =>
      Number.parseInt(text.slice(8 * index, 8 * index + 8).padEnd(8, '0'), 2),
    ),
  );
};

/** A value, and how many bits it has. */
export type Field = readonly [number, number];
/** Fields of one bit. */
export const flags = (...values: readonly number[]): Field[] => values.map((value) => [value, 1]);
/** First and last packet of a frame, its template, its number. */
export const mandatory = (template: number, frameNumber: number, isStart = 1, isEnd = 1): Field[] => [
  ...flags(isStart, isEnd),
  [template, 6],
  [frameNumber, 16],
];

/** L1T3 as § A.10.2.1 of the specification has it, with decode targets from the slowest to the fastest. */
const l1t3: Field[] = [
  [0, 6],
  [2, 5],
  // Layers of the five templates.
  ...([0, 1, 1, 0, 3] as const).map((next): Field => [next, 2]),
  // Indications.
  ...[2, 2, 2, 2, 2, 2, 0, 1, 2, 0, 0, 1, 0, 0, 1].map((indication): Field => [indication, 2]),
  // Frame differences: none, 4, 2, 1, 1.
  ...flags(0),
  ...[3, 1, 0, 0].flatMap((difference): Field[] => [
    [1, 1],
    [difference, 4],
    [0, 1],
  ]),
  // One chain of four possible numbers, which protects every target.
  [1, 2],
  ...[0, 4, 2, 1, 3].map((difference): Field => [difference, 4]),
  // 640 by 360.
  [1, 1],
  [639, 16],
  [359, 16],
];

/** The descriptor of a key frame, with the structure. */
export const keyFrame = (frameNumber = 7) => bitsOf(...mandatory(0, frameNumber), ...flags(1, 0, 0, 0, 0), ...l1t3);

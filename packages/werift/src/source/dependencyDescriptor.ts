import type { FrameSize } from './frameSize.ts';

/** Layers of AV1, the most that a frame of any codec with the descriptor has. @see AV1 § 6.2.3 */
const [maxSpatial, maxTemporal] = [3, 7];

/** Decode target indications: the frame is no part of the target; one may switch to the target with it. @see table A.1 */
const [notPresent, switchable] = [0, 2];

/** A set of layers that can be decoded together. */
interface DecodeTarget {
  readonly spatial: number;
  readonly temporal: number;
}

/** Template of a kind of frame, which its descriptors name. */
interface Template extends DecodeTarget {
  /** By decode target. */
  readonly indications: readonly number[];
}

/** Dependencies between the frames of a coded video sequence. */
interface DependencyStructure {
  readonly templateOffset: number;
  readonly templates: readonly Template[];
  readonly targets: readonly DecodeTarget[];
  readonly chains: number;
  /**
   * True if larger spatial layers do without frames of smaller ones, as in the modes `L3T3_KEY` and `S3T3`: who receives one layer then
   * lacks what another one refers to.
   */
  readonly isSkipping: boolean;
  /** Sizes of the pictures by spatial layer; empty when not told. */
  readonly sizes: readonly FrameSize[];
}

/** The dependencies of the frame that a packet is of. */
export interface FrameDependency extends DecodeTarget {
  /** The descriptor as it came. */
  readonly bytes: Buffer;
  readonly frameNumber: number;
  readonly isStart: boolean;
  readonly isEnd: boolean;
  /** True if the structure is in this descriptor, as in the first packet of a key frame. */
  readonly hasStructure: boolean;
  readonly structure: DependencyStructure;
  readonly indications: readonly number[];
  /** The decode targets that the publisher sends, a bit each; `undefined` for all. Holds until another descriptor says otherwise. */
  readonly activeTargets: number | undefined;
  /** Bits: where the list of active targets is or would be, where it ends, and where the descriptor ends. */
  readonly activeAt: number;
  readonly activeEnd: number;
  readonly end: number;
}

/** Reads bits from high to low order. */
class BitReader {
  readonly #bytes: Buffer;
  position = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** @throws {RangeError} behind the end. */
  bits(count: number): number {
    let value = 0;
    for (let index = 0; index < count; index += 1) {
      const byte = this.#bytes[this.position >> 3];
      if (byte === undefined) throw new RangeError('the bits end');
      value = value * 2 + ((byte >> (7 - (this.position & 7))) & 1);
      this.position += 1;
    }
    return value;
  }

  get flag(): boolean {
    return this.bits(1) === 1;
  }

  /** A number below `count`, of which small ones take one bit less. */
  below(count: number): number {
    const width = 32 - Math.clz32(count);
    const short = 2 ** width - count;
    const value = this.bits(width - 1);
    return value < short ? value : value * 2 - short + this.bits(1);
  }
}

function readLayers(reader: BitReader): DecodeTarget[] {
  const layers: DecodeTarget[] = [];
  let [spatial, temporal] = [0, 0];
  for (;;) {
    if (spatial > maxSpatial || temporal > maxTemporal || layers.length === 64) throw new RangeError('too many layers');
    layers.push({ spatial, temporal });
    const next = reader.bits(2);
    if (next === 3) return layers;
    if (next === 1) temporal += 1;
    if (next === 2) [spatial, temporal] = [spatial + 1, 0];
  }
}

/** @see AV1 RTP payload format § A.8.2, `template_dependency_structure` */
function readStructure(reader: BitReader): DependencyStructure {
  const templateOffset = reader.bits(6);
  const targetCount = reader.bits(5) + 1;
  const indexes = Array.from({ length: targetCount }, (_, index) => index);
  const layers = readLayers(reader);
  const templates = layers.map((layer) => ({ ...layer, indications: indexes.map(() => reader.bits(2)) }));
  for (const _ of layers) while (reader.flag) reader.bits(4);
  const chains = reader.below(targetCount + 1);
  if (chains > 0) {
    for (const _ of indexes) reader.below(chains);
    for (let index = 0; index < layers.length * chains; index += 1) reader.bits(4);
  }
  const sizes = reader.flag
    ? Array.from(
        { length: (layers.at(-1)?.spatial ?? 0) + 1 },
        (): FrameSize => ({ width: reader.bits(16) + 1, height: reader.bits(16) + 1 }),
      )
    : [];
  const targets = indexes.map((index): DecodeTarget => {
    const parts = templates.filter(({ indications }) => indications[index] !== notPresent);
    return {
      spatial: Math.max(0, ...parts.map(({ spatial }) => spatial)),
      temporal: Math.max(0, ...parts.map(({ temporal }) => temporal)),
    };
  });
  return {
    templateOffset,
    templates,
    targets,
    chains,
    isSkipping: targets.some(({ spatial }) =>
      templates.some(
        (template) =>
          template.spatial < spatial &&
          targets.every((target, index) => target.spatial !== spatial || template.indications[index] === notPresent),
      ),
    ),
    sizes,
  };
}

/**
 * Reads the dependency descriptors of one encoding, in the order in which its packets come.
 *
 * @see https://aomediacodec.github.io/av1-rtp-spec/ § A.8
 */
export class DependencyReader {
  #structure: DependencyStructure | undefined;
  #activeTargets: number | undefined;

  /** Reads the descriptor of one packet; `undefined` for one that is malformed, or whose structure is not known. */
  read(bytes: Buffer): FrameDependency | undefined {
    try {
      return this.#read(bytes);
    } catch {
      return undefined;
    }
  }

  #read(bytes: Buffer): FrameDependency | undefined {
    const reader = new BitReader(bytes);
    const [isStart, isEnd] = [reader.flag, reader.flag];
    const [templateId, frameNumber] = [reader.bits(6), reader.bits(16)];
    const isExtended = bytes.length > 3;
    const flag = () => isExtended && reader.flag;
    const [hasStructure, hasActive, hasIndications, hasReferences, hasChains] = [
      flag(),
      flag(),
      flag(),
      flag(),
      flag(),
    ];
    const structure = hasStructure ? readStructure(reader) : this.#structure;
    if (structure === undefined) return undefined;
    const { templates, templateOffset, targets, chains } = structure;
    const activeAt = reader.position;
    const activeTargets = hasActive ? reader.bits(targets.length) : undefined;
    const activeEnd = reader.position;
    const template = templates[(templateId + 64 - templateOffset) % 64];
    if (template === undefined) return undefined;
    const indications = hasIndications ? targets.map(() => reader.bits(2)) : template.indications;
    if (hasReferences) for (let size = reader.bits(2); size > 0; size = reader.bits(2)) reader.bits(4 * size);
    if (hasChains) reader.bits(8 * chains);
    // One that is malformed must not take the place of one that is not.
    if (hasStructure) [this.#structure, this.#activeTargets] = [structure, undefined];
    if (hasActive) this.#activeTargets = activeTargets;
    const { spatial, temporal } = template;
    const end = reader.position;
    return {
      ...{ bytes, frameNumber, isStart, isEnd, hasStructure, structure, indications, spatial, temporal },
      ...{ activeTargets: this.#activeTargets, activeAt, activeEnd, end },
    };
  }
}

/** Reports whether a frame is one with which one may begin to receive these layers. @see § A.7 */
export const isSwitchTo = ({ structure, indications }: FrameDependency, spatial: number, temporal: number): boolean =>
  structure.targets.some(
    (target, index) => target.spatial === spatial && target.temporal === temporal && indications[index] === switchable,
  );

/** Number of the decode target with the most layers among those that are sent and within these; -1 without one. */
export function targetOf(
  { structure: { targets }, activeTargets }: FrameDependency,
  spatial: number,
  temporal: number,
): number {
  let best = -1;
  for (const [index, target] of targets.entries()) {
    const isActive = activeTargets === undefined || Math.floor(activeTargets / 2 ** index) % 2 === 1;
    if (!isActive || target.spatial > spatial || target.temporal > temporal) continue;
    const known = targets[best];
    if (
      known === undefined ||
      target.spatial > known.spatial ||
      (target.spatial === known.spatial && target.temporal >= known.temporal)
    )
      best = index;
  }
  return best;
}

/** Reports whether a frame belongs to a decode target. */
export const isPartOf = ({ indications }: FrameDependency, target: number): boolean =>
  indications[target] !== notPresent;

/** The decode targets that need no layer above these, a bit each; `undefined` when those are all. */
export function targetsWithin(
  { structure: { targets } }: FrameDependency,
  spatial: number,
  temporal: number,
): number | undefined {
  let [mask, isAll] = [0, true];
  for (const [index, target] of targets.entries())
    if (target.spatial <= spatial && target.temporal <= temporal) mask += 2 ** index;
    else isAll = false;
  return isAll ? undefined : mask;
}

/** All decode targets, a bit each. */
export const allTargets = ({ structure: { targets } }: FrameDependency): number => 2 ** targets.length - 1;

/** Writes bits from high to low order. */
class BitWriter {
  readonly #bytes: Buffer;
  #position = 0;

  constructor(bits: number) {
    this.#bytes = Buffer.alloc(Math.ceil(bits / 8));
  }

  bits(value: number, count: number): void {
    for (let index = count - 1; index >= 0; index -= 1) {
      if (Math.floor(value / 2 ** index) % 2 === 1) {
        const at = this.#position >> 3;
        this.#bytes[at] = (this.#bytes[at] ?? 0) | (0x80 >> (this.#position & 7));
      }
      this.#position += 1;
    }
  }

  copy(bytes: Buffer, from: number, to: number): void {
    for (let position = from; position < to; position += 1)
      this.bits(((bytes[position >> 3] ?? 0) >> (7 - (position & 7))) & 1, 1);
  }

  get bytes(): Buffer {
    return this.#bytes;
  }
}

const activeFlag = 0x40;

/**
 * The descriptor for one player: another number of its frame, and the decode targets that the player is sent, if they are to be told.
 *
 * @returns the descriptor itself when there is nothing to change, else a copy: the bytes are everybody's.
 */
export function rewrittenDescriptor(
  dependency: FrameDependency,
  frameNumbers: number,
  activeTargets: number | undefined,
): Buffer {
  const { bytes, frameNumber, structure, activeAt, activeEnd, end } = dependency;
  if (frameNumbers === 0 && activeTargets === undefined) return bytes;
  let rewritten: Buffer;
  if (activeTargets === undefined) rewritten = Buffer.from(bytes);
  else {
    const { length } = structure.targets;
    const isExtended = bytes.length > 3;
    const writer = new BitWriter((isExtended ? end - (activeEnd - activeAt) : 29) + length);
    writer.copy(bytes, 0, isExtended ? activeAt : 24);
    if (!isExtended) writer.bits(0, 5);
    // What the publisher does not send, nobody gets.
    const own = dependency.activeTargets ?? 2 ** length - 1;
    writer.bits((activeTargets & own) >>> 0, length);
    writer.copy(bytes, activeEnd, isExtended ? end : activeEnd);
    rewritten = writer.bytes;
    rewritten[3] = (rewritten[3] ?? 0) | activeFlag;
  }
  rewritten.writeUInt16BE((frameNumber + frameNumbers) & 0xffff, 1);
  return rewritten;
}

import type { LayerId } from '@sigchart/core/machines';
import { type RtcpReceiverInfo, RtcpSenderInfo, RtcpSrPacket } from 'werift';
import { dependencyCodecs } from '../sdp/extensions.ts';
import {
  allTargets,
  type FrameDependency,
  isPartOf,
  isSwitchTo,
  rewrittenDescriptor,
  targetOf,
  targetsWithin,
} from '../source/dependencyDescriptor.ts';
import type { Encoding, MediaPacket, PacketReceiver } from '../source/encoding.ts';
import { historySize } from '../source/history.ts';
import type { Track } from '../source/track.ts';
import { type ExtensionIds, OutgoingHeader } from './outgoingHeader.ts';
import { OutgoingNumbers } from './outgoingNumbers.ts';
import type { PlayerPath, ReportedReception } from './playerPath.ts';
import { SentMediaHistory } from './sentMedia.ts';
import { rewrittenVp8 } from './vp8.ts';

/** Negotiated parameters of one track of one player. */
export interface ForwarderOptions {
  readonly track: Track;
  readonly ssrc: number;
  readonly payloadType: number;
  /** Parameters of the RTX stream; `undefined` sends retransmissions on the stream itself. */
  readonly rtx: { readonly ssrc: number; readonly payloadType: number } | undefined;
  readonly mid: string;
  readonly extensions: ExtensionIds;
}

/** Maximum share of the sent bytes that is sent again, and maximum number of retransmissions in a row. */
const retransmissionShare = 0.5;
const maxRetransmissions = 256;

/** Delay before a player's second key frame request is forwarded, doubled for each further one. Milliseconds. */
const firstKeyFrameWaitMs = 500;
const maxKeyFrameWaitMs = 8_000;

/** Time without a request after which the delay is reset. Milliseconds. */
const keyFrameRestMs = 10_000;

/** Delay before a missing key frame is requested again. Milliseconds. */
const keyFrameRetryMs = 1_000;

/**
 * Time to wait for a key frame before anything is forwarded. Milliseconds. A key frame that cannot be recognized, because it is
 * encrypted, must not stop a track; and before the first frame, nothing can be corrupted by missing references.
 */
const firstKeyFrameMs = 500;
const nextKeyFrameMs = 3_000;

/** Maximum number of packets kept because the start of their key frame may be late. */
const maxEarly = 256;

/** The most that padding adds to one packet. @see RFC 3550 § 5.1 */
const maxPaddingBytes = 255;

/** No round trip is longer. Milliseconds. */
const maxRttMs = 60_000;

/** A packet that is worth being sent again as padding. Bytes. */
const minRepeatedBytes = 500;

/** Reports whether a packet comes after another of its encoding. @see RFC 1982 § 3.2 */
const isAfter = ({ sequenceNumber }: MediaPacket, other: MediaPacket): boolean =>
  ((sequenceNumber - other.sequenceNumber) << 16) >> 16 > 0;

/** Sends one track to one player: one SSRC, whichever of the track's layers it is made of. */
export class Forwarder implements PacketReceiver {
  readonly track: Track;
  readonly ssrc: number;
  readonly #path: PlayerPath;
  readonly #header: OutgoingHeader;
  readonly #rtxHeader: OutgoingHeader | undefined;
  readonly #isVideo: boolean;
  /** True if the player gets dependency descriptors. */
  readonly #describes: boolean;
  readonly #history: SentMediaHistory;
  readonly #numbers: OutgoingNumbers;
  #packets = 0;
  #octets = 0;
  /** The packets that were sent at the time of the last two reports. */
  #packetsReported: readonly [number, number] = [0, 0];
  #isForwarding = false;
  /** Layer to send; `undefined` before a decision, `null` for none. */
  #selected: LayerId | null | undefined;
  /** Encoding being sent, and the one that replaces it at its next key frame. */
  #current: Encoding | undefined;
  #next: Encoding | undefined;
  /** The latest packets of the next encoding, by arrival: the first packet of a key frame may arrive after the others. */
  #early: MediaPacket[] = [];
  #spatial = 7;
  #temporal = 7;
  /** Timestamp of the picture that arrives now. */
  #pictureTimestamp: number | undefined;
  /** True if that is a key frame: it is sent with all smaller spatial layers, which have the parameters of the sequence. */
  #isKeyPicture = false;
  /** The largest spatial layer that is sent where others are skipped; `undefined` where none are. */
  #skippingAt: number | undefined;
  #timestampOffset = 0;
  #pictureIds = 0;
  #baseIndexes = 0;
  #lastTimestamp = 0;
  #lastAtMs = 0;
  #lastPictureId = 0;
  #lastBaseIndex = 0;
  #frameNumbers = 0;
  #lastFrameNumber = 0;
  /** True while the player is told which decode targets it gets: since some are left out, until a key frame with all of them. */
  #isPartial = false;
  #waitsSinceMs = 0;
  #askedAtMs = 0;
  #retransmissions = maxRetransmissions;
  #lost = 0;
  /** The last sender report: the middle of its NTP time, which the player echoes, and when it was sent. */
  #lastReport = 0;
  #reportedAtMs = 0;
  #keyFrameAtMs = Number.NEGATIVE_INFINITY;
  #keyFrameWaitMs = firstKeyFrameWaitMs;

  /** @param numbers - Those of `ssrc` on this transport, which outlast this forwarder. */
  constructor(
    path: PlayerPath,
    { track, ssrc, payloadType, rtx, mid, extensions }: ForwarderOptions,
    numbers = new OutgoingNumbers(),
  ) {
    this.#numbers = numbers;
    this.track = track;
    this.ssrc = ssrc;
    this.#path = path;
    this.#isVideo = track.kind === 'video';
    this.#describes = extensions.dependency !== undefined;
    this.#history = new SentMediaHistory(historySize[track.kind]);
    this.#header = new OutgoingHeader({ ssrc, payloadType, mid, extensions });
    this.#rtxHeader = rtx && new OutgoingHeader({ ...rtx, mid, extensions });
  }

  get isForwarding(): boolean {
    return this.#isForwarding;
  }

  /** True if padding can be sent on this stream. */
  get canPad(): boolean {
    return this.#isForwarding && this.#rtxHeader !== undefined;
  }

  /** Starts or resumes sending, with a key frame. Packets skipped while paused do not count as lost. */
  start(): void {
    if (this.#isForwarding) return;
    this.#isForwarding = true;
    this.track.demands.add(this);
    this.#follow();
  }

  /** Sends nothing more for now. */
  stop(): void {
    if (!this.#isForwarding) return;
    this.#isForwarding = false;
    this.track.demands.remove(this);
    this.#leave();
  }

  /** Sends one layer from its next key frame or switching point on; nothing for `null`. */
  select(layer: LayerId | null): void {
    this.#selected = layer;
    if (this.#isForwarding) this.#follow();
  }

  #leave(): void {
    this.#current?.remove(this);
    this.#current = undefined;
    this.#await(undefined);
    this.#path.drop(this);
    this.#history.clear();
  }

  /** The encoding that the selected layer is of. Without a decision, the smallest one that is sent. */
  get #wanted(): Encoding | undefined {
    const { ranked } = this.track;
    if (ranked.length === 1) return ranked[0];
    if (this.#selected) return ranked[this.#selected.spatial] ?? ranked.at(-1);
    const now = performance.now();
    return ranked.find((encoding) => encoding.isActive(now)) ?? ranked[0];
  }

  #follow(): void {
    if (this.#selected === null) {
      this.#leave();
      return;
    }
    const wanted = this.#wanted;
    if (wanted === undefined) return;
    if (wanted === this.#current) {
      this.#await(undefined);
      // A higher spatial layer of the same encoding also starts with a key frame, and a lower one where that was skipped.
      if (this.#spatial < this.#maxSpatial || this.#maxSpatial < (this.#skippingAt ?? 0)) wanted.requestKeyFrame();
      return;
    }
    if (wanted === this.#next) return;
    this.#await(wanted);
    this.#waitsSinceMs = performance.now();
    this.#askedAtMs = this.#waitsSinceMs;
    // It needs a key frame, which that asks for.
    wanted.add(this);
  }

  /** Changes what is switched to. Packets of an earlier attempt are of the past, and may be taken for later ones. */
  #await(encoding: Encoding | undefined): void {
    this.#next?.remove(this);
    this.#next = encoding;
    this.#early = [];
  }

  /** The highest spatial layer within the encoding. */
  get #maxSpatial(): number {
    // Without the descriptor, a player cannot put spatial layers of these codecs together.
    if (!this.#describes && dependencyCodecs.includes(this.track.codec.codec.name)) return 0;
    return this.#selected && this.track.encodings.length === 1 ? this.#selected.spatial : 7;
  }

  get #maxTemporal(): number {
    return this.#selected ? this.#selected.temporal : 7;
  }

  forward(packet: MediaPacket): void {
    const { encoding } = packet;
    if (encoding === this.#current) {
      this.#pass(packet);
      return;
    }
    if (encoding !== this.#next) return;
    if (!this.#mayBegin(packet)) {
      this.#early.push(packet);
      if (this.#early.length > maxEarly) this.#early.shift();
      return;
    }
    const later = this.#early.filter((early) => early.encoding === encoding && isAfter(early, packet));
    this.#early = [];
    this.#begin(packet, encoding);
    for (const one of [packet, ...later]) this.#pass(one);
  }

  /** Sends a packet of the current encoding, unless it is above the selected layer. */
  #pass(packet: MediaPacket): void {
    const { encoding, layer, sequenceNumber } = packet;
    const isNew = this.#numbers.isNew(sequenceNumber);
    if (this.#isVideo && isNew && this.#isLeftOut(packet)) {
      this.#numbers.drop(sequenceNumber, this.#pictureIds);
      return;
    }
    // The higher spatial layers of this key frame were left out before its start arrived.
    if (!isNew && layer.isKeyFrame && this.#spatial < this.#maxSpatial) encoding.requestKeyFrame();
    const number = this.#numbers.of(sequenceNumber, this.#pictureIds);
    // One that is late has a number that was left for it, whatever its layer, and counts pictures as when it was due.
    if (number !== undefined)
      this.#send(packet, number, isNew ? this.#pictureIds : this.#numbers.noteOf(sequenceNumber), isNew);
  }

  #mayBegin({ layer, atMs }: MediaPacket): boolean {
    if (!this.#isVideo || layer.isKeyFrame) return true;
    const patienceMs = this.#packets === 0 ? firstKeyFrameMs : nextKeyFrameMs;
    if (this.#current === undefined && atMs - this.#waitsSinceMs > patienceMs) return true;
    if (atMs - this.#askedAtMs > keyFrameRetryMs) {
      this.#askedAtMs = atMs;
      this.#next?.requestKeyFrame();
    }
    return false;
  }

  /** Switches to another encoding, or starts with the first. */
  #begin(packet: MediaPacket, encoding: Encoding): void {
    const { layer, timestamp, atMs } = packet;
    if (this.#current !== undefined) {
      this.#current.remove(this);
      // The player needs nothing from before this key frame, which is not to wait for that.
      this.#path.drop(this);
      this.#history.clear();
    }
    this.#current = encoding;
    this.#next = undefined;
    this.#numbers.resume();
    if (this.#packets > 0) this.#timestampOffset = this.#timestampAt(packet) - timestamp;
    const { vp8 } = layer;
    if (vp8 !== undefined && this.#packets > 0) {
      this.#pictureIds = this.#lastPictureId + 1 - vp8.pictureId;
      this.#baseIndexes = this.#lastBaseIndex + 1 - vp8.baseIndex;
    }
    const { dependency } = packet;
    if (dependency !== undefined && this.#packets > 0)
      this.#frameNumbers = this.#lastFrameNumber + 1 - dependency.frameNumber;
    this.#spatial = this.#maxSpatial;
    this.#temporal = this.#maxTemporal;
    this.#lastAtMs = atMs;
  }

  /** The timestamp for a packet of another encoding, by the player's clock: advanced by the time since the last packet. */
  #timestampAt({ atMs }: MediaPacket): number {
    const { clockRate } = this.track.codec.codec;
    const elapsed = Math.round(((atMs - this.#lastAtMs) * clockRate) / 1000);
    return this.#lastTimestamp + Math.max(1, elapsed);
  }

  /**
   * True if a packet is above the selected layer. The layer changes only where the bitstream allows it, and is lowered only between
   * two pictures: otherwise the last packet of a picture, which ends it, could be left out.
   */
  #isLeftOut({ timestamp, layer, dependency }: MediaPacket): boolean {
    const { isKeyFrame, spatial, temporal, isStart, isSwitchPoint, vp8 } = layer;
    const isPictureStart = isStart && timestamp !== this.#pictureTimestamp;
    if (timestamp !== this.#pictureTimestamp) this.#isKeyPicture = isKeyFrame;
    this.#pictureTimestamp = timestamp;
    if (isKeyFrame) {
      this.#spatial = this.#maxSpatial;
      this.#temporal = this.#maxTemporal;
      this.#skippingAt = undefined;
    } else if (isPictureStart) {
      if (this.#skippingAt === undefined) this.#spatial = Math.min(this.#spatial, this.#maxSpatial);
      this.#temporal = Math.min(this.#temporal, this.#maxTemporal);
      if (dependency === undefined && isSwitchPoint && temporal > this.#temporal && temporal <= this.#maxTemporal)
        this.#temporal = temporal;
    }
    if (dependency !== undefined && isStart && (isPictureStart || temporal <= this.#temporal))
      this.#switchWith(dependency);
    const isLeftOut =
      spatial > this.#spatial ||
      temporal > this.#temporal ||
      (dependency?.structure.isSkipping === true && this.#isSkipped(dependency));
    if (isLeftOut && isStart && vp8 !== undefined) this.#pictureIds -= 1;
    return isLeftOut;
  }

  /** True if the selected spatial layer does without a frame. */
  #isSkipped(dependency: FrameDependency): boolean {
    const target = targetOf(dependency, this.#spatial, this.#temporal);
    const { spatial } = dependency.structure.targets[target] ?? {};
    if (spatial === undefined || this.#isKeyPicture) return false;
    // The publisher has stopped the larger layer.
    if (this.#skippingAt !== undefined && spatial < this.#skippingAt) this.#current?.requestKeyFrame();
    this.#skippingAt = spatial;
    return !isPartOf(dependency, target);
  }

  /**
   * Takes up higher temporal layers with a frame that the descriptor says one may switch with. A higher spatial layer needs a key
   * frame: in a descriptor, "switch" assumes that the earlier frames of that spatial layer were received.
   */
  #switchWith(dependency: FrameDependency): void {
    const temporal = this.#maxTemporal;
    if (temporal <= this.#temporal) return;
    const { targets } = dependency.structure;
    const within = targets.filter((target) => target.spatial <= this.#spatial && target.temporal <= temporal);
    const [topSpatial, topTemporal] = [
      Math.max(...within.map((target) => target.spatial)),
      Math.max(...within.map((target) => target.temporal)),
    ];
    if (isSwitchTo(dependency, topSpatial, topTemporal)) this.#temporal = temporal;
  }

  /** The descriptor of a packet for this player. */
  #descriptorOf(dependency: FrameDependency, isNew: boolean): Buffer {
    const within = targetsWithin(dependency, this.#spatial, this.#temporal);
    if (within !== undefined) this.#isPartial = true;
    else if (dependency.hasStructure) this.#isPartial = false;
    const active = this.#isPartial ? (within ?? allTargets(dependency)) : undefined;
    if (isNew) this.#lastFrameNumber = (dependency.frameNumber + this.#frameNumbers) & 0xffff;
    return rewrittenDescriptor(dependency, this.#frameNumbers, active);
  }

  #send(packet: MediaPacket, number: number, pictureIds: number, isNew: boolean): void {
    const { payload, layer, marker, atMs } = packet;
    const timestamp = (packet.timestamp + this.#timestampOffset) >>> 0;
    const isEnd = marker || (layer.isEnd && layer.spatial === this.#spatial);
    const { dependency } = packet;
    const descriptor = this.#describes && dependency ? this.#descriptorOf(dependency, isNew) : undefined;
    if (!this.#history.add(number, packet, timestamp, isEnd, pictureIds, this.#baseIndexes, descriptor)) return;
    this.#packets += 1;
    this.#octets += payload.length;
    if (isNew) {
      this.#lastTimestamp = timestamp;
      this.#lastAtMs = atMs;
    }
    if (isNew && layer.vp8 !== undefined) {
      this.#lastPictureId = layer.vp8.pictureId + this.#pictureIds;
      this.#lastBaseIndex = layer.vp8.baseIndex + this.#baseIndexes;
    }
    this.#retransmissions = Math.min(maxRetransmissions, this.#retransmissions + retransmissionShare);
    if (!this.#isVideo) {
      this.#path.spend(payload.length);
      this.#path.send(payload, this.#header.of(number, timestamp, marker), atMs);
      return;
    }
    const rewritten = rewrittenVp8(payload, layer.vp8, pictureIds, this.#baseIndexes);
    if (this.#path.take(payload.length, atMs)) {
      this.#path.send(rewritten, this.#header.of(number, timestamp, isEnd, false, descriptor), atMs);
      return;
    }
    this.#path.wait(this, payload.length, (now) =>
      this.#path.send(rewritten, this.#header.of(number, timestamp, isEnd, false, descriptor), now),
    );
  }

  /**
   * Retransmits packets that the player has lost, each once in a round trip, and all up to a limit: on a path that is too narrow,
   * more packets cause more loss.
   */
  retransmit(lost: readonly number[]): void {
    if (this.#current === undefined) return;
    const now = performance.now();
    for (const number of lost) {
      const sent = this.#history.get(number & 0xffff);
      if (sent === undefined) {
        // A retransmission of the publisher may still arrive, but not one older than the history.
        if (((this.#numbers.highest - number) & 0xffff) > this.#history.size) this.requestKeyFrame();
      } else if (this.#retransmissions >= 1 && this.#history.repeat(number & 0xffff, now, this.#path.estimator.rttMs)) {
        this.#retransmissions -= 1;
        this.#path.retransmitted();
        const { length } = sent.packet.payload;
        if (this.#path.take(length, now)) this.#retransmit(number & 0xffff, now);
        else this.#path.wait(this, length, (laterMs) => this.#retransmit(number & 0xffff, laterMs));
      }
    }
  }

  /** Sends a packet again, and returns how many bytes that were; 0 when it is not there any more. */
  #retransmit(number: number, atMs: number): number {
    const sent = this.#history.get(number);
    if (sent === undefined) return 0;
    const { packet, timestamp, marker, pictureIds, baseIndexes, descriptor } = sent;
    const payload = rewrittenVp8(packet.payload, packet.layer.vp8, pictureIds, baseIndexes);
    if (this.#rtxHeader === undefined) {
      this.#path.send(payload, this.#header.of(number, timestamp, marker, false, descriptor), atMs);
      return payload.length;
    }
    const original = Buffer.allocUnsafe(2 + payload.length);
    original.writeUInt16BE(number);
    payload.copy(original, 2);
    const header = this.#rtxHeader.of(this.#numbers.nextRetransmission(), timestamp, marker, false, descriptor);
    this.#path.send(original, header, atMs);
    return original.length;
  }

  /**
   * Sends about the given amount of padding: the last packet again if it is large, so that few packets are needed, otherwise
   * padding only.
   */
  pad(bytes: number, atMs: number): number {
    if (this.#rtxHeader === undefined || !this.#isForwarding) return 0;
    const last = this.#numbers.highest;
    const size = this.#history.get(last)?.packet.payload.length ?? 0;
    if (size >= minRepeatedBytes && bytes > maxPaddingBytes) return this.#retransmit(last, atMs);
    const padding = Buffer.alloc(maxPaddingBytes);
    padding[maxPaddingBytes - 1] = maxPaddingBytes;
    const header = this.#rtxHeader.of(this.#numbers.nextRetransmission(), this.#lastTimestamp, false, true);
    this.#path.send(padding, header, atMs);
    return maxPaddingBytes;
  }

  /**
   * Continues on another path, after the one before had lost what was sent last. The player cannot decode what follows, and would
   * ask for a key frame only after a second or two. What is before that is not sent again: it would hold up the key frame.
   */
  moved(): void {
    if (!this.#isForwarding) return;
    this.#path.drop(this);
    this.#history.clear();
    this.requestKeyFrame();
  }

  /**
   * Requests a key frame, which all players receive. Repeated requests of one player, as on a path that is too narrow, are
   * forwarded at growing intervals.
   */
  requestKeyFrame(): void {
    const now = performance.now();
    const elapsedMs = now - this.#keyFrameAtMs;
    if (elapsedMs > keyFrameRestMs) this.#keyFrameWaitMs = firstKeyFrameWaitMs;
    else if (elapsedMs < this.#keyFrameWaitMs) return;
    else this.#keyFrameWaitMs = Math.min(maxKeyFrameWaitMs, 2 * this.#keyFrameWaitMs);
    this.#keyFrameAtMs = now;
    (this.#current ?? this.#next)?.requestKeyFrame();
  }

  /** Reads what the player reports of this SSRC. It cannot have lost more than it was sent. @see RFC 3550 § 6.4.1 */
  reported({ fractionLost, packetsLost, lsr, dlsr }: RtcpReceiverInfo, atMs: number): ReportedReception {
    // The count has 24 bits and a sign: duplicates are subtracted.
    const total = packetsLost >= 0x80_0000 ? 0 : Math.min(packetsLost, this.#packets);
    const lost = Math.max(0, total - this.#lost);
    this.#lost += lost;
    const rttMs = atMs - this.#reportedAtMs - (dlsr * 1000) / 65_536;
    const isKnown = lsr !== 0 && lsr === this.#lastReport && rttMs >= 0 && rttMs < maxRttMs;
    return { lost, fractionLost: fractionLost / 256, rttMs: isKnown ? rttMs : undefined };
  }

  /**
   * The sender report of now, by the publisher's clock, which all of its tracks share.
   *
   * @returns `undefined` before that is known, and while nothing was sent since the report before the last one (RFC 3550 § 6.4).
   */
  report(atMs: number): RtcpSrPacket | undefined {
    const clock = this.#current?.clock;
    const { codec } = this.track;
    const [before] = this.#packetsReported;
    this.#packetsReported = [this.#packetsReported[1], this.#packets];
    if (clock === undefined || this.#packets === before) return undefined;
    const elapsedMs = atMs - clock.atMs;
    const rtpTimestamp = clock.rtpTimestamp + this.#timestampOffset;
    const ntpTimestamp = BigInt.asUintN(64, clock.ntp + BigInt(Math.round((elapsedMs * 2 ** 32) / 1000)));
    this.#lastReport = Number((ntpTimestamp >> 16n) & 0xffff_ffffn);
    this.#reportedAtMs = atMs;
    return new RtcpSrPacket({
      ssrc: this.ssrc,
      senderInfo: new RtcpSenderInfo({
        ntpTimestamp,
        rtpTimestamp: (rtpTimestamp + Math.round((elapsedMs * codec.codec.clockRate) / 1000)) >>> 0,
        packetCount: this.#packets >>> 0,
        octetCount: this.#octets >>> 0,
      }),
    });
  }
}

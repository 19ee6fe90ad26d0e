import type { IceCandidate, RtcEffect, RtcEvent } from '@sigchart/core/machines';
import type { Connect, PeerConnectionLike } from './connection.ts';
import { rtcPerformer } from './performer.ts';

/** Part of the connections under test that the suite needs. */
export interface PeerConnectionSuiteOptions {
  /** Creates a connection that sends one track or data channel, and makes the offer. */
  readonly offerer: () => PeerConnectionLike | Promise<PeerConnectionLike>;
  /** A connection that answers. */
  readonly answerer: () => PeerConnectionLike | Promise<PeerConnectionLike>;
  /** Time anything may take. Milliseconds, default 10 000. */
  readonly timeoutMs?: number;
}

/** One case of the suite; `run` rejects when the connection fails it. */
export interface PeerConnectionCase {
  readonly name: string;
  readonly run: () => Promise<void>;
}

const assert: (condition: unknown, message: string) => asserts condition = (condition, message) => {
  if (!condition) throw new Error(message);
};

/** One side of a case: a connection driven by effects, and what it reported. */
class Side {
  readonly events: RtcEvent[] = [];
  readonly #perform: (effect: RtcEffect) => void;
  readonly #timeoutMs: number;
  #heard: () => void = () => {};
  onCandidate: (candidate: IceCandidate) => void = () => {};

  constructor(connect: Connect, timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
    this.#perform = rtcPerformer(connect)({ role: 'publisher', streamId: 'suite' }, (event) => {
      this.events.push(event);
      if (event.type === 'rtc.iceCandidate') this.onCandidate(event.candidate);
      this.#heard();
    });
    this.ask({ type: 'rtc.open', role: 'publisher', streamId: 'suite' });
  }

  ask(effect: RtcEffect): void {
    this.#perform(effect);
  }

  /** The first event of a type, waited for. */
  async heard<Type extends RtcEvent['type']>(type: Type): Promise<Extract<RtcEvent, { type: Type }>> {
    const deadline = new Promise<never>((_, reject) => {
      setTimeout(
        () => reject(new Error(`no ${type} in time, only ${this.events.map((event) => event.type).join(', ')}`)),
        this.#timeoutMs,
      );
    });
    for (;;) {
      const found = this.events.find((event) => event.type === type);
      if (found !== undefined) return found as Extract<RtcEvent, { type: Type }>;
      await Promise.race([new Promise<void>((resolve) => (this.#heard = resolve)), deadline]);
    }
  }
}

/**
 * Test cases that any connection must pass to serve the machines. Pass each to a test runner:
 *
 * ```ts
 * for (const { name, run } of peerConnectionSuite({ offerer, answerer })) test(name, run);
 * ```
 */
export function peerConnectionSuite({
  offerer,
  answerer,
  timeoutMs = 10_000,
}: PeerConnectionSuiteOptions): readonly PeerConnectionCase[] {
  const withSides = (run: (offering: Side, answering: Side) => Promise<void>) => async () => {
    const offering = new Side(offerer, timeoutMs);
    const answering = new Side(answerer, timeoutMs);
    try {
      await run(offering, answering);
    } finally {
      offering.ask({ type: 'rtc.close' });
      answering.ask({ type: 'rtc.close' });
    }
  };

  const negotiate = async (offering: Side, answering: Side) => {
    offering.onCandidate = (candidate) => answering.ask({ type: 'rtc.addIceCandidate', candidate });
    answering.onCandidate = (candidate) => offering.ask({ type: 'rtc.addIceCandidate', candidate });
    offering.ask({ type: 'rtc.createOffer' });
    const { sdp } = await offering.heard('rtc.offerCreated');
    answering.ask({ type: 'rtc.setRemoteDescription', description: { type: 'offer', sdp } });
    for (const event of offering.events)
      if (event.type === 'rtc.iceCandidate') answering.ask({ type: 'rtc.addIceCandidate', candidate: event.candidate });
    answering.ask({ type: 'rtc.createAnswer' });
    const answer = await answering.heard('rtc.answerCreated');
    offering.ask({ type: 'rtc.setRemoteDescription', description: { type: 'answer', sdp: answer.sdp } });
    for (const event of answering.events)
      if (event.type === 'rtc.iceCandidate') offering.ask({ type: 'rtc.addIceCandidate', candidate: event.candidate });
  };

  const refusing = (name: string, sdp: string): PeerConnectionCase => ({
    name: `an offer that is ${name} fails as setRemoteDescription, and no answer is made`,
    run: withSides(async (_, answering) => {
      answering.ask({ type: 'rtc.setRemoteDescription', description: { type: 'offer', sdp } });
      answering.ask({ type: 'rtc.createAnswer' });
      const failed = await answering.heard('rtc.failed');
      assert(failed.step === 'setRemoteDescription', `failed as ${failed.step}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert(!answering.events.some(({ type }) => type === 'rtc.answerCreated'), 'an answer was made');
    }),
  });

  return [
    {
      name: 'an offer, its answer and the candidates of both connect both',
      run: withSides(async (offering, answering) => {
        await negotiate(offering, answering);
        await Promise.all([offering.heard('rtc.connected'), answering.heard('rtc.connected')]);
      }),
    },
    {
      name: 'an offer names its own ICE user and the id of each track it sends',
      run: withSides(async (offering) => {
        offering.ask({ type: 'rtc.createOffer' });
        const { sdp, trackIds } = await offering.heard('rtc.offerCreated');
        assert(/^a=ice-ufrag:\S+/m.test(sdp), 'the offer has no ice-ufrag');
        assert(
          Object.values(trackIds).every((id) => id !== ''),
          'a track has no id',
        );
      }),
    },
    refusing('no description', 'not a description'),
    refusing('empty', ''),
    {
      name: 'an answer to no offer fails as setRemoteDescription',
      run: withSides(async (offering, answering) => {
        await negotiate(offering, answering);
        const { sdp } = await answering.heard('rtc.answerCreated');
        answering.ask({ type: 'rtc.setRemoteDescription', description: { type: 'answer', sdp } });
        const failed = await answering.heard('rtc.failed');
        assert(failed.step === 'setRemoteDescription', `failed as ${failed.step}`);
      }),
    },
    {
      name: 'a candidate that is garbage changes nothing',
      run: withSides(async (offering, answering) => {
        offering.ask({ type: 'rtc.createOffer' });
        const { sdp } = await offering.heard('rtc.offerCreated');
        answering.ask({ type: 'rtc.setRemoteDescription', description: { type: 'offer', sdp } });
        for (const candidate of ['garbage', 'candidate:', ''])
          answering.ask({ type: 'rtc.addIceCandidate', candidate: { candidate, sdpMid: '7', sdpMLineIndex: 7 } });
        answering.ask({ type: 'rtc.createAnswer' });
        await answering.heard('rtc.answerCreated');
        assert(!answering.events.some(({ type }) => type === 'rtc.failed'), 'it failed');
      }),
    },
    {
      name: 'after close nothing is reported',
      run: withSides(async (offering) => {
        offering.ask({ type: 'rtc.createOffer' });
        offering.ask({ type: 'rtc.close' });
        const reported = offering.events.length;
        await new Promise((resolve) => setTimeout(resolve, 50));
        assert(offering.events.length === reported, 'it reported');
      }),
    },
  ];
}

import { describe, expect, test } from 'vitest';
import { Reception } from './reception.ts';

const videoRate = 90_000;

describe('Reception', () => {
  test('has nothing to report before the first packet', () => {
    expect(new Reception(1, videoRate).report(0)).toBeUndefined();
  });

  test('reports the share lost since the last report, and all that was ever lost', () => {
    const reception = new Reception(7, videoRate);
    for (const number of [10, 11, 13]) reception.count(number, 0, 0);
    expect(reception.report(0)).toMatchObject({ ssrc: 7, fractionLost: 64, packetsLost: 1, highestSequence: 13 });
    for (const number of [14, 15]) reception.count(number, 0, 0);
    expect(reception.report(0)).toMatchObject({ fractionLost: 0, packetsLost: 1, highestSequence: 15 });
  });

  test('counts on where 16 bits end', () => {
    const reception = new Reception(7, videoRate);
    for (const number of [0xffff, 0, 1]) reception.count(number, 0, 0);
    expect(reception.report(0)).toMatchObject({ packetsLost: 0, highestSequence: 0x1_0001 });
  });

  test('measures jitter as RFC 3550 does', () => {
    const reception = new Reception(7, videoRate);
    reception.count(1, 0, 0);
    reception.count(2, 900, 10);
    expect(reception.report(0)?.jitter).toBe(0);
    // 16 ms late are 1 440 ticks, of which a sixteenth counts.
    reception.count(3, 1800, 36);
    expect(reception.report(0)?.jitter).toBe(90);
  });

  test('echoes the last sender report and how long ago it came', () => {
    const reception = new Reception(7, videoRate);
    reception.count(1, 0, 0);
    expect(reception.report(0)).toMatchObject({ lsr: 0, dlsr: 0 });
    reception.heard(0x1122_3344_5566_7788n, 1_000);
    expect(reception.report(1_500)).toMatchObject({ lsr: 0x3344_5566, dlsr: 32_768 });
  });
});

import { expect, test } from 'vitest';
import { Meter } from './meter.ts';

test('each message that is sent costs something, and the longer the more', () => {
  const meter = new Meter();
  meter.sent(100);
  const one = meter.measure(() => meter.sent(0));
  expect(one).toBeCloseTo(0.1);
  expect(meter.measure(() => {})).toBe(0);
  const room = meter.measure(() => {
    for (let member = 0; member < 250; member += 1) meter.sent(100);
  });
  expect(room).toBeGreaterThan(250 * one);
  expect(meter.measure(() => meter.sent(16_384))).toBeCloseTo(1.1);
});

test('nested measurements are counted once', () => {
  const meter = new Meter();
  let inner = -1;
  const outer = meter.measure(() => {
    meter.sent(0);
    inner = meter.measure(() => meter.sent(0));
  });
  expect([inner, outer]).toEqual([0, expect.closeTo(0.2)]);
  expect(() =>
    meter.measure(() => {
      throw new Error('thrown');
    }),
  ).toThrow('thrown');
  expect(meter.measure(() => meter.sent(0))).toBeCloseTo(0.1);
});

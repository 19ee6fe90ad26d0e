import { expect, test } from 'vitest';
import { type AllocationOptions, allocate } from './allocation.ts';
import type { MeasuredTrack, Measurement } from './measurement.ts';

const audio: MeasuredTrack = {
  trackId: 'a',
  streamId: 's',
  kind: 'audio',
  isEnabled: true,
  layers: [{ spatial: 0, temporal: 0, height: 0, bitrate: 50_000 }],
};

const video = (trackId: string, ...bitrates: readonly number[]): MeasuredTrack => ({
  trackId,
  streamId: trackId,
  kind: 'video',
  isEnabled: true,
  layers: bitrates.map((bitrate, spatial) => ({ spatial, temporal: 0, height: 180 * 2 ** spatial, bitrate })),
});

const measured = (bitrate: number, tracks: readonly MeasuredTrack[], isCongested = false): Measurement => ({
  bitrate,
  throughput: 0,
  rttMs: 0,
  loss: 0,
  isCongested,
  isProbing: false,
  canProbe: true,
  isReportDue: false,
  tracks: [audio, ...tracks],
});

const of = (measurement: Measurement, more: Partial<AllocationOptions> = {}) => {
  const { selections, ...rest } = allocate({ measurement, preferences: {}, selected: {}, mayRaise: true, ...more });
  const heights = Object.fromEntries(
    Object.entries(selections).map(([trackId, { layer, reason }]) => [
      trackId,
      `${layer?.height ?? 'paused'} ${reason}`,
    ]),
  );
  return { heights, selections, ...rest };
};

const at = (spatial: number) => ({ spatial, temporal: 0 });

test('a stream called as a method of objects has no preference by that', () => {
  const track = { ...video('v', 150_000, 500_000), streamId: 'constructor' };
  expect(of(measured(5_000_000, [track])).heights).toEqual({ v: '360 unlimited' });
});

test('audio comes first, then the highest layer that fits with a margin', () => {
  const camera = video('v', 150_000, 500_000, 1_500_000);
  expect(of(measured(2_000_000, [camera])).heights).toEqual({ v: '720 unlimited' });
  expect(of(measured(1_500_000, [camera])).heights).toEqual({ v: '360 bandwidth' });
  expect(of(measured(560_000, [camera])).heights).toEqual({ v: '180 bandwidth' });
});

test('every video has its lowest layer before one has a higher one', () => {
  const cameras = ['v1', 'v2', 'v3'].map((id) => video(id, 100_000, 400_000));
  expect(of(measured(900_000, cameras)).heights).toEqual({
    v1: '360 unlimited',
    v2: '180 bandwidth',
    v3: '180 bandwidth',
  });
  expect(of(measured(270_000, cameras, true)).heights).toEqual({
    v1: '180 bandwidth',
    v2: '180 bandwidth',
    v3: 'paused bandwidth',
  });
});

test('a layer that is sent is kept until the path has shown that it does not carry it', () => {
  const camera = video('v', 150_000, 500_000);
  const selected = { v: at(1) };
  expect(of(measured(300_000, [camera]), { selected }).heights).toEqual({ v: '360 unlimited' });
  const narrow = of(measured(300_000, [camera], true), { selected });
  expect(narrow.heights).toEqual({ v: '180 bandwidth' });
  expect(narrow.isLowered).toBe(true);
  expect(of(measured(500_000, [camera], true), { selected }).heights).toEqual({ v: '360 unlimited' });
});

test('a video of one layer is paused when it does not fit, and its publisher is limited to what would', () => {
  const camera = video('v', 900_000);
  const { selections } = of(measured(450_000, [camera], true), { selected: { v: at(0) } });
  expect(selections.v).toEqual({ layer: undefined, reason: 'bandwidth', limit: 340_000 });
});

test('no publisher is asked for less than 100 kbit/s', () => {
  const { selections } = of(measured(120_000, [video('v', 900_000)], true), { selected: { v: at(0) } });
  expect(selections.v).toMatchObject({ limit: 100_000 });
});

test('a video that is limited for a player is sent, and released when the path carries all of it', () => {
  const limited = { ...video('v', 340_000), limitedFrom: 900_000 };
  const selected = { v: at(0) };
  expect(of(measured(600_000, [limited]), { selected }).selections.v).toMatchObject({
    reason: 'bandwidth',
    limit: 467_500,
  });
  expect(of(measured(1_200_000, [limited]), { selected }).selections.v).toMatchObject({
    reason: 'unlimited',
    limit: undefined,
  });
});

test('a video whose publisher is limited for this player is kept while the limit takes effect', () => {
  const adaptive = { ...video('v', 900_000), isAdaptive: true };
  const { selections, isLowered } = of(measured(500_000, [adaptive], true), { selected: { v: at(0) } });
  expect(selections.v).toMatchObject({ layer: { height: 180 }, reason: 'bandwidth', limit: 382_500 });
  expect(isLowered).toBe(false);
  expect(of(measured(400_000, [adaptive], true), { selected: { v: at(0) } }).isLowered).toBe(true);
  expect(of(measured(500_000, [adaptive]), { selected: { v: at(0) } }).selections.v).toMatchObject({
    reason: 'unlimited',
  });
});

test('preferences of a client are caps: of a track, of a stream, or of all', () => {
  const camera = video('v', 150_000, 500_000, 1_500_000);
  const wide = measured(9_000_000, [camera]);
  expect(of(wide, { preferences: { '': 360 } }).heights).toEqual({ v: '360 preference' });
  expect(of(wide, { preferences: { '': 360, v: 0 } }).heights).toEqual({ v: '720 unlimited' });
  expect(of(wide, { preferences: { v: 1 } }).heights).toEqual({ v: '180 preference' });
  expect(of(wide, { preferences: { v: -5 } }).heights).toEqual({ v: '720 unlimited' });
});

test('an unwanted track gets no bandwidth, and a silent layer is left for the one below', () => {
  const other = { ...video('w', 5_000_000), isEnabled: false };
  const camera = video('v', 150_000, 500_000);
  const { heights } = of(measured(600_000, [other, camera]), { selected: { v: at(2), w: at(0) } });
  expect(heights).toEqual({ v: '360 unlimited' });
});

test('nothing is raised while it rests, but a new track starts', () => {
  const tracks = [video('v', 150_000, 500_000), video('w', 150_000, 500_000)];
  const selected = { v: at(0) };
  const { heights, isRaised } = of(measured(9_000_000, tracks), { selected, mayRaise: false });
  expect(heights).toEqual({ v: '180 bandwidth', w: '180 bandwidth' });
  expect(isRaised).toBe(false);
});

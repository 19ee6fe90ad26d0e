import { expect, test } from 'vitest';
import { walk } from '../walk.ts';
import type { MeasuredTrack, Measurement } from './measurement.ts';
import { type QualityServerEffect, type QualityServerEvent, qualityServer } from './server.ts';

const streamId = 's1';
const audio: MeasuredTrack = {
  trackId: 'a1',
  streamId,
  kind: 'audio',
  isEnabled: true,
  layers: [{ spatial: 0, temporal: 0, height: 0, bitrate: 50_000 }],
};
const camera: MeasuredTrack = {
  trackId: 'v1',
  streamId,
  kind: 'video',
  isEnabled: true,
  layers: [150_000, 500_000, 1_500_000].map((bitrate, spatial) => ({
    spatial,
    temporal: 0,
    height: 180 * 2 ** spatial,
    bitrate,
  })),
};
const simple: MeasuredTrack = { ...camera, layers: [{ spatial: 0, temporal: 0, height: 360, bitrate: 900_000 }] };

const measured = (bitrate: number, more: Partial<Measurement> & { track?: MeasuredTrack } = {}): QualityServerEvent => {
  const { track = camera, ...rest } = more;
  return {
    type: 'media.measured',
    measurement: {
      bitrate,
      throughput: bitrate,
      rttMs: 50,
      loss: 0,
      isCongested: false,
      isProbing: false,
      canProbe: true,
      isReportDue: false,
      tracks: [audio, track],
      ...rest,
    },
  };
};
const congested = { isCongested: true };
const probed: QualityServerEvent = { type: 'timer.probe' };
const times = (count: number, event: QualityServerEvent) => Array.from({ length: count }, () => event);

const after = (...events: QualityServerEvent[]) => walk(qualityServer, { streamId }, events);
const layersOf = (effects: readonly QualityServerEffect[]) =>
  effects.flatMap((effect) =>
    effect.type === 'media.selectLayer' ? [`${effect.layer?.spatial ?? 'paused'} ${effect.reason}`] : [],
  );

test('on a wide path the best layer is sent, and nothing is probed', () => {
  const { snapshot, all } = after(measured(3_000_000), measured(3_000_000));
  expect(snapshot.value).toBe('steady');
  expect(layersOf(all)).toEqual(['2 unlimited']);
  expect(all.filter(({ type }) => type.startsWith('timer.') || type === 'media.probe')).toEqual([]);
});

test('on a path of unknown bandwidth it starts with what fits, and probes for more', () => {
  const { snapshot, effects, all } = after(measured(600_000), probed);
  expect(layersOf(all)).toEqual(['1 bandwidth']);
  expect(snapshot.value).toBe('probing');
  expect(effects).toEqual([
    { type: 'timer.stop', name: 'probe' },
    { type: 'media.probe', bitrate: 1_625_000 },
    { type: 'timer.start', name: 'probe', ms: 10_000 },
  ]);
});

test('a successful probe raises the layer, a failed one delays the next', () => {
  const probing = [measured(600_000), probed, measured(900_000, { isProbing: true })];
  const raised = after(...probing, measured(1_700_000));
  expect(layersOf(raised.all)).toEqual(['1 bandwidth', '2 unlimited']);
  expect(raised.snapshot.value).toBe('steady');
  const inVain = after(...probing, measured(700_000), probed, measured(700_000));
  expect(inVain.snapshot.value).toBe('constrained');
  expect(inVain.effects).toContainEqual({ type: 'timer.start', name: 'probe', ms: 2_000 });
});

test('a path that becomes narrow lowers the layer at the second measurement, or at once when it is far too narrow', () => {
  const before = [measured(3_000_000)];
  expect(layersOf(after(...before, measured(1_200_000, congested)).effects)).toEqual([]);
  expect(layersOf(after(...before, ...times(2, measured(1_200_000, congested))).effects)).toEqual(['1 bandwidth']);
  expect(layersOf(after(...before, measured(400_000, congested)).effects)).toEqual(['0 bandwidth']);
});

test('a lowered layer is not raised at once, and later each time it happens again', () => {
  const down = [measured(3_000_000), measured(400_000, congested)];
  const up = measured(3_000_000);
  const countUntilRaised = (events: QualityServerEvent[]) => {
    for (let count = 1; count < 50; count += 1)
      if (layersOf(after(...events, ...times(count, up)).effects).length > 0) return count;
    return undefined;
  };
  expect(countUntilRaised(down)).toBe(5);
  const again = [...down, ...times(5, up), measured(400_000, congested)];
  expect(countUntilRaised(again)).toBe(9);
  const calm = [...down, ...times(60, up), measured(400_000, congested)];
  expect(countUntilRaised(calm)).toBe(5);
});

test('a video of one layer that does not fit is paused, and resumed when it fits; audio continues', () => {
  const wide = measured(2_000_000, { track: simple });
  const narrow = measured(450_000, { track: simple, ...congested });
  const paused = after(wide, narrow);
  expect(paused.snapshot.value).toBe('paused');
  expect(paused.effects).toContainEqual({ type: 'media.selectLayer', trackId: 'v1', layer: null, reason: 'bandwidth' });
  expect(paused.effects).toContainEqual({ type: 'media.limit', trackId: 'v1', bitrate: 340_000 });
  const adapted = {
    ...simple,
    limitedFrom: 900_000,
    layers: [{ ...camera.layers[0], bitrate: 330_000 }],
  } as MeasuredTrack;
  const resumed = after(wide, narrow, ...times(5, measured(470_000, { track: adapted })));
  expect(layersOf(resumed.all)).toEqual(['0 unlimited', 'paused bandwidth', '0 bandwidth']);
  expect(resumed.snapshot.value).toBe('constrained');
  const released = after(
    wide,
    narrow,
    ...times(5, measured(470_000, { track: adapted })),
    measured(1_300_000, { track: adapted }),
  );
  expect(released.effects).toContainEqual({ type: 'media.limit', trackId: 'v1', bitrate: null });
  expect(released.snapshot.value).toBe('steady');
});

test('a path is probed soon after it turned out that it can be', () => {
  const soon = { type: 'timer.start', name: 'probe', ms: 500 };
  const unreported = { canProbe: false };
  const constrained = [measured(600_000, unreported), probed];
  expect(after(...constrained).effects).toEqual([{ type: 'timer.start', name: 'probe', ms: 10_000 }]);
  expect(after(...constrained, measured(600_000, unreported)).effects).toEqual([]);
  expect(after(...constrained, measured(600_000)).effects).toEqual([soon]);
  expect(after(...constrained, measured(600_000), measured(600_000)).effects).toEqual([]);
  const paused = [...times(2, measured(100_000, { ...congested, ...unreported })), probed];
  expect(after(...paused).snapshot.value).toBe('paused');
  expect(after(...paused, measured(100_000, congested)).effects).toContainEqual(soon);
});

test('paused videos on a path that cannot be probed are tried again, at growing intervals', () => {
  const paused = [
    measured(2_000_000, { track: simple }),
    measured(450_000, { track: simple, ...congested, canProbe: false }),
  ];
  const tried = after(...paused, probed);
  expect(tried.effects).toEqual([{ type: 'timer.start', name: 'probe', ms: 10_000 }]);
  const rested = times(4, measured(450_000, { track: simple, canProbe: false }));
  expect(
    layersOf(after(...paused, ...rested, probed, measured(450_000, { track: simple, canProbe: false })).effects),
  ).toEqual(['0 unlimited']);
});

test('a client that prefers a height gets it, and is notified of the change', () => {
  const preferred = (height: number, trackId?: string): QualityServerEvent => ({
    type: 'quality.preferred',
    trackId,
    height,
  });
  const { all, effects } = after(measured(3_000_000), preferred(360), measured(3_000_000));
  expect(layersOf(all)).toEqual(['2 unlimited', '1 preference']);
  expect(effects).toContainEqual({
    type: 'signal.send',
    message: {
      command: 'notification',
      definition: 'resolutionChangeInfo',
      streamId,
      streamHeight: 360,
      trackId: 'v1',
    },
  });
  const back = after(
    measured(3_000_000),
    preferred(180, 'v1'),
    measured(3_000_000),
    preferred(0, 'v1'),
    measured(3_000_000),
  );
  expect(layersOf(back.all)).toEqual(['2 unlimited', '0 preference', '2 unlimited']);
});

test('a preference is measured for at once', () => {
  const { effects } = after(measured(3_000_000), { type: 'quality.preferred', trackId: undefined, height: 360 });
  expect(effects).toEqual([{ type: 'media.measure' }]);
});

test('the preferences of a client are bounded: the oldest is forgotten', () => {
  const preferred = (trackId: string): QualityServerEvent => ({ type: 'quality.preferred', trackId, height: 180 });
  const many = Array.from({ length: 1_000 }, (_, index) => preferred(`x${index}`));
  const { snapshot, all } = after(preferred('v1'), preferred('x'), preferred('v1'), ...many, measured(3_000_000));
  expect(Object.keys(snapshot.context.preferences)).toHaveLength(1_000);
  expect(layersOf(all)).toEqual(['2 unlimited']);
});

const told = (effects: readonly QualityServerEffect[]) =>
  effects.flatMap((effect) =>
    effect.type === 'signal.send' && effect.message.command === 'notification' ? [effect.message] : [],
  );

test('the client is told of a layer, a pause and a reason as soon as they change', () => {
  const isMeasurement = ({ definition }: { readonly definition: string }) => definition === 'bitrateMeasurement';
  const wide = measured(3_000_000);
  const { all } = after(wide, wide, measured(600_000, congested), ...times(2, measured(60_000, congested)));
  expect(told(all).filter(isMeasurement)).toMatchObject([
    { tracks: [{ trackId: 'v1', streamHeight: 720, heights: [180, 360, 720], reason: 'unlimited' }] },
    { tracks: [{ trackId: 'v1', streamHeight: 360, reason: 'bandwidth' }] },
    { tracks: [{ trackId: 'v1', heights: [180, 360, 720], reason: 'bandwidth' }] },
  ]);
});

test('the client receives its bitrates when a report is due', () => {
  const due = measured(3_000_000.4, { isReportDue: true });
  const { all } = after(due, measured(3_000_000), due);
  expect(told(all)).toHaveLength(2);
  expect(all.find(({ type }) => type === 'signal.send')).toEqual({
    type: 'signal.send',
    message: {
      command: 'notification',
      definition: 'bitrateMeasurement',
      streamId,
      targetBitrate: 3_000_000,
      videoBitrate: 1_500_000,
      audioBitrate: 50_000,
      tracks: [{ trackId: 'v1', streamHeight: 720, heights: [180, 360, 720], reason: 'unlimited' }],
    },
  });
});

test('it ends with the media', () => {
  expect(after(measured(600_000), { type: 'media.closed' }).snapshot.status).toBe('done');
});

const silent = (track: MeasuredTrack): MeasuredTrack => ({ ...track, layers: [] });

test('a video that was silent for a while continues in its previous layer', () => {
  const { all, effects, snapshot } = after(
    measured(3_000_000),
    measured(800_000, { track: silent(camera) }),
    measured(800_000),
  );
  expect(layersOf(all)).toEqual(['2 unlimited']);
  expect(effects.filter(({ type }) => type === 'signal.send')).toEqual([]);
  expect(snapshot.value).toBe('steady');
});

test('a video that was paused before its silence is still paused after it', () => {
  const narrow = measured(40_000, congested);
  const { all, snapshot } = after(
    measured(3_000_000),
    narrow,
    measured(40_000, { ...congested, track: silent(camera) }),
    narrow,
  );
  expect(layersOf(all)).toEqual(['2 unlimited', 'paused bandwidth']);
  expect(snapshot.value).toBe('paused');
});

test('a publisher that was limited before its silence is released after it', () => {
  const narrow = measured(450_000, { track: simple, ...congested });
  const wide = { ...simple, limitedFrom: 900_000 };
  const { all } = after(
    measured(2_000_000, { track: simple }),
    narrow,
    measured(2_000_000, { track: silent(wide) }),
    ...times(6, measured(2_000_000, { track: wide })),
  );
  expect(all).toContainEqual({ type: 'media.limit', trackId: 'v1', bitrate: null });
});

test('a layer that falls silent is left at once, and taken up on its return', () => {
  const lower = { ...camera, layers: camera.layers.slice(0, 2) };
  const { all } = after(measured(3_000_000), measured(3_000_000, { track: lower }), measured(3_000_000));
  expect(layersOf(all)).toEqual(['2 unlimited', '1 unlimited', '2 unlimited']);
});

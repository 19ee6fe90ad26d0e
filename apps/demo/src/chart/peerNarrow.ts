import { arrow, drawRegions, final, type Plan, regionsOf, state } from './plan.ts';

/** A peer, for a telephone: who calls above, who is called below, and lanes past either. */
export function peerNarrow(): Plan {
  const box = { width: 102, height: 27 };
  const [halfWidth, halfHeight] = [box.width / 2, box.height / 2];
  const x = (column: number) => 70 + column * 113;
  const [top, third, last] = [28, 356, 408];
  const frame = { x: 14, width: 2 * 113 + box.width + 10, height: 112 };
  const calling = { path: 'calling', ...frame, y: 70, parting: 128 };
  const called = { path: 'called', ...frame, y: 196, parting: 254 };
  const outer = frame.x + frame.width;
  const edge = called.y + called.height;
  const around = (column: number) =>
    [
      [frame.x, calling.y + 90],
      [frame.x - 8, calling.y + 90],
      [frame.x - 8, edge + 14],
      [x(column), edge + 14],
      [x(column), third - halfHeight],
    ] as const;
  const inner = [
    drawRegions(regionsOf.caller, x, [106, 150], halfWidth),
    drawRegions(regionsOf.called, x, [232, 276], halfWidth),
  ];
  return {
    width: 372,
    height: 430,
    box,
    start: [8, top],
    frames: [calling, called],
    states: [
      state('offline', x(0) + 2, top),
      state('joining', x(1) + 1, top),
      state('waiting', x(2), top),
      ...inner.flatMap(({ states }) => states),
      state('leaving', x(0), third),
      state('restarting', x(1), third),
      state('retrying', x(2), third),
      final('stopped', x(0), last),
      final('ended', x(1), last),
    ],
    transitions: [
      arrow('idle', 'offline', [12, top], [x(0) + 2 - halfWidth, top]),
      arrow('offline', 'joining', [x(0) + 2 + halfWidth, top], [x(1) + 1 - halfWidth, top]),
      arrow('joining', 'waiting', [x(1) + 1 + halfWidth, top], [x(2) - halfWidth, top]),
      arrow('joining', 'calling', [x(1), top + halfHeight], [x(1), calling.y]),
      arrow('waiting', 'calling', [x(2) - 8, top + halfHeight], [x(2) - 8, calling.y]),
      arrow('calling', 'waiting', [x(2) + 8, calling.y], [x(2) + 8, top + halfHeight]),
      arrow(
        'waiting',
        'called',
        [x(2) + halfWidth, top + 6],
        [outer + 8, top + 6],
        [outer + 8, called.y + 44],
        [outer, called.y + 44],
      ),
      arrow(
        'called',
        'waiting',
        [outer, called.y + 60],
        [outer + 16, called.y + 60],
        [outer + 16, top - 6],
        [x(2) + halfWidth, top - 6],
      ),
      arrow('calling', 'leaving', ...around(0)),
      arrow('calling', 'restarting', ...around(1)),
      arrow('called', 'leaving', [x(0), edge], [x(0), third - halfHeight]),
      arrow('called', 'restarting', [x(1), edge], [x(1), third - halfHeight]),
      arrow('restarting', 'retrying', [x(1) + halfWidth, third], [x(2) - halfWidth, third]),
      arrow('restarting', 'ended', [x(1), third + halfHeight], [x(1), last - halfHeight]),
      arrow('leaving', 'stopped', [x(0), third + halfHeight], [x(0), last - halfHeight]),
      ...inner.flatMap(({ transitions }) => transitions),
    ],
  };
}

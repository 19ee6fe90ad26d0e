import { arrow, drawRegions, final, type Plan, regionsOf, state } from './plan.ts';

/** A peer, for a desk: who calls above, who is called below, and the way to and from either on the left. */
export function peerWide(): Plan {
  const box = { width: 108, height: 27 };
  const [halfWidth, halfHeight] = [box.width / 2, box.height / 2];
  const [left, right] = [80, 210];
  const x = (column: number) => 362 + column * 131;
  const [top, middle, level] = [48, 134, 294];
  const frame = { x: x(0) - halfWidth - 12, width: 2 * 131 + box.width + 24, height: 118 };
  const calling = { path: 'calling', ...frame, y: 8, parting: 71 };
  const called = { path: 'called', ...frame, y: 142, parting: 205 };
  const outer = frame.x + frame.width;
  const edge = called.y + called.height;
  // Arrows out of the upper frame go around the lower one, and join its arrows.
  const around = (column: number) =>
    [
      [outer, calling.y + 86],
      [outer + 12, calling.y + 86],
      [outer + 12, edge + 9],
      [x(column), edge + 9],
      [x(column), level - halfHeight],
    ] as const;
  const inner = [
    drawRegions(regionsOf.caller, x, [48, 94], halfWidth),
    drawRegions(regionsOf.called, x, [182, 228], halfWidth),
  ];
  return {
    width: 704,
    height: 320,
    box,
    start: [12, top],
    frames: [calling, called],
    states: [
      state('offline', left, top),
      state('joining', right, top),
      state('waiting', right, middle),
      ...inner.flatMap(({ states }) => states),
      final('ended', left, level),
      state('retrying', right, level),
      state('restarting', x(0), level),
      state('leaving', x(1), level),
      final('stopped', x(2), level),
    ],
    transitions: [
      arrow('idle', 'offline', [16, top], [left - halfWidth, top]),
      arrow('offline', 'joining', [left + halfWidth, top], [right - halfWidth, top]),
      arrow('joining', 'waiting', [right - 20, top + halfHeight], [right - 20, middle - halfHeight]),
      arrow('joining', 'calling', [right + halfWidth, top], [frame.x, top]),
      arrow(
        'joining',
        'ended',
        [right - 38, top + halfHeight],
        [right - 38, top + 36],
        [left, top + 36],
        [left, level - halfHeight],
      ),
      arrow('waiting', 'calling', [right + 20, middle - halfHeight], [right + 20, 94], [frame.x, 94]),
      arrow('calling', 'waiting', [frame.x, middle - 12], [right + halfWidth, middle - 12]),
      arrow('waiting', 'called', [right + 20, middle + halfHeight], [right + 20, 174], [frame.x, 174]),
      arrow('called', 'waiting', [frame.x, middle + 13], [right + halfWidth, middle + 13]),
      arrow('calling', 'restarting', ...around(0)),
      arrow('calling', 'leaving', ...around(1)),
      arrow('called', 'restarting', [x(0), edge], [x(0), level - halfHeight]),
      arrow('called', 'leaving', [x(1), edge], [x(1), level - halfHeight]),
      arrow('restarting', 'retrying', [x(0) - halfWidth, level], [right + halfWidth, level]),
      arrow(
        'retrying',
        'joining',
        [right - 20, level - halfHeight],
        [right - 20, middle + 60],
        [right - halfWidth - 12, middle + 60],
        [right - halfWidth - 12, top + 10],
        [right - halfWidth, top + 10],
      ),
      arrow('leaving', 'stopped', [x(1) + halfWidth, level], [x(2) - halfWidth, level]),
      ...inner.flatMap(({ transitions }) => transitions),
    ],
  };
}

import { arrow, final, type Plan, state } from './plan.ts';

/** A member of a conference, for a desk: five columns. */
export function memberWide(): Plan {
  const box = { width: 108, height: 27 };
  const [halfWidth, halfHeight] = [box.width / 2, box.height / 2];
  const x = (column: number) => 80 + column * 136;
  const [top, level] = [26, 96];
  const along = (from: string, to: string, column: number, y: number) =>
    arrow(from, to, [x(column) + halfWidth, y], [x(column + 1) - halfWidth, y]);
  return {
    width: 704,
    height: 122,
    box,
    start: [12, top],
    frames: [],
    states: [
      state('offline', x(0), top),
      state('entering', x(1), top),
      state('entered', x(2), top),
      state('leaving', x(3), top),
      final('stopped', x(4), top),
      final('ended', x(0), level),
      state('retrying', x(1), level),
    ],
    transitions: [
      arrow('idle', 'offline', [16, top], [x(0) - halfWidth, top]),
      along('offline', 'entering', 0, top),
      along('entering', 'entered', 1, top),
      along('entered', 'leaving', 2, top),
      along('leaving', 'stopped', 3, top),
      arrow('entering', 'retrying', [x(1) + 8, top + halfHeight], [x(1) + 8, level - halfHeight]),
      arrow('retrying', 'entering', [x(1) + 24, level - halfHeight], [x(1) + 24, top + halfHeight]),
      arrow(
        'entering',
        'ended',
        [x(1) - 16, top + halfHeight],
        [x(1) - 16, top + 35],
        [x(0), top + 35],
        [x(0), level - halfHeight],
      ),
      arrow('entered', 'offline', [x(2), top - halfHeight], [x(2), 3], [x(0), 3], [x(0), top - halfHeight]),
    ],
  };
}

/** A member of a conference, for a telephone: three columns. */
export function memberNarrow(): Plan {
  const box = { width: 96, height: 27 };
  const [halfWidth, halfHeight] = [box.width / 2, box.height / 2];
  const x = (column: number) => 66 + column * 116;
  const [top, middle, last] = [26, 84, 142];
  return {
    width: 350,
    height: 162,
    box,
    start: [8, top],
    frames: [],
    states: [
      state('offline', x(0), top),
      state('entering', x(1), top),
      state('entered', x(2), top),
      final('ended', x(0), middle),
      state('retrying', x(1), middle),
      state('leaving', x(2), middle),
      final('stopped', x(2), last),
    ],
    transitions: [
      arrow('idle', 'offline', [12, top], [x(0) - halfWidth, top]),
      arrow('offline', 'entering', [x(0) + halfWidth, top], [x(1) - halfWidth, top]),
      arrow('entering', 'entered', [x(1) + halfWidth, top], [x(2) - halfWidth, top]),
      arrow('entered', 'leaving', [x(2), top + halfHeight], [x(2), middle - halfHeight]),
      arrow('leaving', 'stopped', [x(2), middle + halfHeight], [x(2), last - halfHeight]),
      arrow('entering', 'retrying', [x(1) + 4, top + halfHeight], [x(1) + 4, middle - halfHeight]),
      arrow('retrying', 'entering', [x(1) + 20, middle - halfHeight], [x(1) + 20, top + halfHeight]),
      arrow(
        'entering',
        'ended',
        [x(1) - 20, top + halfHeight],
        [x(1) - 20, top + 29],
        [x(0), top + 29],
        [x(0), middle - halfHeight],
      ),
    ],
  };
}

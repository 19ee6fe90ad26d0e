import { arrow, drawRegions, final, type Plan, regionsOf, state } from './plan.ts';

/** A publisher or a player, for a desk: five columns. */
export function streamWide(role: 'publisher' | 'player'): Plan {
  const box = { width: 114, height: 27 };
  const [halfWidth, halfHeight] = [box.width / 2, box.height / 2];
  const x = (column: number) => 80 + column * 135;
  const [top, middle, level] = [48, 94, 166];
  const accepted = { path: 'accepted', x: x(2) - 68, y: 8, width: 2 * 135 + 136, height: 118, parting: 71 };
  const edge = accepted.y + accepted.height;
  const inner = drawRegions(regionsOf[role], (index) => x(index + 2), [top, middle], halfWidth);
  return {
    width: 704,
    height: 192,
    box,
    start: [12, top],
    frames: [accepted],
    states: [
      state('offline', x(0), top),
      state('requesting', x(1), top),
      ...inner.states,
      final('ended', x(0), level),
      state('retrying', x(1), level),
      state('restarting', x(2), level),
      state('stopping', x(3), level),
      final('stopped', x(4), level),
    ],
    transitions: [
      arrow('idle', 'offline', [16, top], [x(0) - halfWidth, top]),
      arrow('offline', 'requesting', [x(0) + halfWidth, top], [x(1) - halfWidth, top]),
      arrow('requesting', 'accepted', [x(1) + halfWidth, top], [accepted.x, top]),
      arrow(
        'requesting',
        'ended',
        [x(1) - 24, top + halfHeight],
        [x(1) - 24, middle + 14],
        [x(0), middle + 14],
        [x(0), level - halfHeight],
      ),
      // Its stream may come back; a publisher that the server ends is not to try again.
      ...(role === 'player'
        ? [arrow('accepted', 'retrying', [accepted.x, middle], [x(1) + 24, middle], [x(1) + 24, level - halfHeight])]
        : []),
      arrow('accepted', 'restarting', [x(2), edge], [x(2), level - halfHeight]),
      arrow('accepted', 'stopping', [x(3), edge], [x(3), level - halfHeight]),
      arrow('restarting', 'retrying', [x(2) - halfWidth, level], [x(1) + halfWidth, level]),
      arrow('retrying', 'requesting', [x(1), level - halfHeight], [x(1), top + halfHeight]),
      arrow('stopping', 'stopped', [x(3) + halfWidth, level], [x(4) - halfWidth, level]),
      ...inner.transitions,
    ],
  };
}

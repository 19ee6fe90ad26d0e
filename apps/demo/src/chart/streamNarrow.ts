import { arrow, drawRegions, final, type Plan, regionsOf, state } from './plan.ts';

/** A publisher or a player, for a telephone: three columns. */
export function streamNarrow(role: 'publisher' | 'player'): Plan {
  const box = { width: 102, height: 27 };
  const [halfWidth, halfHeight] = [box.width / 2, box.height / 2];
  const x = (column: number) => 58 + column * 115;
  const [top, first, second, third, last] = [24, 102, 146, 220, 274];
  const accepted = { path: 'accepted', x: 2, y: 66, width: 342, height: 112, parting: 124 };
  const edge = accepted.y + accepted.height;
  const inner = drawRegions(regionsOf[role], x, [first, second], halfWidth);
  return {
    width: 346,
    height: 298,
    box,
    start: [6, top],
    frames: [accepted],
    states: [
      state('offline', x(0) + 8, top),
      state('requesting', x(1) + 4, top),
      ...inner.states,
      state('stopping', x(0), third),
      state('restarting', x(1), third),
      state('retrying', x(2), third),
      final('stopped', x(0), last),
      final('ended', x(1), last),
    ],
    transitions: [
      arrow('idle', 'offline', [10, top], [x(0) + 8 - halfWidth, top]),
      arrow('offline', 'requesting', [x(0) + 8 + halfWidth, top], [x(1) + 4 - halfWidth, top]),
      arrow('requesting', 'accepted', [x(1), top + halfHeight], [x(1), accepted.y]),
      arrow('accepted', 'stopping', [x(0), edge], [x(0), third - halfHeight]),
      arrow('accepted', 'restarting', [x(1), edge], [x(1), third - halfHeight]),
      // As in the wide plan.
      ...(role === 'player' ? [arrow('accepted', 'retrying', [x(2), edge], [x(2), third - halfHeight])] : []),
      arrow('restarting', 'retrying', [x(1) + halfWidth, third], [x(2) - halfWidth, third]),
      arrow('restarting', 'ended', [x(1), third + halfHeight], [x(1), last - halfHeight]),
      arrow('stopping', 'stopped', [x(0), third + halfHeight], [x(0), last - halfHeight]),
      ...inner.transitions,
    ],
  };
}

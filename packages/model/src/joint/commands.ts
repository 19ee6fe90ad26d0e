import type { RoleName } from '@sigchart/core/machines';
import type { AppCommand } from './system.ts';

const commands = (role: RoleName, id: string, event: AppCommand['event'], starts: number, stops: number) => [
  { role, id, event, times: starts },
  { role, id, event: { type: 'app.stop' } as const, times: stops },
];

/** A client that publishes `s1` so many times, and stops so many times. */
export const publishes = (starts = 1, stops = 1): readonly AppCommand[] =>
  commands('publisher', 's1', { type: 'app.publish', streamId: 's1' }, starts, stops);

/** A client that plays `s1`. */
export const plays = (starts = 1, stops = 1): readonly AppCommand[] =>
  commands('player', 's1', { type: 'app.play', streamId: 's1' }, starts, stops);

/** A client that joins the call `c1`. */
export const joins = (starts = 1, stops = 1): readonly AppCommand[] =>
  commands('peer', 'c1', { type: 'app.join', streamId: 'c1' }, starts, stops);

/** A client that enters the room `r1` as the member `m1`, `m2`, … */
export const enters = (member: number, starts = 1, stops = 1): readonly AppCommand[] =>
  commands('member', 'r1', { type: 'app.enter', room: 'r1', streamId: `m${member}` }, starts, stops);

/** A client that publishes a stream into the room `r1`, its main track. */
export const publishesInto = (streamId: string, starts = 1, stops = 1): readonly AppCommand[] =>
  commands('publisher', streamId, { type: 'app.publish', streamId, mainTrack: 'r1' }, starts, stops);

/** A client that plays the room `r1` as one. */
export const playsRoom = (starts = 1, stops = 1): readonly AppCommand[] =>
  commands('player', 'r1', { type: 'app.play', streamId: 'r1' }, starts, stops);

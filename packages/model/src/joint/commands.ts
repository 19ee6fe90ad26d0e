import type { RoleName } from '@sigchart/core/machines';
import type { AppCommand, RoleCommand } from './system.ts';

const commands = (role: RoleName, id: string, event: RoleCommand['event'], starts: number, stops: number) => [
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

/** A client that sends messages to the other peer of the call `c1`. */
export const talks = (times: number): readonly AppCommand[] => [
  { role: 'peer', id: 'c1', event: { type: 'app.send' }, times },
];

/** A client that asks how many players `s1` has. */
export const counts = (times = 1): readonly AppCommand[] => [
  { question: { command: 'getSubscriberCount', streamId: 's1' }, times },
];

/** A client that asks who is in the room `r1`. */
export const asksForRoom = (times = 1): readonly AppCommand[] => [
  { question: { command: 'getRoomInfo', room: 'r1' }, times },
];

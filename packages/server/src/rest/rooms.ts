import * as v from 'valibot';
import { blankBroadcast } from '../broadcast.ts';
import { type RegisteredBroadcast, registeredBroadcast, registeredId } from '../store/registered.ts';
import { moveTo, subtracksOf, tell } from './broadcasts.ts';
import { type Call, endpoint, longestPage } from './endpoint.ts';
import { describe } from './known.ts';
import { done, found, notDone, result } from './reply.ts';

const { plannedStartDate, plannedEndDate } = registeredBroadcast.entries;

/** A room, in the shape of `conference-rooms`. */
const conferenceRoom = v.object({
  roomId: v.string(),
  /** Seconds since 1970. */
  startDate: v.number(),
  endDate: v.number(),
  roomStreamList: v.array(v.string()),
  mode: v.string(),
  zombi: v.boolean(),
});

const newRoom = v.object({
  roomId: v.optional(v.nullable(registeredId)),
  startDate: v.optional(v.nullable(plannedStartDate)),
  endDate: v.optional(v.nullable(plannedEndDate)),
  mode: v.optional(v.nullable(v.picklist(['legacy', 'multitrack', 'mcu', 'amcu']))),
});

/** Planned duration of a room registered without dates. Seconds. */
const roomSeconds = 3_600;

async function tellRoom(call: Call, roomId: string): Promise<v.InferOutput<typeof conferenceRoom> | undefined> {
  const known = await tell(call, roomId);
  if (known?.virtual !== true) return undefined;
  return {
    roomId,
    startDate: known.plannedStartDate,
    endDate: known.plannedEndDate,
    roomStreamList: await subtracksOf(call, roomId),
    mode: known.conferenceMode || 'legacy',
    zombi: known.zombi,
  };
}

const noRoom = (roomId: string, status: 200 | 404) => notDone(`There is no room ${roomId}.`, status);

/** Endpoints for rooms. A room is a broadcast, and shares its ids with streams. */
export const roomEndpoints = [
  endpoint({
    method: 'post',
    path: '/broadcasts/conference-rooms',
    summary: 'Registers a room; without dates it may be used for an hour from now on',
    body: newRoom,
    answer: conferenceRoom,
    async handle(call) {
      const { roomId, startDate, endDate, mode } = call.body;
      if (!roomId) return notDone('roomId is missing.', 400);
      const now = Math.floor(call.now / 1000);
      const room: RegisteredBroadcast = {
        ...blankBroadcast(roomId, call.now),
        virtual: true,
        plannedStartDate: startDate || now,
        plannedEndDate: endDate || now + roomSeconds,
        conferenceMode: mode ?? 'legacy',
      };
      if (!(await call.store.broadcasts.create(room))) return notDone(`${roomId} is registered already.`, 400);
      return found(await tellRoom(call, roomId));
    },
  }),
  endpoint({
    method: 'get',
    path: '/broadcasts/conference-rooms/list/{offset}/{size}',
    summary: 'The registered rooms',
    answer: v.array(conferenceRoom),
    async handle(call) {
      const { offset, size } = call.parameters;
      const page = { offset, size: Math.min(size, longestPage) };
      const rooms = await call.store.broadcasts.list(page, { virtual: true });
      const all = await Promise.all(rooms.map(({ streamId }) => tellRoom(call, streamId)));
      return found(all.filter((room) => room !== undefined));
    },
  }),
  endpoint({
    method: 'get',
    path: '/broadcasts/conference-rooms/{id}',
    summary: 'One room',
    answer: conferenceRoom,
    async handle(call) {
      const room = await tellRoom(call, call.parameters.id);
      return room === undefined ? noRoom(call.parameters.id, 404) : found(room);
    },
  }),
  endpoint({
    method: 'put',
    path: '/broadcasts/conference-rooms/{id}',
    summary: 'Changes what is registered of a room',
    body: newRoom,
    answer: conferenceRoom,
    async handle(call) {
      const { id } = call.parameters;
      const { startDate, endDate, mode } = call.body;
      if ((await call.store.broadcasts.get(id))?.virtual !== true) return noRoom(id, 404);
      await call.store.broadcasts.update(id, {
        ...(startDate && { plannedStartDate: startDate }),
        ...(endDate && { plannedEndDate: endDate }),
        ...(mode && { conferenceMode: mode }),
      });
      return found(await tellRoom(call, id));
    },
  }),
  endpoint({
    method: 'delete',
    path: '/broadcasts/conference-rooms/{id}',
    summary: 'Ends all publishers of a room, and forgets it',
    answer: result,
    async handle(call) {
      const { app, live, store, parameters } = call;
      const { id } = parameters;
      if ((await describe(call, id))?.broadcast.virtual !== true) return noRoom(id, 200);
      live.end(app, id);
      await store.broadcasts.delete(id);
      return done(id);
    },
  }),
  endpoint({
    method: 'get',
    path: '/broadcasts/conference-rooms/{id}/room-info',
    summary: 'The live streams of a room and their names, without one of them',
    query: v.object({ streamId: v.optional(v.string()) }),
    answer: v.object({
      roomId: v.string(),
      streamDetailsMap: v.record(v.string(), v.string()),
      startDate: v.number(),
      endDate: v.number(),
    }),
    async handle(call) {
      const { id } = call.parameters;
      const known = await describe(call, id);
      if (known?.broadcast.virtual !== true) return noRoom(id, 404);
      const { plannedStartDate: startDate, plannedEndDate: endDate } = known.broadcast;
      const others = known.subtracks.filter(({ streamId }) => streamId !== call.query.streamId);
      const streamDetailsMap = Object.fromEntries(others.map(({ streamId, name }) => [streamId, name]));
      return found({ roomId: id, streamDetailsMap, startDate, endDate });
    },
  }),
  endpoint({
    method: 'put',
    path: '/broadcasts/conference-rooms/{id}/{streamId}',
    summary: 'Puts a registered stream into a room',
    answer: result,
    async handle({ store, parameters: { id, streamId } }) {
      if ((await store.broadcasts.get(id))?.virtual !== true) return noRoom(id, 200);
      return moveTo(store, streamId, id);
    },
  }),
  endpoint({
    method: 'delete',
    path: '/broadcasts/conference-rooms/{id}/{streamId}',
    summary: 'Takes a registered stream out of a room',
    answer: result,
    async handle({ store, parameters: { id, streamId } }) {
      if ((await store.broadcasts.get(streamId))?.mainTrackStreamId !== id)
        return notDone(`${streamId} is not in ${id}.`);
      return moveTo(store, streamId, '');
    },
  }),
];

import { randomBytes } from 'node:crypto';
import type { KnownStream } from '@sigchart/core/machines';
import { broadcast } from '@sigchart/core/protocol';
import type { SubscriberReport } from '@sigchart/core/session';
import * as v from 'valibot';
import { blankBroadcast } from '../broadcast.ts';
import { type RegisteredBroadcast, registeredBroadcast } from '../store/registered.ts';
import type { AppStore } from '../store/store.ts';
import { type Call, endpoint, longestPage } from './endpoint.ts';
import { describe } from './known.ts';
import { done, found, notDone, result } from './reply.ts';

const { listenerHookURL, conferenceMode } = registeredBroadcast.entries;

/** A stream or room in the REST API: the broadcast object, with the address of its webhooks. */
const toldBroadcast = v.object({ ...broadcast.entries, listenerHookURL, conferenceMode });

/** A stream or room in the REST API. */
export type ToldBroadcast = v.InferOutput<typeof toldBroadcast>;

/** Optional field, which may also be `null`, as Java clients write absent fields. */
const optional = <Schema extends v.GenericSchema>(schema: Schema) => v.optional(v.nullable(schema));

const { name, description, plannedStartDate, plannedEndDate, metaData, role, mainTrackStreamId } =
  registeredBroadcast.entries;
const { subtracksLimit, webRTCViewerLimit, virtual } = registeredBroadcast.entries;

const changes = v.object({
  name: optional(name),
  description: optional(description),
  plannedStartDate: optional(plannedStartDate),
  plannedEndDate: optional(plannedEndDate),
  metaData: optional(metaData),
  role: optional(role),
  mainTrackStreamId: optional(mainTrackStreamId),
  subtracksLimit: optional(subtracksLimit),
  webRTCViewerLimit: optional(webRTCViewerLimit),
  virtual: optional(virtual),
  conferenceMode: optional(conferenceMode),
  listenerHookURL: optional(listenerHookURL),
});

const newBroadcast = v.object({
  ...changes.entries,
  streamId: optional(v.union([v.literal(''), registeredBroadcast.entries.streamId])),
  /** Files, cameras and playlists are not served. */
  type: optional(broadcast.entries.type),
});

/** Those that are given. */
const given = (fields: object): Partial<RegisteredBroadcast> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined));

/** Unguessable id for a stream created without one: 24 letters and digits. */
const freshId = (): string => randomBytes(24).toString('base64url').replace(/[-_]/g, 'x').slice(0, 24);

const told = (known: KnownStream, registered: RegisteredBroadcast | undefined): ToldBroadcast => ({
  ...known.broadcast,
  listenerHookURL: registered?.listenerHookURL ?? '',
  conferenceMode: registered?.conferenceMode ?? '',
});

/** Properties of a stream or room, registered or live. */
export async function tell(call: Call, streamId: string): Promise<ToldBroadcast | undefined> {
  const known = await describe(call, streamId);
  return known && told(known, await call.store.broadcasts.get(streamId));
}

const tellAll = async (call: Call, streamIds: readonly string[]): Promise<ToldBroadcast[]> => {
  const all = await Promise.all(streamIds.map((streamId) => tell(call, streamId)));
  return all.filter((one) => one !== undefined);
};

/** Those that are live without being registered. */
async function unregistered(call: Call): Promise<ToldBroadcast[]> {
  const all = await tellAll(call, call.live.ids(call.app));
  return all.filter(({ zombi }) => zombi);
}

/** The ids of the streams of a room, registered for it or live in it. */
export async function subtracksOf(call: Call, room: string): Promise<string[]> {
  const mainTrackStreamId = room;
  const size = await call.store.broadcasts.count({ mainTrackStreamId });
  const registered = await call.store.broadcasts.list({ offset: 0, size }, { mainTrackStreamId });
  const live = call.live.subtracksOf(call.app, room);
  return [...new Set([...registered.map(({ streamId }) => streamId), ...live])];
}

/** Moves a stream that is registered into a room, or with `""` out of any. */
export async function moveTo(store: AppStore, streamId: string, room: string) {
  return (await store.broadcasts.update(streamId, { mainTrackStreamId: room })) === undefined
    ? notDone(`No stream ${streamId} is registered.`)
    : done(streamId);
}

const contains = ({ streamId, name }: ToldBroadcast, search: string) =>
  [streamId, name].some((text) => text.toLowerCase().includes(search.toLowerCase()));

const listQuery = v.object({
  type_by: v.optional(v.string()),
  sort_by: v.optional(v.picklist(['', 'name', 'date', 'streamId'])),
  order_by: v.optional(v.picklist(['', 'asc', 'desc'])),
  search: v.optional(v.string()),
});

/** Quality of one player. */
const clientStatistics = v.object({
  streamId: v.string(),
  subscriberId: v.string(),
  subscriberName: v.string(),
  measuredBitrate: v.number(),
  sendBitrate: v.number(),
  receivedBitrate: v.number(),
  packetLossRatio: v.number(),
  roundTripTimeMs: v.number(),
  congested: v.boolean(),
  tracks: v.array(v.object({ trackId: v.string(), streamHeight: v.optional(v.number()), reason: v.string() })),
});

const statisticsOf = (report: SubscriberReport): v.InferOutput<typeof clientStatistics> => ({
  streamId: report.streamId,
  subscriberId: report.subscriberId,
  subscriberName: report.subscriberName,
  measuredBitrate: report.estimate,
  sendBitrate: report.sent,
  receivedBitrate: report.received,
  packetLossRatio: report.loss,
  roundTripTimeMs: Math.round(report.rttMs),
  congested: report.isCongested,
  tracks: report.tracks.map(({ trackId, height, reason }) => ({
    trackId,
    ...(height !== undefined && { streamHeight: height }),
    reason,
  })),
});

/** Endpoints for streams. */
export const broadcastEndpoints = [
  endpoint({
    method: 'post',
    path: '/broadcasts/create',
    summary: 'Registers a stream',
    body: newBroadcast,
    answer: toldBroadcast,
    async handle(call) {
      const { type: _, ...fields } = call.body;
      const streamId = fields.streamId || freshId();
      const registered = { ...blankBroadcast(streamId, call.now), ...given(fields), streamId };
      if (!(await call.store.broadcasts.create(registered)))
        return notDone(`A stream ${streamId} is registered already.`, 400);
      return found(await tell(call, streamId));
    },
  }),
  endpoint({
    method: 'get',
    path: '/broadcasts/count',
    summary: 'How many streams and rooms are registered or live',
    answer: v.object({ number: v.number() }),
    handle: async (call) =>
      found({ number: (await call.store.broadcasts.count()) + (await unregistered(call)).length }),
  }),
  endpoint({
    method: 'get',
    path: '/broadcasts/active-live-stream-count',
    summary: 'How many streams are live',
    answer: v.object({ number: v.number() }),
    async handle(call) {
      const all = await tellAll(call, call.live.ids(call.app));
      return found({ number: all.filter(({ status, virtual }) => status === 'broadcasting' && !virtual).length });
    },
  }),
  endpoint({
    method: 'get',
    path: '/broadcasts/list/{offset}/{size}',
    summary: 'Streams and rooms: those that are registered, then those that are only live',
    query: listQuery,
    answer: v.array(toldBroadcast),
    async handle(call) {
      const { offset } = call.parameters;
      const size = Math.min(call.parameters.size, longestPage);
      const { type_by = '', sort_by, order_by, search = '' } = call.query;
      if (!['', 'liveStream'].includes(type_by)) return found([]);
      const order = { sortBy: sort_by || undefined, descending: order_by === 'desc' };
      const registered = await call.store.broadcasts.list({ offset, size }, { search }, order);
      const page = await tellAll(
        call,
        registered.map(({ streamId }) => streamId),
      );
      if (registered.length === size) return found(page);
      const before = await call.store.broadcasts.count({ search });
      const rest = (await unregistered(call)).filter((one) => contains(one, search));
      const first = Math.max(0, offset - before);
      return found([...page, ...rest.slice(first, first + size - registered.length)]);
    },
  }),
  endpoint({
    method: 'get',
    path: '/broadcasts/{id}',
    summary: 'One stream or room',
    answer: toldBroadcast,
    async handle(call) {
      const known = await tell(call, call.parameters.id);
      return known === undefined ? notDone(`There is no stream ${call.parameters.id}.`, 404) : found(known);
    },
  }),
  endpoint({
    method: 'put',
    path: '/broadcasts/{id}',
    summary: 'Changes what is registered of a stream',
    body: changes,
    answer: result,
    async handle({ store, parameters: { id }, body }) {
      const changed = await store.broadcasts.update(id, given(body));
      return changed === undefined ? notDone(`No stream ${id} is registered.`) : done(id);
    },
  }),
  endpoint({
    method: 'delete',
    path: '/broadcasts/{id}',
    summary: 'Ends a stream, and forgets it with its tokens and subscribers',
    answer: result,
    async handle({ app, store, live, parameters: { id } }) {
      const wasLive = live.end(app, id);
      const wasRegistered = await store.broadcasts.delete(id);
      return wasLive || wasRegistered ? done(id) : notDone(`There is no stream ${id}.`);
    },
  }),
  endpoint({
    method: 'post',
    path: '/broadcasts/{id}/stop',
    summary: 'Ends the publisher of a stream, or all of a room',
    answer: result,
    handle: ({ app, live, parameters: { id } }) => (live.end(app, id) ? done(id) : notDone(`Nobody publishes ${id}.`)),
  }),
  endpoint({
    method: 'post',
    path: '/broadcasts/{id}/data',
    summary: 'Says something to all players, on their data channel',
    body: v.pipe(v.string(), v.nonEmpty()),
    answer: result,
    handle: ({ app, live, parameters: { id }, body }) =>
      live.sendData(app, id, body) ? done(id) : notDone(`${id} is not live.`),
  }),
  endpoint({
    method: 'get',
    path: '/broadcasts/{id}/broadcast-statistics',
    summary: 'How many play a stream; -1 for ways of playing that are not served',
    answer: v.object({
      totalWebRTCWatchersCount: v.number(),
      totalHLSWatchersCount: v.number(),
      totalRTMPWatchersCount: v.number(),
      totalDASHWatchersCount: v.number(),
    }),
    async handle(call) {
      const known = await describe(call, call.parameters.id);
      return found({
        totalWebRTCWatchersCount: known?.broadcast.webRTCViewerCount ?? -1,
        totalHLSWatchersCount: -1,
        totalRTMPWatchersCount: -1,
        totalDASHWatchersCount: -1,
      });
    },
  }),
  endpoint({
    method: 'get',
    path: '/broadcasts/{id}/webrtc-client-stats/{offset}/{size}',
    summary: 'Quality of each player of a stream or room. Bits per second',
    answer: v.array(clientStatistics),
    handle({ app, live, parameters: { id, offset, size } }) {
      const page = live.reports(app, id).slice(offset, offset + Math.min(size, longestPage));
      return found(page.map(statisticsOf));
    },
  }),
  endpoint({
    method: 'post',
    path: '/broadcasts/{id}/subtrack',
    summary: 'Puts a registered stream into a registered room',
    query: v.object({ id: registeredBroadcast.entries.streamId }),
    answer: result,
    async handle({ store, parameters, query }) {
      if ((await store.broadcasts.get(parameters.id)) === undefined)
        return notDone(`No room ${parameters.id} is registered.`);
      return moveTo(store, query.id, parameters.id);
    },
  }),
  endpoint({
    method: 'delete',
    path: '/broadcasts/{id}/subtrack',
    summary: 'Takes a registered stream out of a room',
    query: v.object({ id: registeredBroadcast.entries.streamId }),
    answer: result,
    async handle({ store, parameters, query }) {
      const stream = await store.broadcasts.get(query.id);
      if (stream?.mainTrackStreamId !== parameters.id) return notDone(`${query.id} is not in ${parameters.id}.`);
      return moveTo(store, query.id, '');
    },
  }),
  endpoint({
    method: 'get',
    path: '/broadcasts/{id}/subtracks/{offset}/{size}',
    summary: 'The streams of a room, registered for it or live in it',
    answer: v.array(toldBroadcast),
    async handle(call) {
      const { id, offset, size } = call.parameters;
      const page = (await subtracksOf(call, id)).slice(offset, offset + Math.min(size, longestPage));
      return found(await tellAll(call, page));
    },
  }),
];

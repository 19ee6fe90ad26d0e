import type { ConferenceServerEvent, conferenceClient, conferenceServer } from '@sigchart/core';
import type { MachineOptions } from '../machine/graph.ts';
import { fromClient, fromServer } from './saying.ts';

/** The room that is spoken of. */
export const room = 'r1';

const notified = (definition: string, fields: object) => fromServer({ command: 'notification', definition, ...fields });

/** What a member's client may hear. */
export const conferenceClientEvents: MachineOptions<typeof conferenceClient> = {
  inputs: [{ retryLimit: 1 }],
  events: [
    { type: 'app.enter', room },
    { type: 'app.enter', room, streamId: 'own', publish: false },
    { type: 'app.stop' },
    { type: 'socket.opened' },
    { type: 'socket.lost' },
    { type: 'socket.closed' },
    notified('joinedTheRoom', { streamId: 'own', streams: [], room }),
    notified('joinedTheRoom', { streamId: 'own', streams: ['other'], room }),
    notified('streamJoined', { streamId: 'other' }),
    notified('streamLeaved', { streamId: 'other' }),
    notified('leavedFromRoom', { room }),
    fromServer({ command: 'error', definition: 'streamIdInUse', streamId: 'own' }),
    fromServer({ command: 'error', definition: 'unauthorized_access' }),
    { type: 'timer.request' },
    { type: 'timer.retry' },
    { type: 'timer.stopping' },
  ],
};

const described = { streamName: undefined, metaData: undefined, role: undefined };
const played = { trackList: [], disableTracksByDefault: undefined };

/** What a room may hear of two sockets, one of which joins it and the other brings its stream, or both do the same. */
export const conferenceServerEvents: MachineOptions<typeof conferenceServer> = {
  inputs: [{ room }],
  within: ({ context: { members, players } }) =>
    new Set(members.map(({ streamId }) => streamId)).size === members.length &&
    new Set(players.map(({ from }) => from)).size === players.length,
  events: [1, 2].flatMap((from): ConferenceServerEvent[] => {
    const streamId = `m${from}`;
    const other = `m${3 - from}`;
    const says = (command: string, fields: object = {}) =>
      ({ ...fromClient({ command, room, ...fields }), from }) as ConferenceServerEvent;
    return [
      { ...says('joinRoom', { streamId }), freshId: 'fresh', taken: false } as ConferenceServerEvent,
      { ...says('joinRoom', { streamId }), freshId: 'fresh', taken: true } as ConferenceServerEvent,
      says('leaveFromRoom'),
      says('getRoomInfo'),
      says('enableTrack', { streamId: room, trackId: other, enabled: false }),
      says('enableTrack', { streamId: room, trackId: other, enabled: true }),
      { type: 'role.claimed', from, streamId, ...described, inMainTrack: true },
      { type: 'role.claimed', from, streamId, ...described, inMainTrack: false },
      { type: 'role.announced', from, streamId },
      { type: 'role.released', from, streamId },
      { type: 'role.subscribed', from, ...played, userPublishId: streamId },
      { type: 'role.subscribed', from, ...played, userPublishId: undefined },
      { type: 'role.unsubscribed', from },
      { type: 'socket.closed', from },
    ];
  }),
};

import {
  type ConferenceServerEvent,
  type conferenceClient,
  type conferenceServer,
  noSocket,
  type roomMember,
  type roomPlayer,
} from '@sigchart/core/machines';
import type { MachineOptions } from '../machine/graph.ts';
import { fromClient, fromServer } from './saying.ts';

/** The room that is spoken of. */
const room = 'r1';

const notified = (definition: string, fields: object) => fromServer({ command: 'notification', definition, ...fields });

/** Events of a member's client. */
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
    fromServer({ command: 'error', definition: 'streamIdInUse', streamId: 'own', room }),
    fromServer({ command: 'error', definition: 'unauthorized_access' }),
    { type: 'timer.request' },
    { type: 'timer.retry' },
    { type: 'timer.stopping' },
  ],
};

const described = { streamName: undefined, metaData: undefined, role: undefined };
const says = (from: number, command: string, fields: object = {}) =>
  ({ ...fromClient({ command, room, ...fields }), from }) as ConferenceServerEvent;

const played = { trackList: [], disableTracksByDefault: undefined };

/** Events that either of two sockets causes: it joins the room, or publishes into it, and plays it. */
const common = (from: number): ConferenceServerEvent[] => {
  const streamId = `m${from}`;
  return [
    { ...says(from, 'joinRoom', { streamId }), freshId: 'fresh', taken: false } as ConferenceServerEvent,
    // Of the other's id, with a better right than it has.
    {
      ...says(from, 'joinRoom', { streamId: `m${3 - from}` }),
      freshId: 'fresh',
      taken: false,
      right: 'stream',
    } as ConferenceServerEvent,
    { type: 'stream.displaced', from, streamId },
    says(from, 'leaveFromRoom'),
    { type: 'role.brought', from, streamId, ...described, streamName: 'named', inMainTrack: false },
    { type: 'role.brought', from, streamId, ...described, inMainTrack: true },
    { type: 'role.announced', from, streamId },
    { type: 'role.released', from, streamId },
    { type: 'role.subscribed', from, ...played, userPublishId: undefined },
    { type: 'role.unsubscribed', from },
    { type: 'socket.closed', from },
  ];
};

/** Events of one member of a room. */
export const roomMemberEvents: MachineOptions<typeof roomMember> = {
  events: [
    { type: 'signal.joinRoom' },
    { type: 'signal.leaveFromRoom' },
    { type: 'role.brought' },
    { type: 'role.announced' },
    { type: 'role.released' },
    { type: 'stream.displaced' },
    { type: 'socket.closed' },
  ],
};

/** Events of one player of a room. */
export const roomPlayerEvents: MachineOptions<typeof roomPlayer> = {
  events: [
    { type: 'room.awaited' },
    { type: 'room.opened' },
    { type: 'role.watching' },
    { type: 'role.unsubscribed' },
    { type: 'signal.leaveFromRoom' },
    { type: 'socket.closed' },
  ],
};

const memberEvents: ReadonlySet<string> = new Set(roomMemberEvents.events.map(({ type }) => type));

/** Events of a room, from two sockets, and of the application. What says nothing of the other, one of them does. */
export const conferenceServerEvents: MachineOptions<typeof conferenceServer> = {
  inputs: [{ room }],
  within: ({ context: { members, players } }) =>
    members.length + players.length <= 2 &&
    new Set(members.map(({ streamId }) => streamId)).size === members.length &&
    new Set(players.map(({ from }) => from)).size === players.length,
  about: ({ context: { members } }, event) => {
    if (!memberEvents.has(event.type)) return undefined;
    const member = members.find(
      ({ from, streamId }) => from === event.from && (!('streamId' in event) || event.streamId === streamId),
    );
    return member === undefined ? 'no member' : `a member ${member.state.presence}, ${member.state.media}`;
  },
  events: [
    ...common(1),
    ...common(2),
    { ...says(1, 'joinRoom', { streamId: 'm1' }), freshId: 'fresh', taken: true } as ConferenceServerEvent,
    says(1, 'getRoomInfo'),
    says(1, 'enableTrack', { streamId: room, trackId: 'm2', enabled: false }),
    says(1, 'enableTrack', { streamId: room, trackId: 'm2', enabled: true }),
    { type: 'role.subscribed', from: 1, ...played, userPublishId: 'm1' },
    { type: 'role.subscribed', from: 1, ...played, userPublishId: undefined, viewerLimit: 0 },
    { type: 'role.watching', from: 1 },
    says(1, 'assignVideoTrackCommand', { streamId: 'm2', videoTrackId: 'videoTrack0', enabled: true }),
    says(1, 'updateVideoTrackAssignmentsCommand', { streamId: room, offset: 1, size: 1 }),
    says(1, 'setMaxVideoTrackCountCommand', { streamId: room, maxTrackCount: 0 }),
    { type: 'role.talked', from: 2, streamId: 'm2', level: 30 },
    { type: 'role.talked', from: 2, streamId: 'm2', level: 127 },
    { type: 'app.data', from: noSocket, text: '{}' },
    { type: 'app.end', from: noSocket },
  ],
};

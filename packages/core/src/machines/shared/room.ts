import { setup } from 'xstate';
import type { ErrorDefinition } from '../../protocol/error.ts';
import { actionKinds } from '../action.ts';
import type { ConferenceServerContext, ConferenceServerInput } from './room/context.ts';
import type { ConferenceServerEffect, ConferenceServerEvent, TrackCommandEvent } from './room/event.ts';
import { concerns, described, isLive, isTakenFor, joinedMember, requestedId, stepMembers } from './room/members.ts';
import { listed, performForMembers, performForPlayers, send, tell } from './room/perform.ts';
import type { RoomPlayerEvent } from './room/player.ts';
import { afterCommand, arranged, countOf, newPlayer, sees, stepPlayers, tracksOf, wants } from './room/players.ts';
import { listeners, nextTalkers } from './room/talkers.ts';

type Args = { readonly context: ConferenceServerContext; readonly event: ConferenceServerEvent };

const { effect, update, change } = actionKinds<
  ConferenceServerContext,
  ConferenceServerEvent,
  ConferenceServerEffect
>();

const isTrackCommand = (event: ConferenceServerEvent): event is TrackCommandEvent =>
  event.type === 'signal.enableTrack' ||
  event.type === 'signal.assignVideoTrackCommand' ||
  event.type === 'signal.updateVideoTrackAssignmentsCommand' ||
  event.type === 'signal.setMaxVideoTrackCountCommand';

const ownPlayer = ({ context, event }: Args) => context.players.find(({ from }) => from === event.from);

/** Refuses to let a socket play the room. */
const refusePlayer = (definition: ErrorDefinition) => ({ type: 'refusePlayer', params: { definition } }) as const;

/** Adds a player, which waits if the room has no members yet. */
const addPlayer = (type: 'room.awaited' | 'room.opened') => ({ type: 'addPlayer', params: { type } }) as const;

/**
 * A room, for members of three dialects at once: those that enter by `joinRoom` and play each other, notified by `streamJoined`
 * or by asking `getRoomInfo`; and those that publish with `mainTrack` and play the room as one stream.
 *
 * One machine for all sockets, because they share its state. It lives as long as it has members or players. What becomes of one
 * member, or one player, is in the machines `roomMember` and `roomPlayer`, which this one steps.
 *
 * @see docs/protocol.md § Conference
 */
export const conferenceServer = setup({
  types: {
    context: {} as ConferenceServerContext,
    events: {} as ConferenceServerEvent,
    emitted: {} as ConferenceServerEffect,
    input: {} as ConferenceServerInput,
  },
  actions: {
    stepMembers: change(({ context: before, event }) => {
      const { members, requests } = stepMembers(before.members, event);
      const changesTracks = requests.some(({ type }) => type === 'room.addTrack' || type === 'room.removeTrack');
      const players = changesTracks ? before.players.map((player) => arranged(player, members)) : before.players;
      const after = { ...before, members, players };
      return { update: { members, players }, effects: performForMembers(requests, { before, after, event }) };
    }),
    describeMember: update(({ context, event }) =>
      event.type === 'role.brought' ? { members: described(context.members, event) } : undefined,
    ),
    addPlayer: change(({ context, event }, { type }: Pick<RoomPlayerEvent, 'type'>) => {
      if (event.type !== 'role.subscribed') return { update: {}, effects: [] };
      const { players, requests } = stepPlayers([newPlayer(event, context.members)], type);
      return {
        update: { players: [...context.players, ...players] },
        effects: performForPlayers(requests, context.room),
      };
    }),
    offerToParked: change(({ context }) => {
      const { players, requests } = stepPlayers(context.players, 'room.opened');
      return { update: { players }, effects: performForPlayers(requests, context.room) };
    }),
    stepPlayer: change(({ context, event }) => {
      const { players, requests } = stepPlayers(context.players, event.type as RoomPlayerEvent['type'], event.from);
      return { update: { players }, effects: performForPlayers(requests, context.room) };
    }),
    refusePlayer: effect(({ context, event }, { definition }: { readonly definition: ErrorDefinition }) =>
      tell(event.from, 'player', context.room, { type: 'stream.refused', definition }),
    ),
    // The client may send it before it plays the room.
    noteVideoLimit: update(({ context, event }) => {
      if (event.type !== 'signal.setMaxVideoTrackCountCommand') return undefined;
      const maxVideoTracks = countOf(event.message.maxTrackCount);
      const members = context.members.map((member) =>
        member.from === event.from ? { ...member, maxVideoTracks } : member,
      );
      return { members };
    }),
    obeyCommand: update(({ context, event }) => {
      if (!isTrackCommand(event)) return undefined;
      const players = context.players.map((player) => {
        const next = player.from === event.from ? afterCommand(player, event) : player;
        return next === player ? player : arranged(next, context.members);
      });
      return { players };
    }),
    noteTalker: update(({ context, event }) =>
      event.type === 'role.talked' ? { talkers: nextTalkers(context, event) } : undefined,
    ),
    tellTalkers: effect(({ context, event }) =>
      event.type === 'role.talked'
        ? listeners(context, event).map(({ from, talkers }) =>
            tell(from, 'player', context.room, { type: 'stream.talkers', talkers }),
          )
        : undefined,
    ),
    tellAssigned: effect((args) => {
      const player = ownPlayer(args);
      if (player === undefined) return undefined;
      return tell(player.from, 'player', args.context.room, {
        type: 'stream.tracksAssigned',
        tracks: tracksOf(player),
      });
    }),
    tellData: effect(({ context: { players, room }, event }) =>
      event.type === 'app.data'
        ? players.map(({ from }) => tell(from, 'player', room, { type: 'stream.data', text: event.text }))
        : undefined,
    ),
    endPublishers: effect(({ context }) =>
      context.members.map(({ from, streamId }) => tell(from, 'publisher', streamId, { type: 'stream.ended' })),
    ),
    // Of the room, or of its members: a client that leaves has closed its connections without a message for each.
    endOwnPlayers: effect(({ context: { members, room }, event: { from } }) => {
      const others = members.filter((member) => member.from !== from).map(({ streamId }) => streamId);
      return [...others, room].map((streamId) => tell(from, 'player', streamId, { type: 'stream.gone' }));
    }),
    refuseJoin: effect(({ event }) =>
      event.type === 'signal.joinRoom'
        ? [
            send(event.from, { command: 'error', definition: 'streamIdInUse', streamId: requestedId(event) }),
            { type: 'role.end', to: event.from },
          ]
        : undefined,
    ),
    sendLeft: effect(({ context, event }) =>
      send(event.from, {
        command: 'notification',
        definition: 'leavedFromRoom',
        ATTR_ROOM_NAME: context.room,
        room: context.room,
        reason: 'stopped',
      }),
    ),
    sendRoomInformation: effect(({ context, event }) => {
      const asker = event.type === 'signal.getRoomInfo' ? event.message.streamId : undefined;
      const others = context.members.filter(
        (member) => isLive(member) && member.from !== event.from && member.streamId !== asker,
      );
      return send(event.from, {
        command: 'roomInformation',
        room: context.room,
        ATTR_ROOM_NAME: context.room,
        ...listed(others),
      });
    }),
  },
  guards: {
    // A socket that has joined is answered again, whatever it asks for.
    isTaken: ({ context, event }) =>
      event.type === 'signal.joinRoom' &&
      joinedMember(context.members, event.from) === undefined &&
      (event.taken || isTakenFor(context.members, event)),
    isMember: ({ context, event }) => context.members.some(({ from }) => from === event.from),
    isConcerned: ({ context, event }) => context.members.some((member) => concerns(event, member)),
    isInMainTrack: ({ event }) => event.type === 'role.brought' && event.inMainTrack,
    isNewInMainTrack: ({ context, event }) =>
      event.type === 'role.brought' &&
      event.inMainTrack &&
      !context.members.some(({ streamId }) => streamId === event.streamId),
    isPlayer: (args) => ownPlayer(args) !== undefined,
    isNewWatcher: (args) => ownPlayer(args)?.state === 'offered',
    isFull: ({ context: { players }, event }) =>
      event.type === 'role.subscribed' && event.viewerLimit !== undefined && players.length >= event.viewerLimit,
    publishesSoon: ({ event }) => event.type === 'role.subscribed' && event.userPublishId !== undefined,
    switchesLive: (args) => {
      const { context, event } = args;
      if (event.type !== 'signal.enableTrack') return false;
      const { trackId, enabled = true } = event.message;
      const player = ownPlayer(args);
      const member = context.members.find((one) => one.streamId === trackId && isLive(one));
      return player !== undefined && member !== undefined && sees(player, member) && wants(player, trackId) !== enabled;
    },
    isListenedTo: ({ context, event }) => event.type === 'role.talked' && listeners(context, event).length > 0,
    isDeserted: ({ context }) => context.members.length === 0 && context.players.length === 0,
  },
}).createMachine({
  id: 'conference.server',
  context: ({ input }) => ({ room: input.room, members: [], players: [], talkers: [] }),
  initial: 'empty',
  on: {
    'signal.getRoomInfo': { actions: 'sendRoomInformation' },
    'signal.leaveFromRoom': { actions: 'sendLeft' },
    'role.unsubscribed': { actions: 'stepPlayer' },
  },
  states: {
    empty: {
      tags: 'unused',
      on: {
        'signal.joinRoom': [
          { guard: 'isTaken', actions: 'refuseJoin' },
          { target: 'open', actions: 'stepMembers' },
        ],
        'role.brought': { guard: 'isInMainTrack', target: 'open', actions: 'stepMembers' },
        'role.subscribed': [
          { guard: 'isFull', actions: refusePlayer('viewerLimitReached') },
          { guard: 'publishesSoon', target: 'awaited', actions: addPlayer('room.awaited') },
          { actions: refusePlayer('no_stream_exist') },
        ],
      },
    },
    // Played by a client that has announced to publish, but has not published yet.
    awaited: {
      always: { guard: 'isDeserted', target: 'empty' },
      on: {
        'signal.joinRoom': [
          { guard: 'isTaken', actions: 'refuseJoin' },
          { target: 'open', actions: ['stepMembers', 'offerToParked'] },
        ],
        'role.brought': { guard: 'isInMainTrack', target: 'open', actions: ['stepMembers', 'offerToParked'] },
        'role.subscribed': [
          { guard: 'isFull', actions: refusePlayer('viewerLimitReached') },
          { actions: addPlayer('room.awaited') },
        ],
        'socket.closed': { actions: 'stepPlayer' },
      },
    },
    open: {
      always: { guard: 'isDeserted', target: 'empty' },
      on: {
        'signal.joinRoom': [{ guard: 'isTaken', actions: 'refuseJoin' }, { actions: 'stepMembers' }],
        'signal.leaveFromRoom': [
          { guard: 'isMember', actions: ['sendLeft', 'stepMembers', 'stepPlayer', 'endOwnPlayers'] },
          { actions: ['sendLeft', 'stepPlayer', 'endOwnPlayers'] },
        ],
        'socket.closed': { actions: ['stepMembers', 'stepPlayer'] },
        'stream.displaced': { guard: 'isConcerned', actions: 'stepMembers' },
        'role.brought': [
          { guard: 'isConcerned', actions: 'describeMember' },
          { guard: 'isNewInMainTrack', actions: 'stepMembers' },
        ],
        'role.announced': { guard: 'isConcerned', actions: 'stepMembers' },
        'role.released': { guard: 'isConcerned', actions: 'stepMembers' },
        'role.talked': [{ guard: 'isListenedTo', actions: ['tellTalkers', 'noteTalker'] }, { actions: 'noteTalker' }],
        'role.subscribed': [
          { guard: 'isFull', actions: refusePlayer('viewerLimitReached') },
          { actions: addPlayer('room.opened') },
        ],
        'role.watching': { guard: 'isNewWatcher', actions: 'stepPlayer' },
        'signal.enableTrack': [
          { guard: 'switchesLive', actions: ['obeyCommand', 'tellAssigned'] },
          { actions: 'obeyCommand' },
        ],
        'signal.assignVideoTrackCommand': { guard: 'isPlayer', actions: ['obeyCommand', 'tellAssigned'] },
        'signal.updateVideoTrackAssignmentsCommand': { guard: 'isPlayer', actions: ['obeyCommand', 'tellAssigned'] },
        'signal.setMaxVideoTrackCountCommand': { actions: ['noteVideoLimit', 'obeyCommand', 'tellAssigned'] },
        'app.data': { actions: 'tellData' },
        'app.end': { actions: 'endPublishers' },
      },
    },
  },
});

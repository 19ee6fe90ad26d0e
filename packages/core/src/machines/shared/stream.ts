import { setup } from 'xstate';
import type { ErrorDefinition } from '../../protocol/error.ts';
import { actionKinds } from '../action.ts';
import { type AccessRight, outranks } from '../ports/access.ts';
import type { HookAction, HookEffect } from '../ports/hook.ts';
import type { RoleName } from '../ports/role.ts';
import { ownTracks } from '../ports/rtc.ts';
import type { StreamEvent } from '../ports/stream.ts';
import type { RoleTellEffect, SocketId } from './envelope.ts';
import { eachOf } from './party.ts';

/** Context of a stream id. */
export interface StreamServerContext {
  readonly streamId: string;
  /** The socket whose publisher holds the id. */
  readonly owner: SocketId | undefined;
  /** The right that was shown for that. */
  readonly ownerRight: AccessRight | undefined;
  /** The socket that gets the id if the owner does not answer. */
  readonly claimant: SocketId | undefined;
  readonly claimantRight: AccessRight | undefined;
  /** The sockets whose player plays it. */
  readonly players: readonly SocketId[];
  /** Those of them whose media is connected. */
  readonly watching: readonly SocketId[];
  /** The sockets whose player waits for it. */
  readonly parked: readonly SocketId[];
  /**
   * The members of rooms under this id. Others may publish it only with a more specific right than theirs, which ends their
   * membership.
   */
  readonly reservations: readonly Reservation[];
}

/** A member of a room, to whom the id of its stream belongs. */
export interface Reservation {
  readonly room: string;
  /** The socket of the member. */
  readonly by: SocketId;
  /** The right that it showed to be a member under this id. */
  readonly right: AccessRight | undefined;
}

/** Parameters of a stream. */
export interface StreamServerInput {
  readonly streamId: string;
}

/** Events of a stream: reports of roles about it, and expectations of rooms. */
export type StreamServerEvent =
  | {
      readonly type: 'role.claimed';
      readonly from: SocketId;
      /** True if its room has reached its limit of subtracks. */
      readonly isRoomFull?: boolean;
      /** The right that was shown for it. Default none. */
      readonly right?: AccessRight | undefined;
    }
  | {
      readonly type: 'role.subscribed';
      readonly from: SocketId;
      /** Maximum number of the stream's players, waiting ones included. Default none. */
      readonly viewerLimit?: number | undefined;
    }
  | {
      readonly type: 'role.announced' | 'role.kept' | 'role.released' | 'role.watching' | 'role.unsubscribed';
      readonly from: SocketId;
    }
  /** The application that runs the server says something to all players. */
  | { readonly type: 'app.data'; readonly text: string }
  /** The application that runs the server ends the publisher. */
  | { readonly type: 'app.end' }
  | ({ readonly type: 'room.memberJoined' | 'room.memberLeft' } & Reservation);

/** Notifies a room that a member has lost the id of its stream to a client with a better right. Performed by the app (`reduceApp`). */
export interface DisplaceEffect {
  readonly type: 'room.displace';
  readonly room: string;
  readonly streamId: string;
  /** The socket of the member. */
  readonly by: SocketId;
}

/** Effects of a stream. */
export type StreamServerEffect = RoleTellEffect | HookEffect | DisplaceEffect;

const { effect, update } = actionKinds<StreamServerContext, StreamServerEvent, StreamServerEffect>();

const fromOf = (event: StreamServerEvent): SocketId[] => ('from' in event ? [event.from] : []);

const rightOf = (event: StreamServerEvent) => (event.type === 'role.claimed' ? event.right : undefined);

/** Those of others, when a socket claims the id. */
const othersOf = ({ reservations }: StreamServerContext, event: StreamServerEvent) =>
  reservations.filter(({ by }) => !fromOf(event).includes(by));

/** The reservations that a claim sets aside. */
const weaker = (context: StreamServerContext, event: StreamServerEvent) =>
  othersOf(context, event).filter(({ right }) => outranks(rightOf(event), right));

/** Reports whether a claim must yield to a member of a room. With equal rights, a claim of another member need not. */
const isReserved = (context: StreamServerContext, event: StreamServerEvent) => {
  const others = othersOf(context, event);
  const isMember = others.length < context.reservations.length;
  return others.some(({ right }) => (isMember ? outranks(right, rightOf(event)) : !outranks(rightOf(event), right)));
};

const without = (sockets: readonly SocketId[], event: StreamServerEvent) =>
  sockets.filter((socket) => !fromOf(event).includes(socket));

/** Sockets that an effect of a stream is for. */
type Party =
  /** The socket that the event is from. */
  | 'sender'
  | 'owner'
  | 'claimant'
  | 'players'
  /** The players whose media is connected. */
  | 'watching'
  /** The sender, if it is one of them. */
  | 'watchingSender'
  /** The players that wait. */
  | 'parked';

type Args = { readonly context: StreamServerContext; readonly event: StreamServerEvent };

/** Effects for each socket of a party. */
const each = eachOf<Party, Args>({
  sender: ({ event }) => fromOf(event),
  owner: ({ context }) => [context.owner],
  claimant: ({ context }) => [context.claimant],
  players: ({ context }) => context.players,
  watching: ({ context }) => context.watching,
  watchingSender: ({ context, event }) => fromOf(event).filter((socket) => context.watching.includes(socket)),
  parked: ({ context }) => context.parked,
});

/** Parameters of `tell`: an event for a role of each socket of a party. */
interface Tell {
  readonly to: Party;
  readonly role: RoleName;
  readonly event: StreamEvent;
}

const tell =
  (role: RoleName) =>
  <const Event extends StreamEvent>(to: Party, event: Event) =>
    ({ type: 'tell', params: { to, role, event } }) as const;

const tellPublisher = tell('publisher');
const tellPlayer = tell('player');

const tellClaimed = (to: Party) => tellPublisher(to, { type: 'stream.claimed' });
const endOwner = tellPublisher('owner', { type: 'stream.ended' });

const refusePublisher = (definition: ErrorDefinition, to: Party = 'sender') =>
  tellPublisher(to, { type: 'stream.refused', definition });
const refusePlayer = (definition: ErrorDefinition) => tellPlayer('sender', { type: 'stream.refused', definition });

/** Tells players that the stream is live, with its tracks. */
const tellLive = (to: Party) => ({ type: 'tellLive', params: { to } }) as const;

/** Reports an event of the stream to the application that runs the server. */
const report = (action: HookAction) => ({ type: 'report', params: { action } }) as const;

/** Reports an event of each player of a party. */
const reportPlayers = (whose: Party, action: HookAction) =>
  ({ type: 'reportPlayers', params: { whose, action } }) as const;

const refuseRoomFull = refusePublisher('main_track_has_max_subtrack_count__not_allowed_to_add_more_subtracks');
const park = ['park', tellPlayer('sender', { type: 'stream.parked' })] as const;
const dropParked = [tellPlayer('parked', { type: 'stream.gone' }), 'forgetParked'] as const;

/**
 * One stream id: its owner, whether it is live, its players, and those that wait for it. Lives as long as it is used.
 *
 * @see docs/protocol.md § Stream ids
 */
export const streamServer = setup({
  types: {
    context: {} as StreamServerContext,
    events: {} as StreamServerEvent,
    emitted: {} as StreamServerEffect,
    input: {} as StreamServerInput,
  },
  actions: {
    own: update(({ event }) => ({ owner: fromOf(event)[0], ownerRight: rightOf(event) })),
    ownByClaimant: update(({ context: { claimant, claimantRight } }) => ({
      owner: claimant,
      ownerRight: claimantRight,
      claimant: undefined,
      claimantRight: undefined,
    })),
    disown: update(() => ({ owner: undefined, ownerRight: undefined })),
    noteClaimant: update(({ event }) => ({ claimant: fromOf(event)[0], claimantRight: rightOf(event) })),
    forgetClaimant: update(() => ({ claimant: undefined, claimantRight: undefined })),
    addPlayer: update(({ context, event }) => ({ players: [...context.players, ...fromOf(event)] })),
    park: update(({ context, event }) => ({ parked: [...context.parked, ...fromOf(event)] })),
    removePlayer: update(({ context, event }) => ({
      players: without(context.players, event),
      watching: without(context.watching, event),
      parked: without(context.parked, event),
    })),
    promoteParked: update(({ context }) => ({ players: context.parked, parked: [] })),
    forgetPlayers: update(() => ({ players: [], watching: [] })),
    addWatching: update(({ context, event }) => ({ watching: [...context.watching, ...fromOf(event)] })),
    forgetParked: update(() => ({ parked: [] })),
    reserve: update(({ context, event }) => {
      if (event.type !== 'room.memberJoined') return undefined;
      const { room, by, right } = event;
      return { reservations: [...context.reservations, { room, by, right }] };
    }),
    unreserve: update(({ context, event }) => {
      if (event.type !== 'room.memberLeft') return undefined;
      const index = context.reservations.findIndex(({ room, by }) => room === event.room && by === event.by);
      return { reservations: context.reservations.filter((_, other) => other !== index) };
    }),
    displaceWeaker: effect(({ context, event }) =>
      weaker(context, event).map(({ room, by }) => ({ type: 'room.displace', room, by, streamId: context.streamId })),
    ),
    forgetWeaker: update(({ context, event }) => {
      const displaced = weaker(context, event);
      return { reservations: context.reservations.filter((reservation) => !displaced.includes(reservation)) };
    }),
    tell: effect((args, { to, role, event }: Tell) =>
      each(to, args, (socket) => ({ type: 'role.tell', to: socket, role, streamId: args.context.streamId, event })),
    ),
    tellLive: effect((args, { to }: Pick<Tell, 'to'>) => {
      const { streamId } = args.context;
      const event = { type: 'stream.live', tracks: [ownTracks(streamId)] } as const;
      return each(to, args, (socket) => ({ type: 'role.tell', to: socket, role: 'player', streamId, event }));
    }),
    tellData: effect((args) => {
      const { context, event } = args;
      if (event.type !== 'app.data') return undefined;
      const data = { type: 'stream.data', text: event.text } as const;
      return each('players', args, (to) => ({
        type: 'role.tell',
        to,
        role: 'player',
        streamId: context.streamId,
        event: data,
      }));
    }),
    report: effect(({ context: { streamId } }, { action }: { readonly action: HookAction }) => ({
      type: 'hook.call',
      action,
      streamId,
    })),
    reportPlayers: effect((args, { whose, action }: { readonly whose: Party; readonly action: HookAction }) =>
      each(whose, args, (by) => ({ type: 'hook.call', action, streamId: args.context.streamId, by })),
    ),
  },
  guards: {
    isOwner: ({ context, event }) => fromOf(event)[0] === context.owner,
    isClaimant: ({ context, event }) => fromOf(event)[0] === context.claimant,
    isFull: ({ context: { players, parked }, event }) =>
      event.type === 'role.subscribed' &&
      event.viewerLimit !== undefined &&
      players.length + parked.length >= event.viewerLimit,
    isRoomFull: ({ event }) => event.type === 'role.claimed' && event.isRoomFull === true,
    isNewWatcher: ({ context, event }) =>
      fromOf(event).some((socket) => context.players.includes(socket) && !context.watching.includes(socket)),
    isContested: ({ context }) => context.claimant !== undefined,
    isContestedOwner: ({ context, event }) => context.claimant !== undefined && fromOf(event)[0] === context.owner,
    isExpected: ({ context }) => context.reservations.length > 0,
    isReserved: ({ context, event }) => isReserved(context, event),
    hasBetterRight: ({ context, event }) => outranks(rightOf(event), context.ownerRight),
    isLastMember: ({ context }) => context.reservations.length <= 1,
    isExpectedOwner: ({ context, event }) => fromOf(event)[0] === context.owner && context.reservations.length > 0,
  },
}).createMachine({
  id: 'stream.server',
  context: ({ input }) => ({
    streamId: input.streamId,
    owner: undefined,
    ownerRight: undefined,
    claimant: undefined,
    claimantRight: undefined,
    players: [],
    watching: [],
    parked: [],
    reservations: [],
  }),
  initial: 'free',
  on: { 'role.unsubscribed': { actions: [reportPlayers('watchingSender', 'playStopped'), 'removePlayer'] } },
  states: {
    free: {
      tags: 'unused',
      on: {
        'role.claimed': [
          { guard: 'isRoomFull', actions: refuseRoomFull },
          { target: 'held', actions: ['own', tellClaimed('sender')] },
        ],
        'role.subscribed': { actions: refusePlayer('no_stream_exist') },
        'room.memberJoined': { target: 'expected', actions: 'reserve' },
      },
    },
    // A room has a member of this id, who has not published yet. Those who play it wait.
    expected: {
      on: {
        'role.claimed': [
          { guard: 'isReserved', actions: refusePublisher('streamIdInUse') },
          { guard: 'isRoomFull', actions: refuseRoomFull },
          { target: 'held', actions: ['displaceWeaker', 'forgetWeaker', 'own', tellClaimed('sender')] },
        ],
        'role.subscribed': [{ guard: 'isFull', actions: refusePlayer('viewerLimitReached') }, { actions: park }],
        'room.memberJoined': { actions: 'reserve' },
        'room.memberLeft': [
          { guard: 'isLastMember', target: 'free', actions: ['unreserve', ...dropParked] },
          { actions: 'unreserve' },
        ],
      },
    },
    held: {
      initial: 'claimed',
      on: {
        'role.claimed': [
          { guard: 'isContested', actions: refusePublisher('streamIdInUse') },
          { guard: 'isRoomFull', actions: refuseRoomFull },
          // A client with a better right to the id does not wait for a liveness check of its owner.
          { guard: 'hasBetterRight', actions: ['displaceWeaker', 'forgetWeaker', 'noteClaimant', endOwner] },
          { actions: ['noteClaimant', tellPublisher('owner', { type: 'stream.contested' })] },
        ],
        'role.kept': {
          guard: 'isContestedOwner',
          actions: [refusePublisher('streamIdInUse', 'claimant'), 'forgetClaimant'],
        },
        'role.released': [
          { guard: 'isClaimant', actions: 'forgetClaimant' },
          { guard: 'isContestedOwner', target: '.claimed', actions: ['ownByClaimant', tellClaimed('owner')] },
          { guard: 'isExpectedOwner', target: 'expected', actions: 'disown' },
          { guard: 'isOwner', target: 'free', actions: ['disown', ...dropParked] },
        ],
        'room.memberJoined': { actions: 'reserve' },
        'room.memberLeft': { actions: 'unreserve' },
        'app.end': { actions: endOwner },
      },
      states: {
        // The media is not there yet.
        claimed: {
          on: {
            'role.announced': { guard: 'isOwner', target: 'live', actions: [tellLive('parked'), 'promoteParked'] },
            'role.subscribed': [
              { guard: 'isFull', actions: refusePlayer('viewerLimitReached') },
              { guard: 'isExpected', actions: park },
              { actions: refusePlayer('no_stream_exist') },
            ],
          },
        },
        live: {
          entry: report('liveStreamStarted'),
          // After the notification the player has ended, and its data is lost.
          exit: [
            reportPlayers('watching', 'playStopped'),
            tellPlayer('players', { type: 'stream.gone' }),
            report('liveStreamEnded'),
            'forgetPlayers',
          ],
          on: {
            'role.subscribed': [
              { guard: 'isFull', actions: refusePlayer('viewerLimitReached') },
              { actions: ['addPlayer', tellLive('sender')] },
            ],
            'role.watching': {
              guard: 'isNewWatcher',
              actions: ['addWatching', reportPlayers('sender', 'playStarted')],
            },
            'app.data': { actions: 'tellData' },
          },
        },
      },
    },
  },
});

import { setup } from 'xstate';
import type { ErrorDefinition } from '../../protocol/error.ts';
import { actionKinds } from '../action.ts';
import { type AccessRight, outranks } from '../ports/access.ts';
import type { HookAction, HookEffect } from '../ports/hook.ts';
import type { RoleName } from '../ports/role.ts';
import { ownTracks } from '../ports/rtc.ts';
import type { StreamEvent } from '../ports/stream.ts';
import type { RoleTellEffect, SocketId } from './envelope.ts';

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

const notify = ({ streamId }: StreamServerContext, action: HookAction): HookEffect => ({
  type: 'hook.call',
  action,
  streamId,
});

const tell =
  ({ streamId }: StreamServerContext, role: RoleName, event: StreamEvent) =>
  (to: SocketId): RoleTellEffect => ({ type: 'role.tell', to, role, streamId, event });

const refused = (definition: ErrorDefinition): StreamEvent => ({ type: 'stream.refused', definition });

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
    notifyStarted: effect(({ context }) => notify(context, 'liveStreamStarted')),
    notifyEnded: effect(({ context }) => notify(context, 'liveStreamEnded')),
    notifyPlayersStopped: effect(({ context }) =>
      context.watching.map((by) => ({ ...notify(context, 'playStopped'), by })),
    ),
    notifyPlayStarted: effect(({ context, event }) =>
      fromOf(event).map((by) => ({ ...notify(context, 'playStarted'), by })),
    ),
    notifyPlayStopped: effect(({ context, event }) =>
      fromOf(event)
        .filter((by) => context.watching.includes(by))
        .map((by) => ({ ...notify(context, 'playStopped'), by })),
    ),
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
    tellClaimed: effect(({ context, event }) =>
      fromOf(event).map(tell(context, 'publisher', { type: 'stream.claimed' })),
    ),
    tellNewOwner: effect(({ context }) =>
      context.owner === undefined ? undefined : tell(context, 'publisher', { type: 'stream.claimed' })(context.owner),
    ),
    tellInUse: effect(({ context, event }) => fromOf(event).map(tell(context, 'publisher', refused('streamIdInUse')))),
    tellClaimantInUse: effect(({ context }) =>
      context.claimant === undefined
        ? undefined
        : tell(context, 'publisher', refused('streamIdInUse'))(context.claimant),
    ),
    tellContested: effect(({ context }) =>
      context.owner === undefined ? undefined : tell(context, 'publisher', { type: 'stream.contested' })(context.owner),
    ),
    tellLive: effect(({ context, event }) =>
      fromOf(event).map(tell(context, 'player', { type: 'stream.live', tracks: [ownTracks(context.streamId)] })),
    ),
    tellParkedLive: effect(({ context }) =>
      context.parked.map(tell(context, 'player', { type: 'stream.live', tracks: [ownTracks(context.streamId)] })),
    ),
    tellParked: effect(({ context, event }) => fromOf(event).map(tell(context, 'player', { type: 'stream.parked' }))),
    tellNoStream: effect(({ context, event }) =>
      fromOf(event).map(tell(context, 'player', refused('no_stream_exist'))),
    ),
    tellFull: effect(({ context, event }) => fromOf(event).map(tell(context, 'player', refused('viewerLimitReached')))),
    tellRoomFull: effect(({ context, event }) =>
      fromOf(event).map(
        tell(context, 'publisher', refused('main_track_has_max_subtrack_count__not_allowed_to_add_more_subtracks')),
      ),
    ),
    tellData: effect(({ context, event }) =>
      event.type === 'app.data'
        ? context.players.map(tell(context, 'player', { type: 'stream.data', text: event.text }))
        : undefined,
    ),
    tellEnded: effect(({ context }) =>
      context.owner === undefined ? undefined : tell(context, 'publisher', { type: 'stream.ended' })(context.owner),
    ),
    tellGone: effect(({ context }) => context.players.map(tell(context, 'player', { type: 'stream.gone' }))),
    tellParkedGone: effect(({ context }) => context.parked.map(tell(context, 'player', { type: 'stream.gone' }))),
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
  on: { 'role.unsubscribed': { actions: ['notifyPlayStopped', 'removePlayer'] } },
  states: {
    free: {
      tags: 'unused',
      on: {
        'role.claimed': [
          { guard: 'isRoomFull', actions: 'tellRoomFull' },
          { target: 'held', actions: ['own', 'tellClaimed'] },
        ],
        'role.subscribed': { actions: 'tellNoStream' },
        'room.memberJoined': { target: 'expected', actions: 'reserve' },
      },
    },
    // A room has a member of this id, who has not published yet. Those who play it wait.
    expected: {
      on: {
        'role.claimed': [
          { guard: 'isReserved', actions: 'tellInUse' },
          { guard: 'isRoomFull', actions: 'tellRoomFull' },
          { target: 'held', actions: ['displaceWeaker', 'forgetWeaker', 'own', 'tellClaimed'] },
        ],
        'role.subscribed': [{ guard: 'isFull', actions: 'tellFull' }, { actions: ['park', 'tellParked'] }],
        'room.memberJoined': { actions: 'reserve' },
        'room.memberLeft': [
          { guard: 'isLastMember', target: 'free', actions: ['unreserve', 'tellParkedGone', 'forgetParked'] },
          { actions: 'unreserve' },
        ],
      },
    },
    held: {
      initial: 'claimed',
      on: {
        'role.claimed': [
          { guard: 'isContested', actions: 'tellInUse' },
          { guard: 'isRoomFull', actions: 'tellRoomFull' },
          // A client with a better right to the id does not wait for a liveness check of its owner.
          { guard: 'hasBetterRight', actions: ['displaceWeaker', 'forgetWeaker', 'noteClaimant', 'tellEnded'] },
          { actions: ['noteClaimant', 'tellContested'] },
        ],
        'role.kept': { guard: 'isContestedOwner', actions: ['tellClaimantInUse', 'forgetClaimant'] },
        'role.released': [
          { guard: 'isClaimant', actions: 'forgetClaimant' },
          { guard: 'isContestedOwner', target: '.claimed', actions: ['ownByClaimant', 'tellNewOwner'] },
          { guard: 'isExpectedOwner', target: 'expected', actions: 'disown' },
          { guard: 'isOwner', target: 'free', actions: ['disown', 'tellParkedGone', 'forgetParked'] },
        ],
        'room.memberJoined': { actions: 'reserve' },
        'room.memberLeft': { actions: 'unreserve' },
        'app.end': { actions: 'tellEnded' },
      },
      states: {
        // The media is not there yet.
        claimed: {
          on: {
            'role.announced': { guard: 'isOwner', target: 'live', actions: ['tellParkedLive', 'promoteParked'] },
            'role.subscribed': [
              { guard: 'isFull', actions: 'tellFull' },
              { guard: 'isExpected', actions: ['park', 'tellParked'] },
              { actions: 'tellNoStream' },
            ],
          },
        },
        live: {
          entry: 'notifyStarted',
          // After the notification the player has ended, and its data is lost.
          exit: ['notifyPlayersStopped', 'tellGone', 'notifyEnded', 'forgetPlayers'],
          on: {
            'role.subscribed': [{ guard: 'isFull', actions: 'tellFull' }, { actions: ['addPlayer', 'tellLive'] }],
            'role.watching': { guard: 'isNewWatcher', actions: ['addWatching', 'notifyPlayStarted'] },
            'app.data': { actions: 'tellData' },
          },
        },
      },
    },
  },
});

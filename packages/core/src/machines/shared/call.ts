import { setup } from 'xstate';
import type { ErrorDefinition } from '../../protocol/error.ts';
import type { ServerMessage } from '../../protocol/message.ts';
import { actionKinds } from '../action.ts';
import type { TimerEffect } from '../effect.ts';
import { contestMs, lateMs } from '../timer.ts';
import type { PingToEffect, SignalFrom, SignalToEffect, SocketFrom, SocketId } from './envelope.ts';

/** What is known of one call. */
export interface PeerServerContext {
  readonly streamId: string;
  /** Who has been in it longer, and makes the offer. */
  readonly first: SocketId | undefined;
  readonly second: SocketId | undefined;
  /** Who takes the place of a peer that turns out to be gone. */
  readonly claimant: SocketId | undefined;
  /** Which of the two have shown that they are alive, since a third has asked. */
  readonly alive: readonly SocketId[];
}

/** How a call is set up. */
export interface PeerServerInput {
  readonly streamId: string;
}

/** What a call hears, each from one of its sockets. */
export type PeerServerEvent =
  | SignalFrom<
      'join' | 'leave' | 'stop' | 'takeConfiguration' | 'takeCandidate' | 'peerMessageCommand' | 'publish' | 'play'
    >
  | SocketFrom
  | { readonly type: 'timer.contest' | 'timer.late' };

/** What a call asks for. */
export type PeerServerEffect = SignalToEffect | PingToEffect | TimerEffect | RoleEndEffect;

/** A socket is in the call no more; what it says of the id is not for the call. Performed by the app, for that socket. */
export interface RoleEndEffect {
  readonly type: 'role.end';
  readonly to: SocketId;
}

const { effect, update } = actionKinds<PeerServerContext, PeerServerEvent, PeerServerEffect>();

const send = (to: SocketId | undefined, message: ServerMessage): SignalToEffect[] =>
  to === undefined ? [] : [{ type: 'signal.send', to, message }];

const fromOf = (event: PeerServerEvent): SocketId | undefined => ('from' in event ? event.from : undefined);

const otherOf = ({ context, event }: { context: PeerServerContext; event: PeerServerEvent }) =>
  fromOf(event) === context.first ? context.second : context.first;

const failed = (definition: ErrorDefinition, streamId: string): ServerMessage => ({
  command: 'error',
  definition,
  streamId,
});

const isIn = (context: PeerServerContext, socket: SocketId | undefined) =>
  socket !== undefined && (socket === context.first || socket === context.second);

/** Whom of the two nobody has heard from since a third has asked. */
const silent = ({ first, second, alive }: PeerServerContext) =>
  [first, second].filter((socket) => socket !== undefined && !alive.includes(socket)) as SocketId[];

/**
 * A call of two: tells the first to make the offer, and passes on what either says to the other, unread.
 *
 * One machine for both sockets, since they share it. It lives from the first `join` until nobody is in it.
 *
 * @see docs/protocol.md § Peer to peer
 */
export const peerServer = setup({
  types: {
    context: {} as PeerServerContext,
    events: {} as PeerServerEvent,
    emitted: {} as PeerServerEffect,
    input: {} as PeerServerInput,
  },
  actions: {
    enterFirst: update(({ event }) => ({ first: fromOf(event) })),
    enterSecond: update(({ event }) => ({ second: fromOf(event) })),
    // Whoever stays has been there longer than whoever comes.
    exit: update(({ context, event }) => ({ first: otherOf({ context, event }), second: undefined })),
    noteClaimant: update(({ event }) => ({ claimant: fromOf(event), alive: [] })),
    forgetClaimant: update(() => ({ claimant: undefined, alive: [] })),
    // It may have answered the ping of its liveness as well.
    noteAlive: update(({ context: { first, second, alive }, event }) => ({
      alive: [first, second].filter(
        (socket): socket is SocketId => socket !== undefined && (alive.includes(socket) || socket === fromOf(event)),
      ),
    })),
    replaceSilent: update(({ context }) => {
      const staying = [context.first, context.second].filter((socket) => !silent(context).includes(socket as SocketId));
      const [first, second] = [...staying, context.claimant];
      return { first, second, claimant: undefined, alive: [] };
    }),
    replaceLeaver: update(({ context, event }) => ({
      first: otherOf({ context, event }),
      second: context.claimant,
      claimant: undefined,
      alive: [],
    })),
    sendJoined: effect(({ context, event }) =>
      send(fromOf(event), { command: 'notification', definition: 'joined', streamId: context.streamId }),
    ),
    sendClaimantJoined: effect(({ context }) =>
      send(context.claimant, { command: 'notification', definition: 'joined', streamId: context.streamId }),
    ),
    sendLeaved: effect(({ context, event }) =>
      send(fromOf(event), { command: 'notification', definition: 'leaved', streamId: context.streamId }),
    ),
    sendStart: effect(({ context }) => send(context.first, { command: 'start', streamId: context.streamId })),
    sendStopToOther: effect(({ context, event }) =>
      send(otherOf({ context, event }), { command: 'stop', streamId: context.streamId }),
    ),
    sendStopToAlive: effect(({ context }) =>
      context.alive.flatMap((socket) => send(socket, { command: 'stop', streamId: context.streamId })),
    ),
    sendNoPeer: effect(({ context, event }) =>
      send(fromOf(event), failed('no_peer_associated_before', context.streamId)),
    ),
    sendNoSpace: effect(({ context, event }) => send(fromOf(event), failed('NoSpaceForNewPeer', context.streamId))),
    sendClaimantNoSpace: effect(({ context }) => send(context.claimant, failed('NoSpaceForNewPeer', context.streamId))),
    sendAlreadyPublishing: effect(({ context, event }) =>
      send(fromOf(event), failed('already_publishing', context.streamId)),
    ),
    sendAlreadyPlaying: effect(({ context, event }) =>
      send(fromOf(event), failed('already_playing', context.streamId)),
    ),
    relay: effect(({ context, event }) =>
      event.type === 'signal.takeConfiguration' ||
      event.type === 'signal.takeCandidate' ||
      event.type === 'signal.peerMessageCommand'
        ? send(otherOf({ context, event }), event.message)
        : undefined,
    ),
    endRole: effect(({ event }) => {
      const to = fromOf(event);
      return to === undefined ? undefined : { type: 'role.end', to };
    }),
    endClaimant: effect(({ context: { claimant } }) =>
      claimant === undefined ? undefined : { type: 'role.end', to: claimant },
    ),
    endSilent: effect(({ context }) => silent(context).map((to) => ({ type: 'role.end', to }))),
    pingPeers: effect(({ context: { first, second } }) =>
      [first, second].flatMap((to) => (to === undefined ? [] : [{ type: 'socket.ping' as const, to }])),
    ),
    startContestTimer: effect(() => ({ type: 'timer.start', name: 'contest', ms: contestMs })),
    stopContestTimer: effect(() => ({ type: 'timer.stop', name: 'contest' })),
    startLateTimer: effect(() => ({ type: 'timer.start', name: 'late', ms: lateMs })),
    stopLateTimer: effect(() => ({ type: 'timer.stop', name: 'late' })),
  },
  guards: {
    isPeer: ({ context, event }) => isIn(context, fromOf(event)),
    isClaimant: ({ context, event }) => fromOf(event) !== undefined && fromOf(event) === context.claimant,
    isConcerned: ({ context, event }) =>
      isIn(context, fromOf(event)) || (context.claimant !== undefined && fromOf(event) === context.claimant),
    isLastSilent: ({ context, event }) => silent(context).every((socket) => socket === fromOf(event)),
    areBothSilent: ({ context }) => silent(context).length === 2,
  },
}).createMachine({
  id: 'peer.server',
  context: ({ input }) => ({
    streamId: input.streamId,
    first: undefined,
    second: undefined,
    claimant: undefined,
    alive: [],
  }),
  initial: 'empty',
  on: {
    'signal.publish': { guard: 'isConcerned', actions: 'sendAlreadyPublishing' },
    'signal.play': { guard: 'isConcerned', actions: 'sendAlreadyPlaying' },
  },
  states: {
    empty: {
      tags: 'unused',
      on: { 'signal.join': { target: 'waiting', actions: ['enterFirst', 'sendJoined'] } },
    },
    // One peer, alone.
    waiting: {
      id: 'waiting',
      initial: 'alone',
      on: {
        'signal.join': [
          { guard: 'isPeer', actions: 'sendJoined' },
          { target: 'paired', actions: ['enterSecond', 'sendJoined', 'sendStart'] },
        ],
        'signal.leave': { target: 'empty', actions: ['sendLeaved', 'endRole', 'exit'] },
        'signal.stop': { target: 'empty', actions: ['endRole', 'exit'] },
        'socket.closed': { guard: 'isPeer', target: 'empty', actions: 'exit' },
        'signal.takeConfiguration': { actions: 'sendNoPeer' },
        'signal.peerMessageCommand': { actions: 'sendNoPeer' },
      },
      states: {
        alone: { on: { 'signal.takeCandidate': { actions: 'sendNoPeer' } } },
        // The other has just left; candidates on their way to it are nobody's fault.
        left: {
          id: 'left',
          entry: 'startLateTimer',
          exit: 'stopLateTimer',
          on: { 'timer.late': 'alone' },
        },
      },
    },
    paired: {
      initial: 'settled',
      on: {
        'signal.takeConfiguration': { guard: 'isPeer', actions: 'relay' },
        'signal.takeCandidate': { guard: 'isPeer', actions: 'relay' },
        'signal.peerMessageCommand': { guard: 'isPeer', actions: 'relay' },
      },
      states: {
        settled: {
          on: {
            'signal.join': [
              { guard: 'isPeer', actions: 'sendJoined' },
              { target: 'contested', actions: ['noteClaimant', 'pingPeers'] },
            ],
            'signal.leave': { target: '#left', actions: ['sendLeaved', 'sendStopToOther', 'endRole', 'exit'] },
            'signal.stop': { target: '#left', actions: ['sendStopToOther', 'endRole', 'exit'] },
            'socket.closed': { guard: 'isPeer', target: '#left', actions: ['sendStopToOther', 'exit'] },
          },
        },
        // A third wants to join. One of the two may be gone without its socket being closed yet; then there is space.
        contested: {
          entry: 'startContestTimer',
          exit: 'stopContestTimer',
          on: {
            'socket.ponged': [
              {
                guard: 'isLastSilent',
                target: 'settled',
                actions: ['sendClaimantNoSpace', 'endClaimant', 'forgetClaimant'],
              },
              { guard: 'isPeer', actions: 'noteAlive' },
            ],
            'timer.contest': [
              {
                guard: 'areBothSilent',
                target: '#waiting',
                actions: ['endSilent', 'sendClaimantJoined', 'replaceSilent'],
              },
              {
                target: 'settled',
                actions: ['sendStopToAlive', 'endSilent', 'sendClaimantJoined', 'replaceSilent', 'sendStart'],
              },
            ],
            'signal.join': [
              { guard: 'isPeer', actions: 'sendJoined' },
              // It has asked already, and is answered once it is decided.
              { guard: 'isClaimant' },
              { actions: ['sendNoSpace', 'endRole'] },
            ],
            'signal.leave': [
              { guard: 'isClaimant', target: 'settled', actions: ['sendLeaved', 'endRole', 'forgetClaimant'] },
              {
                target: 'settled',
                actions: [
                  'sendLeaved',
                  'sendStopToOther',
                  'endRole',
                  'sendClaimantJoined',
                  'replaceLeaver',
                  'sendStart',
                ],
              },
            ],
            'signal.stop': [
              { guard: 'isClaimant', target: 'settled', actions: ['endRole', 'forgetClaimant'] },
              {
                target: 'settled',
                actions: ['sendStopToOther', 'endRole', 'sendClaimantJoined', 'replaceLeaver', 'sendStart'],
              },
            ],
            'socket.closed': [
              { guard: 'isClaimant', target: 'settled', actions: 'forgetClaimant' },
              {
                guard: 'isPeer',
                target: 'settled',
                actions: ['sendStopToOther', 'sendClaimantJoined', 'replaceLeaver', 'sendStart'],
              },
            ],
          },
        },
      },
    },
  },
});

import { setup } from 'xstate';
import type { ServerMessage } from '../../protocol/message.ts';
import { actionKinds, type MessageBody, startTimer, stopTimer, timerActions } from '../action.ts';
import type { TimerEffect } from '../ports/timer.ts';
import { contestMs, lateMs } from '../timer.ts';
import type { PingToEffect, RoleEndEffect, SignalFrom, SignalToEffect, SocketFrom, SocketId } from './envelope.ts';
import { eachOf } from './party.ts';

/** Context of a call. */
export interface PeerServerContext {
  readonly streamId: string;
  /** Peer that has been in the call longer, and makes the offer. */
  readonly first: SocketId | undefined;
  readonly second: SocketId | undefined;
  /** Socket that takes the place of a peer that does not answer. */
  readonly claimant: SocketId | undefined;
  /** Peers that have answered since a third socket asked. */
  readonly alive: readonly SocketId[];
}

/** Parameters of a call. */
export interface PeerServerInput {
  readonly streamId: string;
}

/** Events of a call, each from one of its sockets. */
export type PeerServerEvent =
  | SignalFrom<
      'join' | 'leave' | 'stop' | 'takeConfiguration' | 'takeCandidate' | 'peerMessageCommand' | 'publish' | 'play'
    >
  | SocketFrom
  | { readonly type: 'timer.contest' | 'timer.late' };

/** Effects of a call. */
export type PeerServerEffect = SignalToEffect | PingToEffect | TimerEffect | RoleEndEffect;

const { effect, update } = actionKinds<PeerServerContext, PeerServerEvent, PeerServerEffect>();

const fromOf = (event: PeerServerEvent): SocketId | undefined => ('from' in event ? event.from : undefined);

const otherOf = ({ context, event }: { context: PeerServerContext; event: PeerServerEvent }) =>
  fromOf(event) === context.first ? context.second : context.first;

const isIn = (context: PeerServerContext, socket: SocketId | undefined) =>
  socket !== undefined && (socket === context.first || socket === context.second);

/** Peers that have not answered since a third socket asked. */
const silent = ({ first, second, alive }: PeerServerContext) =>
  [first, second].filter((socket) => socket !== undefined && !alive.includes(socket)) as SocketId[];

/** Participant of an event at a call. */
type Party =
  /** The socket that the event is from. */
  | 'sender'
  /** The peer of that socket. */
  | 'other'
  /** The peer that makes the offer. */
  | 'first'
  | 'claimant'
  /** The peers that have shown that they are alive. */
  | 'alive'
  /** The peers that have not. */
  | 'silent';

type Args = { readonly context: PeerServerContext; readonly event: PeerServerEvent };

/** Effects for each socket of a party. */
const each = eachOf<Party, Args>({
  sender: ({ event }) => [fromOf(event)],
  other: (args) => [otherOf(args)],
  first: ({ context }) => [context.first],
  claimant: ({ context }) => [context.claimant],
  alive: ({ context }) => context.alive,
  silent: ({ context }) => silent(context),
});

const sendTo = <const Message>(to: Party, message: Message) => ({ type: 'send', params: { to, message } }) as const;

const endRole = <const Whose extends Party>(whose: Whose) => ({ type: 'endRole', params: { whose } }) as const;

const joined = { command: 'notification', definition: 'joined' } as const;
const sendJoined = sendTo('sender', joined);
const sendClaimantJoined = sendTo('claimant', joined);
const sendLeaved = sendTo('sender', { command: 'notification', definition: 'leaved' });
const sendStart = sendTo('first', { command: 'start' });
const sendStopToOther = sendTo('other', { command: 'stop' });
const noPeer = sendTo('sender', { command: 'error', definition: 'no_peer_associated_before' });
const noSpace = { command: 'error', definition: 'NoSpaceForNewPeer' } as const;

/**
 * A two-party call: asks the first peer to make the offer, and forwards the messages of either peer to the other, unread.
 *
 * One machine for both sockets, because they share its state. It lives from the first `join` until both peers have left.
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
    ...timerActions<PeerServerContext, PeerServerEvent>(),
    enterFirst: update(({ event }) => ({ first: fromOf(event) })),
    enterSecond: update(({ event }) => ({ second: fromOf(event) })),
    // A peer that stays has been in the call longer than a new one.
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
    send: effect((args, { to, message }: { readonly to: Party; readonly message: MessageBody<ServerMessage> }) =>
      each(to, args, (socket) => ({
        type: 'signal.send',
        to: socket,
        message: { ...message, streamId: args.context.streamId } as ServerMessage,
      })),
    ),
    relay: effect(({ context, event }) =>
      event.type === 'signal.takeConfiguration' ||
      event.type === 'signal.takeCandidate' ||
      event.type === 'signal.peerMessageCommand'
        ? each('other', { context, event }, (to) => ({ type: 'signal.send', to, message: event.message }))
        : undefined,
    ),
    endRole: effect((args, { whose }: { readonly whose: Party }) =>
      each(whose, args, (to) => ({ type: 'role.end', to })),
    ),
    pingPeers: effect(({ context: { first, second } }) =>
      [first, second].flatMap((to) => (to === undefined ? [] : [{ type: 'socket.ping' as const, to }])),
    ),
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
    'signal.publish': {
      guard: 'isConcerned',
      actions: sendTo('sender', { command: 'error', definition: 'already_publishing' }),
    },
    'signal.play': {
      guard: 'isConcerned',
      actions: sendTo('sender', { command: 'error', definition: 'already_playing' }),
    },
  },
  states: {
    empty: {
      tags: 'unused',
      on: { 'signal.join': { target: 'waiting', actions: ['enterFirst', sendJoined] } },
    },
    // One peer, alone.
    waiting: {
      id: 'waiting',
      initial: 'alone',
      on: {
        'signal.join': [
          { guard: 'isPeer', actions: sendJoined },
          { target: 'paired', actions: ['enterSecond', sendJoined, sendStart] },
        ],
        'signal.leave': { target: 'empty', actions: [sendLeaved, endRole('sender'), 'exit'] },
        'signal.stop': { target: 'empty', actions: [endRole('sender'), 'exit'] },
        'socket.closed': { guard: 'isPeer', target: 'empty', actions: 'exit' },
        'signal.takeConfiguration': { actions: noPeer },
        'signal.peerMessageCommand': { actions: noPeer },
      },
      states: {
        alone: { on: { 'signal.takeCandidate': { actions: noPeer } } },
        // The other peer has just left; candidates in flight to it are not an error.
        left: {
          id: 'left',
          entry: startTimer('late', lateMs),
          exit: stopTimer('late'),
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
              { guard: 'isPeer', actions: sendJoined },
              { target: 'contested', actions: ['noteClaimant', 'pingPeers'] },
            ],
            'signal.leave': { target: '#left', actions: [sendLeaved, sendStopToOther, endRole('sender'), 'exit'] },
            'signal.stop': { target: '#left', actions: [sendStopToOther, endRole('sender'), 'exit'] },
            'socket.closed': { guard: 'isPeer', target: '#left', actions: [sendStopToOther, 'exit'] },
          },
        },
        // A third peer asks to join. One of the two may have vanished with its socket still open; then there is space.
        contested: {
          entry: startTimer('contest', contestMs),
          exit: stopTimer('contest'),
          on: {
            'socket.ponged': [
              {
                guard: 'isLastSilent',
                target: 'settled',
                actions: [sendTo('claimant', noSpace), endRole('claimant'), 'forgetClaimant'],
              },
              { guard: 'isPeer', actions: 'noteAlive' },
            ],
            'timer.contest': [
              {
                guard: 'areBothSilent',
                target: '#waiting',
                actions: [endRole('silent'), sendClaimantJoined, 'replaceSilent'],
              },
              {
                target: 'settled',
                actions: [
                  sendTo('alive', { command: 'stop' }),
                  endRole('silent'),
                  sendClaimantJoined,
                  'replaceSilent',
                  sendStart,
                ],
              },
            ],
            'signal.join': [
              { guard: 'isPeer', actions: sendJoined },
              // It has asked already, and is answered once it is decided.
              { guard: 'isClaimant' },
              { actions: [sendTo('sender', noSpace), endRole('sender')] },
            ],
            'signal.leave': [
              { guard: 'isClaimant', target: 'settled', actions: [sendLeaved, endRole('sender'), 'forgetClaimant'] },
              {
                target: 'settled',
                actions: [
                  sendLeaved,
                  sendStopToOther,
                  endRole('sender'),
                  sendClaimantJoined,
                  'replaceLeaver',
                  sendStart,
                ],
              },
            ],
            'signal.stop': [
              { guard: 'isClaimant', target: 'settled', actions: [endRole('sender'), 'forgetClaimant'] },
              {
                target: 'settled',
                actions: [sendStopToOther, endRole('sender'), sendClaimantJoined, 'replaceLeaver', sendStart],
              },
            ],
            'socket.closed': [
              { guard: 'isClaimant', target: 'settled', actions: 'forgetClaimant' },
              {
                guard: 'isPeer',
                target: 'settled',
                actions: [sendStopToOther, sendClaimantJoined, 'replaceLeaver', sendStart],
              },
            ],
          },
        },
      },
    },
  },
});

import { setup } from 'xstate';
import type { EndReason } from '../../../protocol/field.ts';
import type { ServerMessage } from '../../../protocol/message.ts';
import { actionKinds, on, send, sendOwnActions, startTimer, stopTimer, timerActions } from '../../action.ts';
import type { ServerRoleEffect } from '../../effect.ts';
import type { ServerEvent } from '../../event.ts';
import { answerer, answererActions, answererGuards } from '../../fragments/answerer.ts';
import { type NegotiationContext, noCandidates } from '../../fragments/candidates.ts';
import { failureActions, failureGuards } from '../../fragments/failure.ts';
import { mediaActions } from '../../fragments/media.ts';
import type { ClaimRequest } from '../../ports/stream.ts';
import { contestMs, graceMs, mediaTimeoutMs } from '../../timer.ts';

/** Context of a server's publisher. */
export interface PublisherServerContext extends NegotiationContext {
  /** Data from its request. */
  readonly claim: ClaimRequest;
}

const finished = (reason: EndReason) => send({ command: 'notification', definition: 'publish_finished', reason });

const alreadyPublishing = send({ command: 'error', definition: 'already_publishing' });

const kinds = actionKinds<PublisherServerContext, ServerEvent, ServerRoleEffect>();
const { effect, update } = kinds;

/**
 * The server's side of a publisher: decides over `publish`, answers its offer, and holds the stream id while the media
 * lives.
 *
 * Ends in `refused` when it never was accepted, else in `finished`; by then it has closed its connection and released the
 * id.
 *
 * @see docs/protocol.md § Publish
 */
export const publisherServer = setup({
  types: {
    context: {} as PublisherServerContext,
    events: {} as ServerEvent,
    emitted: {} as ServerRoleEffect,
  },
  actions: {
    ...answererActions(kinds),
    ...mediaActions(kinds, 'publisher'),
    ...failureActions(kinds),
    ...timerActions<PublisherServerContext, ServerEvent>(),
    ...sendOwnActions<PublisherServerContext, ServerEvent, ServerMessage>(),
    adoptRequest: update(
      on('signal.publish', ({ event: { message } }) => ({
        streamId: message.streamId,
        claim: {
          streamId: message.streamId,
          mainTrack: message.mainTrack,
          streamName: message.streamName,
          metaData: message.metaData,
          role: message.role,
          ...(message.video !== undefined && { hasVideo: message.video }),
          subscriberId: message.subscriberId,
        },
      })),
    ),
    adoptMetaData: update(
      on('signal.updateStreamMetaData', ({ context, event: { message } }) => ({
        claim: { ...context.claim, metaData: message.metaData },
      })),
    ),
    updateStream: effect(({ context }) => ({ type: 'stream.update', ...context.claim })),
    notifyTimeout: effect(({ context }) => ({
      type: 'hook.call',
      action: 'publishTimeoutError',
      streamId: context.streamId,
    })),
    requestAccess: effect(
      on('signal.publish', ({ event: { message } }) => ({
        type: 'access.request',
        action: 'publish',
        streamId: message.streamId,
        room: message.mainTrack,
        token: message.token,
        subscriberId: message.subscriberId,
        subscriberCode: message.subscriberCode,
        metaData: message.metaData,
      })),
    ),
    adoptRight: update(
      on('access.granted', ({ context, event: { right } }) =>
        right === undefined ? undefined : { claim: { ...context.claim, right } },
      ),
    ),
    claimStream: effect(
      on('access.granted', ({ context, event: { limit } }) => ({
        type: 'stream.claim',
        ...context.claim,
        ...(limit !== undefined && { subtracksLimit: limit }),
      })),
    ),
    bringToRoom: effect(({ context }) => ({ type: 'room.bring', ...context.claim })),
    tellTalk: effect(
      on('rtc.audioLevel', ({ context, event: { level } }) => ({
        type: 'stream.talk',
        streamId: context.streamId,
        level,
      })),
    ),
    pingSocket: effect(() => ({ type: 'socket.ping' })),
    checkMedia: effect(() => ({ type: 'rtc.checkMedia' })),
    vouch: effect(() => ({ type: 'socket.vouch' })),
    announceStream: effect(({ context }) => ({ type: 'stream.announce', streamId: context.streamId })),
    keepStream: effect(({ context }) => ({ type: 'stream.keep', streamId: context.streamId })),
    releaseStream: effect(({ context }) => ({ type: 'stream.release', streamId: context.streamId })),
  },
  guards: { ...answererGuards, ...failureGuards },
}).createMachine({
  id: 'publisher.server',
  context: {
    streamId: '',
    claim: { streamId: '', mainTrack: undefined, streamName: undefined, metaData: undefined, role: undefined },
    ...noCandidates,
  },
  initial: 'idle',
  on: { 'socket.closed': '.finished' },
  states: {
    idle: {
      on: { 'signal.publish': { target: 'authorizing', actions: ['adoptRequest', 'requestAccess'] } },
    },
    authorizing: {
      on: {
        'access.granted': { target: 'deciding', actions: ['adoptRight', 'claimStream'] },
        'access.refused': { target: 'refused', actions: 'sendRefusal' },
        'signal.publish': { actions: alreadyPublishing },
        'signal.stop': 'finished',
      },
    },
    deciding: {
      on: {
        'stream.claimed': 'accepted',
        // Nothing is to be kept of a claim that is refused.
        'stream.refused': { target: 'refused', actions: ['releaseStream', 'sendRefusal'] },
        'signal.publish': { actions: alreadyPublishing },
        'signal.stop': { target: 'finished', actions: 'releaseStream' },
        'socket.closed': { target: 'finished', actions: 'releaseStream' },
      },
    },
    accepted: {
      type: 'parallel',
      entry: ['openConnection', send({ command: 'start' }), 'bringToRoom', startTimer('media', mediaTimeoutMs)],
      exit: ['closeConnection', 'releaseStream'],
      on: {
        'signal.publish': { actions: alreadyPublishing },
        'signal.join': { actions: alreadyPublishing },
        'signal.updateStreamMetaData': { actions: ['adoptMetaData', 'updateStream'] },
        'signal.stop': { target: 'finished', actions: finished('stopped') },
        'stream.ended': { target: 'finished', actions: finished('ended') },
        'rtc.failed': { guard: 'isNegotiationFailure', target: 'finished', actions: 'sendFailure' },
      },
      states: {
        negotiation: answerer,
        media: {
          initial: 'connecting',
          states: {
            connecting: {
              exit: stopTimer('media'),
              on: {
                'rtc.connected': {
                  target: 'receiving',
                  actions: ['announceStream', send({ command: 'notification', definition: 'publish_started' })],
                },
                'timer.media': {
                  target: '#finished',
                  actions: [send({ command: 'error', definition: 'publishTimeoutError' }), 'notifyTimeout'],
                },
                'stream.contested': { actions: 'keepStream' },
              },
            },
            receiving: {
              initial: 'owned',
              on: {
                'rtc.audioLevel': { actions: 'tellTalk' },
                'socket.silent': { actions: 'checkMedia' },
                'rtc.mediaReceived': { actions: 'vouch' },
                'rtc.disconnected': 'interrupted',
                'rtc.failed': { guard: 'isConnectionFailure', target: 'interrupted' },
              },
              states: {
                owned: { id: 'owned', on: { 'stream.contested': 'contested' } },
                // Another socket claims the id. A client may reconnect before the server has detected the end of its old
                // socket, so the owner has to prove that it is alive: by its socket, or by its media if an attacker
                // blocks its socket.
                contested: {
                  initial: 'pinging',
                  on: {
                    'socket.ponged': { target: 'owned', actions: 'keepStream' },
                    'rtc.disconnected': { target: '#finished', actions: finished('replaced') },
                    'rtc.failed': {
                      guard: 'isConnectionFailure',
                      target: '#finished',
                      actions: finished('replaced'),
                    },
                  },
                  states: {
                    pinging: {
                      entry: ['pingSocket', startTimer('contest', contestMs)],
                      exit: stopTimer('contest'),
                      on: { 'timer.contest': 'checking' },
                    },
                    // Only now, so that the last media of an owner that has just vanished is not taken for a sign of life.
                    checking: {
                      entry: 'checkMedia',
                      on: {
                        'rtc.mediaReceived': { target: '#owned', actions: ['keepStream', 'vouch'] },
                        'rtc.mediaMissing': { target: '#finished', actions: finished('replaced') },
                      },
                    },
                  },
                },
              },
            },
            interrupted: {
              entry: startTimer('grace', graceMs),
              exit: stopTimer('grace'),
              on: {
                'rtc.connected': {
                  target: 'receiving',
                  actions: send({ command: 'notification', definition: 'session_restored' }),
                },
                'timer.grace': { target: '#finished', actions: finished('timeout') },
                'stream.contested': { target: '#finished', actions: finished('replaced') },
              },
            },
          },
        },
      },
    },
    refused: { type: 'final' },
    finished: { id: 'finished', type: 'final' },
  },
});

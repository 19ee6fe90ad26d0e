import { setup } from 'xstate';
import type { EndReason } from '../../../protocol/field.ts';
import type { ServerMessage } from '../../../protocol/message.ts';
import { actionKinds, on } from '../../action.ts';
import type { ClaimRequest, ServerRoleEffect, SignalEffect } from '../../effect.ts';
import type { ServerEvent } from '../../event.ts';
import { answerer, answererActions, answererGuards } from '../../fragments/answerer.ts';
import { type NegotiationContext, noCandidates } from '../../fragments/candidates.ts';
import { failureActions, failureGuards, sendError } from '../../fragments/failure.ts';
import { mediaActions } from '../../fragments/media.ts';
import { contestMs } from '../../timer.ts';

/** What the server knows of one publisher. */
export interface PublisherServerContext extends NegotiationContext {
  /** What it said of its stream. */
  readonly claim: ClaimRequest;
}

const finished = (streamId: string, reason: EndReason): SignalEffect<ServerMessage> => ({
  type: 'signal.send',
  message: { command: 'notification', definition: 'publish_finished', streamId, reason },
});

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
      type: 'app.notify',
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
    sendStart: effect(({ context }) => ({
      type: 'signal.send',
      message: { command: 'start', streamId: context.streamId },
    })),
    startContestTimer: effect(() => ({ type: 'timer.start', name: 'contest', ms: contestMs })),
    stopContestTimer: effect(() => ({ type: 'timer.stop', name: 'contest' })),
    pingSocket: effect(() => ({ type: 'socket.ping' })),
    checkMedia: effect(() => ({ type: 'rtc.checkMedia' })),
    announceStream: effect(({ context }) => ({ type: 'stream.announce', streamId: context.streamId })),
    keepStream: effect(({ context }) => ({ type: 'stream.keep', streamId: context.streamId })),
    releaseStream: effect(({ context }) => ({ type: 'stream.release', streamId: context.streamId })),
    sendPublishStarted: effect(({ context }) => ({
      type: 'signal.send',
      message: { command: 'notification', definition: 'publish_started', streamId: context.streamId },
    })),
    finishStopped: effect(({ context }) => finished(context.streamId, 'stopped')),
    finishEnded: effect(({ context }) => finished(context.streamId, 'ended')),
    finishReplaced: effect(({ context }) => finished(context.streamId, 'replaced')),
    finishTimedOut: effect(({ context }) => finished(context.streamId, 'timeout')),
    sendSessionRestored: effect(({ context }) => ({
      type: 'signal.send',
      message: { command: 'notification', definition: 'session_restored', streamId: context.streamId },
    })),
    sendAlreadyPublishing: effect(({ context }) => sendError('already_publishing', context.streamId)),
    sendPublishTimeout: effect(({ context }) => sendError('publishTimeoutError', context.streamId)),
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
        'signal.publish': { actions: 'sendAlreadyPublishing' },
        'signal.stop': 'finished',
      },
    },
    deciding: {
      on: {
        'stream.claimed': 'accepted',
        // Nothing is to be kept of a claim that is refused.
        'stream.refused': { target: 'refused', actions: ['releaseStream', 'sendRefusal'] },
        'signal.publish': { actions: 'sendAlreadyPublishing' },
        'signal.stop': { target: 'finished', actions: 'releaseStream' },
        'socket.closed': { target: 'finished', actions: 'releaseStream' },
      },
    },
    accepted: {
      type: 'parallel',
      entry: ['openConnection', 'sendStart', 'bringToRoom', 'startMediaTimer'],
      exit: ['closeConnection', 'releaseStream'],
      on: {
        'signal.publish': { actions: 'sendAlreadyPublishing' },
        'signal.join': { actions: 'sendAlreadyPublishing' },
        'signal.updateStreamMetaData': { actions: ['adoptMetaData', 'updateStream'] },
        'signal.stop': { target: 'finished', actions: 'finishStopped' },
        'stream.ended': { target: 'finished', actions: 'finishEnded' },
        'rtc.failed': { guard: 'isNegotiationFailure', target: 'finished', actions: 'sendFailure' },
      },
      states: {
        negotiation: answerer,
        media: {
          initial: 'connecting',
          states: {
            connecting: {
              exit: 'stopMediaTimer',
              on: {
                'rtc.connected': { target: 'receiving', actions: ['announceStream', 'sendPublishStarted'] },
                'timer.media': { target: '#finished', actions: ['sendPublishTimeout', 'notifyTimeout'] },
                'stream.contested': { actions: 'keepStream' },
              },
            },
            receiving: {
              initial: 'owned',
              on: {
                'rtc.audioLevel': { actions: 'tellTalk' },
                'rtc.disconnected': 'interrupted',
                'rtc.failed': { guard: 'isConnectionFailure', target: 'interrupted' },
              },
              states: {
                owned: { id: 'owned', on: { 'stream.contested': 'contested' } },
                // Another socket wants the id. A client that reconnects does so before its old socket is known to be
                // gone, so the owner has to show that it is alive: by its socket, or by media that arrives while
                // somebody holds its socket up.
                contested: {
                  initial: 'pinging',
                  on: {
                    'socket.ponged': { target: 'owned', actions: 'keepStream' },
                    'rtc.disconnected': { target: '#finished', actions: 'finishReplaced' },
                    'rtc.failed': {
                      guard: 'isConnectionFailure',
                      target: '#finished',
                      actions: 'finishReplaced',
                    },
                  },
                  states: {
                    pinging: {
                      entry: ['pingSocket', 'startContestTimer'],
                      exit: 'stopContestTimer',
                      on: { 'timer.contest': 'checking' },
                    },
                    // Only now, so that the last media of an owner that has just vanished is not taken for a sign of life.
                    checking: {
                      entry: 'checkMedia',
                      on: {
                        'rtc.mediaReceived': { target: '#owned', actions: 'keepStream' },
                        'rtc.mediaMissing': { target: '#finished', actions: 'finishReplaced' },
                      },
                    },
                  },
                },
              },
            },
            interrupted: {
              entry: 'startGraceTimer',
              exit: 'stopGraceTimer',
              on: {
                'rtc.connected': { target: 'receiving', actions: 'sendSessionRestored' },
                'timer.grace': { target: '#finished', actions: 'finishTimedOut' },
                'stream.contested': { target: '#finished', actions: 'finishReplaced' },
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

import { setup } from 'xstate';
import type { EndReason } from '../../../protocol/field.ts';
import type { ServerMessage } from '../../../protocol/message.ts';
import { actionKinds, on, send, sendOwnActions, startTimer, stopTimer, timerActions } from '../../action.ts';
import type { ServerRoleEffect } from '../../effect.ts';
import type { ServerEvent } from '../../event.ts';
import { answererActions, answererGuards, answererOfRequest } from '../../fragments/answerer.ts';
import { noCandidates } from '../../fragments/candidates.ts';
import { failureActions, failureGuards } from '../../fragments/failure.ts';
import { mediaActions } from '../../fragments/media.ts';
import { type ReoffererContext, reofferer, reoffererActions, reoffererGuards } from '../../fragments/offerer.ts';
import type { TrackAssignment } from '../../ports/rtc.ts';
import type { SubscribeRequest } from '../../ports/stream.ts';
import { graceMs, mediaTimeoutMs, parkingMs } from '../../timer.ts';
import { audioAssignmentEvent, talkersEvent, videoAssignmentEvent } from './assignmentEvent.ts';

/** Context of a server's player. */
export interface PlayerServerContext extends ReoffererContext {
  /** Data from the player's request. */
  readonly subscription: SubscribeRequest;
  /** The offer in its request: the player offers, and the server answers. `undefined` if the server offers. */
  readonly offer: string | undefined;
  /** True if it plays a room, and so receives label assignments on the data channel. */
  readonly isRoom: boolean;
  /** Tracks to send. */
  readonly tracks: readonly TrackAssignment[];
  /** Tracks in the last offer. */
  readonly offered: readonly TrackAssignment[];
  /** Tracks in the last answered offer: what the player shows now. */
  readonly answered: readonly TrackAssignment[];
  /** Video labels that the last answered offer took away. */
  readonly released: readonly string[];
}

const finished = (reason: EndReason) => send({ command: 'notification', definition: 'play_finished', reason });

const alreadyPlaying = send({ command: 'error', definition: 'already_playing' });

const noStream = send({ command: 'error', definition: 'no_stream_exist', error_code: '404' });

const kinds = actionKinds<PlayerServerContext, ServerEvent, ServerRoleEffect>();
const { effect, update } = kinds;

const videoLabelsOf = (tracks: readonly TrackAssignment[]): readonly string[] =>
  tracks.flatMap(({ videoLabel }) => videoLabel ?? []);

/**
 * Labels that the player may know when it reads the list: those it has answered, and new ones that are offered next. The offer may
 * overtake the list, and the player forgets labels that are not listed. A label that was just released is not listed, although it
 * is used again: the player has to forget its old track first.
 */
const known = ({ answered, released, tracks }: PlayerServerContext): readonly TrackAssignment[] => {
  const others = new Set([...videoLabelsOf(answered), ...released]);
  return [...answered, ...tracks.filter(({ videoLabel }) => videoLabel !== undefined && !others.has(videoLabel))];
};

/** A player that sent an offer gets an answer; any other gets an offer. */
const live = [{ guard: 'hasOffer', target: '#answering' }, { target: 'accepted' }] as const;

/**
 * Server side of a player: authorizes `play`, offers the stream's tracks, and offers again when they change.
 *
 * Ends in `refused` if it was never accepted, otherwise in `finished`. By then its connection is closed and its subscription has
 * ended.
 *
 * @see docs/protocol.md § Play
 */
export const playerServer = setup({
  types: {
    context: {} as PlayerServerContext,
    events: {} as ServerEvent,
    emitted: {} as ServerRoleEffect,
  },
  actions: {
    ...reoffererActions(kinds),
    ...answererActions(kinds),
    applyRequestedOffer: effect(({ context: { offer } }) =>
      offer === undefined
        ? undefined
        : { type: 'rtc.setRemoteDescription', description: { type: 'offer', sdp: offer } },
    ),
    ...mediaActions(kinds, 'player'),
    ...failureActions(kinds),
    ...timerActions<PlayerServerContext, ServerEvent>(),
    ...sendOwnActions<PlayerServerContext, ServerEvent, ServerMessage>(),
    adoptRequest: update(
      on('signal.play', ({ event: { message } }) => ({
        streamId: message.streamId,
        offer: message.sdp,
        subscription: {
          streamId: message.streamId,
          trackList: message.trackList,
          userPublishId: message.userPublishId,
          disableTracksByDefault: message.disableTracksByDefault,
          subscriberId: message.subscriberId,
          subscriberName: message.subscriberName,
        },
      })),
    ),
    requestAccess: effect(
      on('signal.play', ({ event: { message } }) => ({
        type: 'access.request',
        action: 'play',
        streamId: message.streamId,
        room: message.room,
        token: message.token,
        subscriberId: message.subscriberId,
        subscriberCode: message.subscriberCode,
        metaData: undefined,
      })),
    ),
    subscribe: effect(
      on('access.granted', ({ context, event: { limit } }) => ({
        type: 'stream.subscribe',
        ...context.subscription,
        ...(limit !== undefined && { viewerLimit: limit }),
      })),
    ),
    openConnection: effect(
      on('stream.live', ({ context, event }) => ({
        type: 'rtc.open',
        role: 'player',
        streamId: context.streamId,
        tracks: event.tracks,
      })),
    ),
    adoptTracks: update(({ event }) => {
      if (event.type === 'stream.live') return { tracks: event.tracks, isRoom: event.isRoom ?? false };
      return 'tracks' in event && event.tracks !== undefined ? { tracks: event.tracks } : undefined;
    }),
    setTracks: effect(({ event }) =>
      'tracks' in event && event.tracks !== undefined ? { type: 'rtc.setTracks', tracks: event.tracks } : undefined,
    ),
    noteOffered: update(({ context: { tracks } }) => ({ offered: tracks })),
    noteAnswered: update(({ context: { answered, offered } }) => {
      const labels = videoLabelsOf(offered);
      return { answered: offered, released: videoLabelsOf(answered).filter((label) => !labels.includes(label)) };
    }),
    sendVideoAssignments: effect(({ context }) =>
      context.isRoom
        ? { type: 'rtc.sendData', text: videoAssignmentEvent(context.streamId, known(context), context.tracks) }
        : undefined,
    ),
    sendAudioAssignments: effect(({ context: { streamId, isRoom, answered } }) =>
      isRoom ? { type: 'rtc.sendData', text: audioAssignmentEvent(streamId, answered) } : undefined,
    ),
    sendTalkers: effect(
      on('stream.talkers', ({ context: { streamId, answered }, event: { talkers } }) => ({
        type: 'rtc.sendData',
        text: talkersEvent(streamId, answered, talkers),
      })),
    ),
    sendSubtrackAdded: effect(
      on('stream.trackAdded', ({ context, event: { trackId } }) => ({
        type: 'signal.send',
        message: { command: 'notification', definition: 'subtrackAdded', trackId, mainTrack: context.streamId },
      })),
    ),
    sendSubtrackRemoved: effect(
      on('stream.trackRemoved', ({ context, event: { trackId } }) => ({
        type: 'signal.send',
        message: { command: 'notification', definition: 'subtrackRemoved', trackId, mainTrack: context.streamId },
      })),
    ),
    // Pages parse every text on a room's data channel as JSON, so it must be JSON (docs/protocol.md § Data channel).
    sendTrackListUpdated: effect(({ context }) => ({
      type: 'rtc.sendData',
      text: JSON.stringify({ streamId: context.streamId, eventType: 'TRACK_LIST_UPDATED' }),
    })),
    toggleVideo: effect(
      on('signal.toggleVideo', ({ context, event: { message } }) => ({
        type: 'rtc.setEnabled',
        streamId: message.trackId ?? context.streamId,
        kind: 'video',
        enabled: message.enabled ?? true,
      })),
    ),
    toggleAudio: effect(
      on('signal.toggleAudio', ({ context, event: { message } }) => ({
        type: 'rtc.setEnabled',
        streamId: message.trackId ?? context.streamId,
        kind: 'audio',
        enabled: message.enabled ?? true,
      })),
    ),
    preferQuality: effect(
      on('signal.forceStreamQuality', ({ event: { message } }) => ({
        type: 'quality.prefer',
        trackId: message.trackId,
        height: message.streamHeight ?? 0,
      })),
    ),
    watchStream: effect(({ context }) => ({ type: 'stream.watch', streamId: context.streamId })),
    sendData: effect(on('stream.data', ({ event: { text } }) => ({ type: 'rtc.sendData', text }))),
    unsubscribe: effect(({ context }) => ({ type: 'stream.unsubscribe', streamId: context.streamId })),
  },
  guards: {
    ...reoffererGuards,
    ...answererGuards,
    ...failureGuards,
    hasOffer: ({ context }) => context.offer !== undefined,
    isRoom: ({ context }) => context.isRoom,
  },
}).createMachine({
  id: 'player.server',
  context: {
    streamId: '',
    subscription: { streamId: '', trackList: [], userPublishId: undefined, disableTracksByDefault: undefined },
    offer: undefined,
    isRoom: false,
    tracks: [],
    offered: [],
    answered: [],
    released: [],
    ...noCandidates,
    outdated: false,
  },
  initial: 'idle',
  on: { 'socket.closed': '.finished' },
  states: {
    idle: {
      on: { 'signal.play': { target: 'authorizing', actions: ['adoptRequest', 'requestAccess'] } },
    },
    authorizing: {
      on: {
        'access.granted': { target: 'deciding', actions: 'subscribe' },
        'access.refused': { target: 'refused', actions: 'sendRefusal' },
        'signal.play': { actions: alreadyPlaying },
        'signal.stop': 'finished',
      },
    },
    deciding: {
      on: {
        'stream.live': live,
        'stream.parked': 'parked',
        // Nothing is to be kept of a subscription that is refused.
        'stream.refused': { target: 'refused', actions: ['unsubscribe', 'sendRefusal'] },
        'signal.play': { actions: alreadyPlaying },
        'signal.stop': { target: 'finished', actions: 'unsubscribe' },
        'socket.closed': { target: 'finished', actions: 'unsubscribe' },
      },
    },
    // The stream is announced but not live: a member of a room that has joined and not published yet.
    parked: {
      entry: startTimer('parking', parkingMs),
      exit: stopTimer('parking'),
      on: {
        'stream.live': live,
        'stream.gone': { target: 'refused', actions: ['unsubscribe', noStream] },
        'timer.parking': { target: 'refused', actions: ['unsubscribe', noStream] },
        'signal.stop': { target: 'finished', actions: ['unsubscribe', finished('stopped')] },
        'socket.closed': { target: 'finished', actions: 'unsubscribe' },
      },
    },
    accepted: {
      type: 'parallel',
      entry: ['adoptTracks', 'openConnection', startTimer('media', mediaTimeoutMs)],
      exit: ['closeConnection', 'unsubscribe'],
      on: {
        'signal.play': { actions: alreadyPlaying },
        'signal.join': { actions: alreadyPlaying },
        'signal.stop': { target: 'finished', actions: finished('stopped') },
        'signal.toggleVideo': { actions: 'toggleVideo' },
        'signal.toggleAudio': { actions: 'toggleAudio' },
        'signal.forceStreamQuality': { actions: 'preferQuality' },
        'stream.gone': { target: 'finished', actions: finished('ended') },
        'stream.trackAdded': {
          actions: ['setTracks', 'adoptTracks', 'sendSubtrackAdded', 'sendTrackListUpdated'],
        },
        'stream.trackRemoved': {
          actions: ['setTracks', 'adoptTracks', 'sendSubtrackRemoved', 'sendTrackListUpdated'],
        },
        'stream.tracksAssigned': { actions: ['setTracks', 'adoptTracks'] },
        'stream.talkers': { actions: 'sendTalkers' },
        'stream.data': { actions: 'sendData' },
        'rtc.failed': { guard: 'isNegotiationFailure', target: 'finished', actions: 'sendFailure' },
      },
      states: {
        negotiation: {
          initial: reofferer.initial,
          states: {
            ...reofferer.states,
            ...answererOfRequest,
            answering: { id: 'answering', ...answererOfRequest.answering },
          },
        },
        media: {
          initial: 'connecting',
          states: {
            connecting: {
              exit: stopTimer('media'),
              on: {
                'rtc.connected': {
                  target: 'sending',
                  actions: [send({ command: 'notification', definition: 'play_started' }), 'watchStream'],
                },
                'timer.media': { target: '#finished', actions: finished('timeout') },
              },
            },
            sending: {
              on: {
                'rtc.disconnected': 'interrupted',
                'rtc.failed': { guard: 'isConnectionFailure', target: 'interrupted' },
              },
            },
            interrupted: {
              entry: startTimer('grace', graceMs),
              exit: stopTimer('grace'),
              on: {
                'rtc.connected': 'sending',
                'timer.grace': { target: '#finished', actions: finished('timeout') },
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

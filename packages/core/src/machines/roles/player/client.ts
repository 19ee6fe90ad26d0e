import { setup } from 'xstate';
import type { ClientMessage } from '../../../protocol/message.ts';
import type { SentVideo } from '../../../protocol/notification.ts';
import { actionKinds, on, sendOwnActions, startTimer, stopTimer, timerActions } from '../../action.ts';
import type { ClientRoleEffect } from '../../effect.ts';
import type { ClientEvent } from '../../event.ts';
import { answererActions, answererGuards, answererOfOffer } from '../../fragments/answerer.ts';
import { attemptStates } from '../../fragments/attempt.ts';
import { type NegotiationContext, noCandidates } from '../../fragments/candidates.ts';
import { acceptedEnds, endingStates } from '../../fragments/ending.ts';
import { failureGuards } from '../../fragments/failure.ts';
import { mediaActions, mediaStates } from '../../fragments/media.ts';
import { noAttempts, type RetryContext, requestRefused, retryActions, retryGuards } from '../../fragments/retry.ts';
import type { PlayRequest } from '../../ports/app.ts';
import { requestTimeoutMs } from '../../timer.ts';
import type { RoleClientInput } from '../publisher/client.ts';

/** Quality that a server reports to a player. Bits per second. */
export interface PlayedQuality {
  /** Estimated bandwidth of the path to the player. */
  readonly estimate: number;
  readonly videoBitrate: number;
  readonly audioBitrate: number;
  /** The videos; empty from a server that does not list them. */
  readonly tracks: readonly SentVideo[];
}

/** Context of a client's player. */
export interface PlayerClientContext extends NegotiationContext, RetryContext {
  readonly request: PlayRequest;
  /** Maximum heights that the application requested, by track id; `''` stands for all tracks. */
  readonly preferences: Readonly<Record<string, number>>;
  /** `undefined` before the first report of the server. */
  readonly quality: PlayedQuality | undefined;
}

const kinds = actionKinds<PlayerClientContext, ClientEvent, ClientRoleEffect>();
const { effect, update } = kinds;

const preferenceMessage = (streamId: string, trackId: string | undefined, streamHeight: number) =>
  ({
    type: 'signal.send',
    message: { command: 'forceStreamQuality', streamId, streamHeight, ...(trackId && { trackId }) },
  }) as const;

const attempts = attemptStates('app.play', 'requesting');
const endings = endingStates('app.play', 'signal.play_finished');

/**
 * Client side of a player: asks to play, answers the server's offers, and retries with growing delays if the media, the socket or
 * the stream is lost.
 *
 * `app.play` starts it, `app.stop` ends it; both may arrive at any time and repeatedly. Ends in `stopped` on request, otherwise
 * in `ended` with a `reason`.
 *
 * @see docs/protocol.md § Play
 */
export const playerClient = setup({
  types: {
    context: {} as PlayerClientContext,
    events: {} as ClientEvent,
    emitted: {} as ClientRoleEffect,
    input: {} as RoleClientInput,
  },
  actions: {
    ...answererActions(kinds),
    ...mediaActions(kinds, 'player'),
    ...retryActions(kinds),
    ...timerActions<PlayerClientContext, ClientEvent>(),
    ...sendOwnActions<PlayerClientContext, ClientEvent, ClientMessage>(),
    adoptRequest: update(
      on('app.play', ({ event: { type: _, ...request } }) => ({
        request,
        streamId: request.streamId,
      })),
    ),
    sendPlay: effect(({ context: { request } }) => ({
      type: 'signal.send',
      message: { command: 'play', ...request, trackList: [...(request.trackList ?? [])] },
    })),
    adoptPreference: update(
      on('app.prefer', ({ context: { preferences }, event: { height, trackId = '' } }) => ({
        preferences: { ...preferences, [trackId]: height },
      })),
    ),
    sendPreference: effect(
      on('app.prefer', ({ context: { streamId }, event: { height, trackId } }) =>
        preferenceMessage(streamId, trackId, height),
      ),
    ),
    // The server forgets them with the player that they were for.
    sendPreferences: effect(({ context: { streamId, preferences } }) =>
      Object.entries(preferences).map(([trackId, height]) => preferenceMessage(streamId, trackId, height)),
    ),
    adoptQuality: update(
      on('signal.bitrateMeasurement', ({ event: { message } }) => {
        const { targetBitrate, videoBitrate, audioBitrate, tracks = [] } = message;
        return { quality: { estimate: targetBitrate, videoBitrate, audioBitrate, tracks } };
      }),
    ),
    forgetQuality: update(() => ({ quality: undefined })),
    // The server handles a failed renegotiation; running media continues.
    sendFailure: effect(() => undefined),
    forgetCandidates: update(() => noCandidates),
  },
  guards: { ...answererGuards, ...failureGuards, ...retryGuards },
}).createMachine({
  id: 'player.client',
  context: ({ input }) => ({
    streamId: '',
    request: { streamId: '' },
    preferences: {},
    quality: undefined,
    ...noCandidates,
    ...noAttempts,
    retryLimit: input.retryLimit ?? 10,
  }),
  initial: 'idle',
  on: { 'socket.closed': '.stopped', 'app.prefer': { actions: 'adoptPreference' } },
  states: {
    idle: attempts.idle,
    offline: attempts.offline,
    requesting: {
      entry: ['forgetCandidates', 'sendPlay', startTimer('request', requestTimeoutMs)],
      exit: stopTimer('request'),
      on: {
        'signal.takeConfiguration': { guard: 'isOffer', target: 'accepted' },
        'signal.error': requestRefused,
        'timer.request': 'restarting',
        'app.stop': 'stopping',
        'socket.lost': 'offline',
      },
    },
    accepted: {
      type: 'parallel',
      entry: ['openConnection', 'sendPreferences'],
      exit: ['closeConnection', 'forgetQuality'],
      on: {
        'app.prefer': { actions: ['adoptPreference', 'sendPreference'] },
        'signal.bitrateMeasurement': { actions: 'adoptQuality' },
        'signal.play_finished': [
          { guard: 'mayRetry', target: 'retrying' },
          { target: 'ended', actions: 'giveEnded' },
        ],
        'signal.error': [{ guard: 'isFatal', target: 'ended', actions: ['noteDefinition', 'giveRefused'] }],
        ...acceptedEnds,
      },
      states: {
        // The offer accepts the request, so the state starts by answering it.
        negotiation: answererOfOffer,
        media: mediaStates('playing'),
      },
    },
    restarting: endings.restarting,
    retrying: attempts.retrying,
    stopping: endings.stopping,
    failing: endings.failing,
    restarted: endings.restarted,
    stopped: { type: 'final' },
    ended: { type: 'final' },
  },
});

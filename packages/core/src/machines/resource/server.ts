import { setup } from 'xstate';
import type { ErrorDefinition } from '../../protocol/error.ts';
import type { ClientMessage, ServerMessage } from '../../protocol/message.ts';
import {
  decodeFragment,
  directionsOf,
  encodeFragment,
  fragmentOf,
  restartedOffer,
} from '../../protocol/sdpFragment.ts';
import { actionKinds, on, send, sendOwnActions, startTimer, stopTimer, timerActions } from '../action.ts';
import type { HttpEffect, HttpEvent, HttpResponse } from '../ports/http.ts';
import type { IceServer } from '../ports/ice.ts';
import type { SignalEffect, SignalEvent } from '../ports/signal.ts';
import type { SocketEvent } from '../ports/socket.ts';
import type { TimerEffect, TimerEvent } from '../ports/timer.ts';
import { exchangeTimeoutMs } from '../timer.ts';

/** Events of a WHIP or WHEP resource: requests of its HTTP client, and messages of its session. */
export type ResourceEvent =
  | HttpEvent
  | SignalEvent<ServerMessage>
  | Extract<SocketEvent, { type: 'socket.closed' }>
  | TimerEvent;

/** Effects of a WHIP or WHEP resource. Its messages go to its session, as those of any client. */
export type ResourceEffect = SignalEffect<ClientMessage> | HttpEffect | TimerEffect;

/** Context of a WHIP or WHEP resource. */
export interface ResourceContext {
  readonly streamId: string;
  /** The offer that is in force. */
  readonly offer: string;
  /** The offer of a restart that is not answered yet. */
  readonly restart: string;
  /** The request that waits for its response. */
  readonly exchange: number | undefined;
  /** The entity tag of the ICE session in force: the user name fragment of the server's side. */
  readonly tag: string;
  /** The user name fragment of the client's side. */
  readonly ufrag: string | undefined;
  readonly hasToken: boolean;
  readonly iceServers: readonly IceServer[];
}

/**
 * The HTTP status for a refusal, by its definition.
 *
 * @see docs/whip.md § Status codes
 */
const statusOf: Partial<Record<ErrorDefinition, number>> = {
  unauthorized_access: 403,
  not_allowed_unregistered_streams: 403,
  user_blocked: 403,
  stream_not_active_or_expired: 403,
  noStreamNameSpecified: 400,
  invalidStreamName: 400,
  fieldTooLong: 400,
  no_stream_exist: 404,
  room_not_active_or_expired: 404,
  already_playing: 409,
  already_publishing: 409,
  streamIdInUse: 409,
  // What a request is made of is valid, so only an offer can make a message too long.
  invalidMessage: 413,
  notSetRemoteDescription: 422,
  no_encoder_settings: 422,
  main_track_has_max_subtrack_count__not_allowed_to_add_more_subtracks: 503,
  viewerLimitReached: 503,
  highResourceUsage: 503,
  data_store_not_available: 503,
};

const { effect, update } = actionKinds<ResourceContext, ResourceEvent, ResourceEffect>();

const stop = send({ command: 'stop' });

const respond = (exchange: number | undefined, response: HttpResponse): HttpEffect | undefined =>
  exchange === undefined ? undefined : { type: 'http.respond', exchange, response };

const ufragIn = (sdp: string) => fragmentOf(sdp).ufrag ?? '';

/** Reports whether a fragment has other credentials than the current ones, and so requests an ICE restart. */
const restarts = ({ ufrag }: ResourceContext, body: string) => {
  const named = decodeFragment(body)?.ufrag;
  return named !== undefined && named !== ufrag;
};

/** Reports whether an offer has audio or video, but none in the direction of its role. */
const isWrongDirection = (sdp: string, role: 'publisher' | 'player') => {
  const found = directionsOf(sdp);
  const wanted = role === 'publisher' ? 'sendonly' : 'recvonly';
  return found.length > 0 && !found.some((direction) => direction === 'sendrecv' || direction === wanted);
};

const hears = (event: ResourceEvent, type: 'answer' | 'offer') =>
  event.type === 'signal.takeConfiguration' && event.message.type === type;

/**
 * A WHIP or WHEP resource: an HTTP client that publishes or plays one stream.
 *
 * It translates between HTTP and the protocol: it receives requests, sends messages to the server as any client does, and
 * responds with the server's answers. So streams, rights and limits are those of every client. It ends in `refused` or
 * `finished`; then the resource does not exist any more.
 *
 * @see docs/whip.md · RFC 9725 · draft-ietf-wish-whep
 */
export const resourceServer = setup({
  types: {
    context: {} as ResourceContext,
    events: {} as ResourceEvent,
    emitted: {} as ResourceEffect,
  },
  actions: {
    ...timerActions<ResourceContext, ResourceEvent>(),
    ...sendOwnActions<ResourceContext, ResourceEvent, ClientMessage>(),
    adoptRequest: update(
      on('http.post', ({ event }) => ({
        streamId: event.streamId,
        offer: event.sdp,
        ufrag: fragmentOf(event.sdp).ufrag,
        exchange: event.exchange,
        hasToken: event.token !== undefined,
      })),
    ),
    adoptExchange: update(on('http.patch', ({ event }) => ({ exchange: event.exchange }))),
    forgetExchange: update(() => ({ exchange: undefined })),
    sendPublish: effect(
      on('http.post', ({ event: { streamId, token, mainTrack } }) => ({
        type: 'signal.send',
        message: {
          command: 'publish',
          streamId,
          token,
          mainTrack,
          video: undefined,
          audio: undefined,
          subscriberId: undefined,
          subscriberCode: undefined,
          streamName: undefined,
          metaData: undefined,
          role: undefined,
        },
      })),
    ),
    sendPlay: effect(
      on('http.post', ({ event: { streamId, token, sdp } }) => ({
        type: 'signal.send',
        message: { command: 'play', streamId, token, sdp, trackList: [] },
      })),
    ),
    askIceServers: effect(() => ({ type: 'signal.send', message: { command: 'getIceServerConfig' } })),
    adoptIceServers: update(
      on('signal.iceServerConfig', ({ event: { message } }) => {
        const { stunServerUri: urls, turnServerUsername: username, turnServerCredential: credential } = message;
        const credentials = username === undefined || credential === undefined ? {} : { username, credential };
        return { iceServers: urls === '' ? [] : [{ urls, ...credentials }] };
      }),
    ),
    sendOffer: effect(({ context: { streamId, offer } }) => ({
      type: 'signal.send',
      message: { command: 'takeConfiguration', streamId, type: 'offer', sdp: offer },
    })),
    sendRestart: effect(({ context: { streamId, restart } }) => ({
      type: 'signal.send',
      message: { command: 'takeConfiguration', streamId, type: 'offer', sdp: restart },
    })),
    sendCandidates: effect(
      on('http.patch', ({ context: { streamId }, event }) =>
        (decodeFragment(event.body)?.candidates ?? []).map(({ candidate, mid }) => ({
          type: 'signal.send',
          message: { command: 'takeCandidate', streamId, label: undefined, id: mid, candidate },
        })),
      ),
    ),
    adoptRestart: update(
      on('http.patch', ({ context, event }) => {
        const fragment = decodeFragment(event.body);
        return fragment && { restart: restartedOffer(context.offer, fragment) };
      }),
    ),
    adoptAnswer: update(on('signal.takeConfiguration', ({ event }) => ({ tag: ufragIn(event.message.sdp) }))),
    adoptRestartedOffer: update(({ context: { restart } }) => ({ offer: restart, ufrag: fragmentOf(restart).ufrag })),
    respondCreated: effect(
      on('signal.takeConfiguration', ({ context: { exchange, iceServers }, event }) =>
        respond(exchange, {
          status: 201,
          sdp: event.message.sdp,
          tag: ufragIn(event.message.sdp),
          iceServers,
        }),
      ),
    ),
    respondRestarted: effect(
      on('signal.takeConfiguration', ({ context: { exchange }, event }) =>
        respond(exchange, {
          status: 200,
          fragment: encodeFragment(event.message.sdp),
          tag: ufragIn(event.message.sdp),
        }),
      ),
    ),
    respondRefusal: effect(
      on('signal.error', ({ context: { exchange, hasToken }, event: { message } }) => {
        const definition = message.definition as ErrorDefinition;
        const status = definition === 'unauthorized_access' && !hasToken ? 401 : (statusOf[definition] ?? 500);
        return respond(exchange, { status, reason: definition });
      }),
    ),
    respondNotRestarted: effect(
      on('signal.error', ({ context: { exchange }, event: { message } }) =>
        respond(exchange, { status: 422, reason: message.definition }),
      ),
    ),
    respondWrongDirection: effect(
      on('http.post', ({ event: { exchange, role } }) => {
        const does = role === 'publisher' ? 'sends' : 'receives';
        return respond(exchange, { status: 422, reason: `The offer ${does} no audio or video.` });
      }),
    ),
    respondUnavailable: effect(({ context: { exchange } }) =>
      respond(exchange, { status: 503, reason: 'The server did not answer the offer in time.' }),
    ),
    respondGone: effect(({ context: { exchange } }) =>
      respond(exchange, { status: 404, reason: 'The resource is gone.' }),
    ),
    respondNoContent: effect(on('http.patch', ({ event }) => respond(event.exchange, { status: 204 }))),
    respondMalformed: effect(
      on('http.patch', ({ event }) =>
        respond(event.exchange, { status: 400, reason: 'The body is not an SDP fragment (RFC 8840).' }),
      ),
    ),
    respondNoPrecondition: effect(
      on('http.patch', ({ event }) =>
        respond(event.exchange, { status: 428, reason: 'Send If-Match with the entity tag of the ICE session.' }),
      ),
    ),
    respondStale: effect(
      on('http.patch', ({ event }) =>
        respond(event.exchange, { status: 412, reason: 'The entity tag is not that of the current ICE session.' }),
      ),
    ),
    respondConflict: effect(
      on('http.patch', ({ event }) =>
        respond(event.exchange, { status: 409, reason: 'An earlier ICE restart is not answered yet.' }),
      ),
    ),
    respondDeleted: effect(on('http.delete', ({ event }) => respond(event.exchange, { status: 200 }))),
  },
  guards: {
    isPublisher: ({ event }) => event.type === 'http.post' && event.role === 'publisher',
    hasWrongDirection: ({ event }) => event.type === 'http.post' && isWrongDirection(event.sdp, event.role),
    isAnswer: ({ event }) => hears(event, 'answer'),
    isMalformed: ({ event }) => event.type === 'http.patch' && decodeFragment(event.body) === undefined,
    lacksPrecondition: ({ event }) => event.type === 'http.patch' && event.ifMatch === undefined,
    isStale: ({ context, event }) =>
      event.type === 'http.patch' && event.ifMatch !== '*' && event.ifMatch !== context.tag,
    isRestart: ({ context, event }) => event.type === 'http.patch' && restarts(context, event.body),
    isOurs: ({ context, event }) => event.type === 'http.aborted' && event.exchange === context.exchange,
    endsRole: ({ event }) => event.type === 'signal.error' && event.message.definition === 'publishTimeoutError',
  },
}).createMachine({
  id: 'resource.server',
  context: {
    streamId: '',
    offer: '',
    restart: '',
    exchange: undefined,
    tag: '',
    ufrag: undefined,
    hasToken: false,
    iceServers: [],
  },
  initial: 'idle',
  on: { 'socket.closed': { target: '.finished', actions: 'respondGone' } },
  states: {
    idle: {
      on: {
        'http.post': [
          { guard: 'hasWrongDirection', target: 'refused', actions: 'respondWrongDirection' },
          { guard: 'isPublisher', target: 'opening.requesting', actions: ['adoptRequest', 'sendPublish'] },
          // A player's offer goes with its request, so nothing else is sent before the answer.
          { target: 'opening.offering', actions: ['adoptRequest', 'sendPlay'] },
        ],
      },
    },
    opening: {
      entry: startTimer('exchange', exchangeTimeoutMs),
      exit: stopTimer('exchange'),
      initial: 'requesting',
      on: {
        'signal.iceServerConfig': { actions: 'adoptIceServers' },
        'signal.error': { target: 'refused', actions: 'respondRefusal' },
        'signal.publish_finished': { target: 'refused', actions: 'respondUnavailable' },
        'signal.play_finished': { target: 'refused', actions: 'respondUnavailable' },
        'timer.exchange': { target: 'refused', actions: ['respondUnavailable', stop] },
        'http.aborted': { guard: 'isOurs', target: 'finished', actions: stop },
      },
      states: {
        requesting: {
          on: { 'signal.start': { target: 'offering', actions: ['askIceServers', 'sendOffer'] } },
        },
        offering: {
          on: {
            'signal.takeConfiguration': {
              guard: 'isAnswer',
              target: '#open',
              actions: ['adoptAnswer', 'respondCreated', 'forgetExchange'],
            },
          },
        },
      },
    },
    open: {
      id: 'open',
      initial: 'stable',
      on: {
        'http.delete': { target: 'finished', actions: ['respondGone', stop, 'respondDeleted'] },
        'signal.publish_finished': { target: 'finished', actions: 'respondGone' },
        'signal.play_finished': { target: 'finished', actions: 'respondGone' },
        'signal.error': { guard: 'endsRole', target: 'finished', actions: 'respondGone' },
      },
      states: {
        stable: {
          on: {
            'http.patch': [
              { guard: 'lacksPrecondition', actions: 'respondNoPrecondition' },
              { guard: 'isStale', actions: 'respondStale' },
              { guard: 'isMalformed', actions: 'respondMalformed' },
              { guard: 'isRestart', target: 'restarting', actions: ['adoptExchange', 'adoptRestart', 'sendRestart'] },
              { actions: ['sendCandidates', 'respondNoContent'] },
            ],
          },
        },
        restarting: {
          entry: startTimer('exchange', exchangeTimeoutMs),
          exit: stopTimer('exchange'),
          on: {
            'http.patch': { actions: 'respondConflict' },
            'signal.takeConfiguration': {
              guard: 'isAnswer',
              target: 'stable',
              actions: ['adoptAnswer', 'adoptRestartedOffer', 'respondRestarted', 'forgetExchange'],
            },
            'signal.error': [
              { guard: 'endsRole', target: '#finished', actions: 'respondGone' },
              { target: 'stable', actions: ['respondNotRestarted', 'forgetExchange'] },
            ],
            'timer.exchange': { target: 'stable', actions: ['respondUnavailable', 'forgetExchange'] },
          },
        },
      },
    },
    refused: { type: 'final' },
    finished: { id: 'finished', type: 'final' },
  },
});

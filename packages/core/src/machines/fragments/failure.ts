import type { ErrorDefinition } from '../../protocol/error.ts';
import type { ServerMessage } from '../../protocol/message.ts';
import { type ActionKinds, on } from '../action.ts';
import type { Event } from '../event.ts';
import type { SignalEffect } from '../ports/signal.ts';

type Failed = Extract<Event, { type: 'rtc.failed' }>;

/** Distinguish an interrupted connection from one that was never connected. */
export const failureGuards = {
  isConnectionFailure: ({ event }: { event: Event }): boolean =>
    event.type === 'rtc.failed' && event.step === 'connection',
  isNegotiationFailure: ({ event }: { event: Event }): boolean =>
    event.type === 'rtc.failed' && event.step !== 'connection',
};

/** The error for the failed step of a server's connection. */
const definitionOf = ({ step, reason }: Failed): ErrorDefinition => {
  if (reason === 'noCommonCodec') return 'no_encoder_settings';
  return step === 'setRemoteDescription' ? 'notSetRemoteDescription' : 'notSetLocalDescription';
};

/** An error for the client, as an effect. */
export const sendError = (definition: ErrorDefinition, streamId: string): SignalEffect<ServerMessage> => ({
  type: 'signal.send',
  message:
    definition === 'no_stream_exist'
      ? { command: 'error', definition, error_code: '404', streamId }
      : { command: 'error', definition, streamId },
});

/** Refusals of a server's role. */
export const failureActions = <E, U>({
  effect,
}: ActionKinds<{ readonly streamId: string }, SignalEffect<ServerMessage>, E, U>) => ({
  sendRefusal: effect(({ context, event }) =>
    event.type === 'stream.refused' || event.type === 'access.refused'
      ? sendError(event.definition, context.streamId)
      : undefined,
  ),
  sendFailure: effect(on('rtc.failed', ({ context, event }) => sendError(definitionOf(event), context.streamId))),
});

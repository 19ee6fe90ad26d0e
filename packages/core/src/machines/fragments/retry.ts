import { type ActionKinds, on } from '../action.ts';
import type { Event } from '../event.ts';
import type { TimerEffect } from '../ports/timer.ts';
import { backOffMs } from '../timer.ts';

/** Reason why a client's role ended without a request. */
export type Reason =
  /** The server refused; `definition` in the context has the error. */
  | 'refused'
  /** The server ended the stream. */
  | 'ended'
  /** Another socket has taken over the stream id. */
  | 'replaced'
  /** The connection could not be made, or not be made again. */
  | 'failed';

/** Context of a client's role about its attempts. */
export interface RetryContext {
  /** Number of times in a row it has tried again. Back to 0 once media flows. */
  readonly attempt: number;
  /** Number of times in a row it may try again. */
  readonly retryLimit: number;
  /** True if media has flowed before: only then is a refusal worth another try. */
  readonly established: boolean;
  /** The definition of the last `error` from the server. */
  readonly definition: string | undefined;
  /** Reason it ended, once it has. */
  readonly reason: Reason | undefined;
}

/** The part of a role's context that its attempts start with. */
export const noAttempts = { attempt: 0, established: false, definition: undefined, reason: undefined } as const;

/**
 * Refusals after which a client that has had media retries: its own old session may still exist, the stream that it plays may be
 * reconnecting, or the server may be overloaded.
 */
const passing: ReadonlySet<string> = new Set([
  'streamIdInUse',
  'already_publishing',
  'already_playing',
  'no_stream_exist',
  'highResourceUsage',
  'NoSpaceForNewPeer',
]);

/** Errors that end an accepted role. Any other error then answers another request. */
const fatal: ReadonlySet<string> = new Set([
  'notSetLocalDescription',
  'notSetRemoteDescription',
  'no_encoder_settings',
  'no_codec_enabled_in_the_server',
  'encoderNotOpened',
  'noPacketReceivedForTimeoutDuration',
  'server_error_check_logs',
  'license_suspended_please_renew_license',
]);

/**
 * Minimum delay of a timer that means that this side did not run: a suspended device, or a frozen page. A shorter delay is a busy
 * processor. Milliseconds.
 */
export const sleepMs = 4_000;

const endReasonOf = (event: Event) =>
  event.type === 'signal.publish_finished' || event.type === 'signal.play_finished' ? event.message.reason : undefined;

/** The guards of a role that tries again. */
export const retryGuards = {
  mayRetry: ({ context }: { context: RetryContext }): boolean => context.attempt < context.retryLimit,
  /** True for an answer to a late message instead of the request. */
  isBesideThePoint: ({ event }: { event: Event }): boolean =>
    event.type === 'signal.error' && event.message.definition === 'no_peer_associated_before',
  isPassingRefusal: ({ context, event }: { context: RetryContext; event: Event }): boolean =>
    event.type === 'signal.error' &&
    passing.has(event.message.definition) &&
    context.established &&
    context.attempt < context.retryLimit,
  isFatal: ({ event }: { event: Event }): boolean =>
    event.type === 'signal.error' && fatal.has(event.message.definition),
  /** True if the server ended the role because media was missing. */
  isTimedOut: ({ event }: { event: Event }): boolean => endReasonOf(event) === 'timeout',
  /** The same, and it may be tried again. */
  isPassingEnd: ({ context, event }: { context: RetryContext; event: Event }): boolean =>
    endReasonOf(event) === 'timeout' && context.attempt < context.retryLimit,
  /** Another socket publishes the id now. */
  isReplaced: ({ event }: { event: Event }): boolean => endReasonOf(event) === 'replaced',
  /** True if the end was requested. Servers without reasons are assumed not to mean it where this guard is used. */
  isDeliberateEnd: ({ event }: { event: Event }): boolean => !['timeout', undefined].includes(endReasonOf(event)),
  /** True if the clock reports that this side did not run. */
  hasSlept: ({ event }: { event: Event }): boolean => event.type === 'clock.skipped' && event.ms >= sleepMs,
  isTimeout: ({ event }: { event: Event }): boolean =>
    event.type === 'signal.error' && event.message.definition === 'publishTimeoutError',
};

/** Transitions of a client's role on an `error` that answers its request. */
export const requestRefused = [
  { guard: 'isBesideThePoint' },
  { guard: 'isPassingRefusal', target: 'retrying', actions: 'noteDefinition' },
  { target: 'ended', actions: ['noteDefinition', 'giveRefused'] },
] as const;

/** The actions of a role that tries again, on the client. */
export const retryActions = <E, U>({ effect, update }: ActionKinds<RetryContext, TimerEffect, E, U>) => ({
  countAttempt: update(({ context }) => ({ attempt: context.attempt + 1 })),
  markEstablished: update(() => ({ attempt: 0, established: true, definition: undefined })),
  noteDefinition: update(on('signal.error', ({ event }) => ({ definition: event.message.definition }))),
  giveRefused: update(() => ({ reason: 'refused' })),
  giveEnded: update(() => ({ reason: 'ended' })),
  giveReplaced: update(() => ({ reason: 'replaced' })),
  giveFailed: update(() => ({ reason: 'failed' })),
  startRetryTimer: effect(({ context }) => ({ type: 'timer.start', name: 'retry', ms: backOffMs(context.attempt) })),
});

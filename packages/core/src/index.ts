export type { Claim, Claims } from './app/claims.ts';
export { type Membership, noMembership } from './app/delivery.ts';
export {
  isLive,
  type LiveBroadcast,
  liveBroadcastOf,
  playersOf,
  roomsOfStream,
  subtracksOf,
} from './app/directory.ts';
export type { AppFacts, AppInput } from './app/input.ts';
export { type AppLimits, defaultAppLimits } from './app/limits.ts';
export type {
  AppEffect,
  AppFailure,
  AppNotification,
  AppOutput,
  AppRequest,
  AppStep,
  EffectCause,
} from './app/output.ts';
export { type Reduced, type ReducerOptions, reduceApp, type Stepper } from './app/reduce.ts';
export { type Routed, routeFromServer } from './app/route.ts';
export {
  type AppState,
  emptyApp,
  type MachineState,
  type Place,
  placeOfRole,
  placeOfShared,
  placeOfSocket,
  type SharedKind,
  type SocketState,
} from './app/state.ts';
export * from './machines/effect.ts';
export * from './machines/event.ts';
export { maxWaitingCandidates } from './machines/fragments/candidates.ts';
export type { Reason } from './machines/fragments/retry.ts';
export type { Layer, LayerId, MeasuredTrack, Measurement, SelectionReason } from './machines/quality/measurement.ts';
export { type QualityServerEvent, qualityServer } from './machines/quality/server.ts';
export { resourceServer } from './machines/resource/server.ts';
export { conferenceClient } from './machines/roles/member/client.ts';
export { peerClient } from './machines/roles/peer/client.ts';
export { playerClient } from './machines/roles/player/client.ts';
export { playerServer } from './machines/roles/player/server.ts';
export { publisherClient } from './machines/roles/publisher/client.ts';
export { publisherServer } from './machines/roles/publisher/server.ts';
export { type PeerServerEvent, peerServer } from './machines/shared/call.ts';
export * from './machines/shared/envelope.ts';
export {
  type ConferenceServerContext,
  type ConferenceServerEvent,
  conferenceServer,
} from './machines/shared/room.ts';
export { type StreamServerContext, type StreamServerEvent, streamServer } from './machines/shared/stream.ts';
export { signallingMachines } from './machines/signallingMachines.ts';
export * from './machines/socket/answer.ts';
export { socketClient } from './machines/socket/client.ts';
export { socketServer } from './machines/socket/server.ts';
export { begin, type Step, step } from './machines/step.ts';
export * from './machines/timer.ts';
export { type Walk, walk } from './machines/walk.ts';
export { type Broadcast, broadcast, broadcastStatus } from './protocol/broadcast.ts';
export * from './protocol/decode.ts';
export { encode } from './protocol/encode.ts';
export { type ErrorDefinition, type ErrorEntry, errors } from './protocol/error.ts';
export { type EndReason, maxLengths } from './protocol/field.ts';
export {
  type ClientCommand,
  type ClientMessage,
  clientMessages,
  type Notification,
  type ServerMessage,
  serverMessages,
} from './protocol/message.ts';
export { type NotificationDefinition, notifications } from './protocol/notification.ts';
export {
  type App,
  type AppOptions,
  createApp,
  type SharedFailure,
  type SharedObserver,
  type SharedScene,
} from './session/app.ts';
export * from './session/client.ts';
export { type Clock, type ManualClock, manualClock } from './session/clock.ts';
export * from './session/messageSocket.ts';
export {
  type ObservedMachine,
  observeWith,
  type Transition,
  type TransitionCause,
  type TransitionListener,
} from './session/observation.ts';
export { type Bucket, costOf, debtMs, fullBucket, type RateLimit, spend } from './session/rate.ts';
export { createResource, type Resource, type ResourceOptions } from './session/resource.ts';
export {
  type Performer,
  type SessionObserver,
  type SessionScene,
  type Timers,
  timers,
} from './session/roles.ts';
export { type FailurePoint, type Running, run } from './session/run.ts';
export * from './session/server.ts';

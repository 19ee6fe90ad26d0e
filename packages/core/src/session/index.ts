export {
  type App,
  type AppOptions,
  createApp,
  type SharedFailure,
  type SharedObserver,
  type SharedScene,
  type SubscriberReport,
} from './app.ts';
export { type ClientRole, type ClientSession, type ClientSessionOptions, createClientSession } from './client.ts';
export type { Clock } from './clock.ts';
export { type MemorySockets, type MessageSocket, memorySockets, type SocketListener } from './messageSocket.ts';
export {
  type ObservedMachine,
  observeWith,
  type Transition,
  type TransitionCause,
  type TransitionListener,
} from './observation.ts';
export { type Bucket, costOf, debtMs, fullBucket, type RateLimit, spend } from './rate.ts';
export { createResource, type Resource, type ResourceOptions } from './resource.ts';
export {
  type Performer,
  type SessionObserver,
  type SessionScene,
  type Timers,
  timers,
} from './roles.ts';
export { type FailurePoint, type Run, type RunOptions, run } from './run.ts';
export type { IceServers, JoinOptions, ServerSession, SessionFailure } from './server.ts';

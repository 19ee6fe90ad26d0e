export { type App, type AppOptions, createApp, type SharedFailure } from './app.ts';
export * from './client.ts';
export type { Clock } from './clock.ts';
export * from './messageSocket.ts';
export { type Bucket, costOf, debtMs, fullBucket, type RateLimit, spend } from './rate.ts';
export { createResource, type Resource, type ResourceOptions } from './resource.ts';
export {
  type Performer,
  type SessionObserver,
  type SessionScene,
  type Timers,
  timers,
} from './roles.ts';
export { type FailurePoint, type Running, run } from './run.ts';
export * from './server.ts';

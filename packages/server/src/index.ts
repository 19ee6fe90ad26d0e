export { type AuthorizationOptions, createAuthorization } from './authorization/authorization.ts';
export type { AuthorizationRequest, Authorize } from './authorization/authorize.ts';
export type { StreamNotification } from './directory.ts';
export { RequestRate } from './http/requestRate.ts';
export type { LiveStreams } from './liveStreams.ts';
export { originForm } from './path.ts';
export {
  type Client,
  createSignallingServer,
  type Media,
  type ServerCounts,
  type ServerFailure,
  type ServerObserver,
  type ServerScene,
  type SignallingServer,
  type SignallingServerOptions,
} from './server.ts';
export { defaultServerLimits, type ServerLimits } from './serverLimits.ts';
export { memoryStore } from './store/memoryStore.ts';
export * from './store/registered.ts';
export { sqliteStore } from './store/sqliteStore.ts';
export type * from './store/store.ts';
export { addressKey } from './traffic/addressKey.ts';
export { type TurnSecretOptions, withTurnSecret } from './turnSecret.ts';
export { ignoreErrors, refuse, refuseUpgrade } from './upgradeRequest.ts';
export {
  createWebhooks,
  type WebhookAttempt,
  type WebhookFailure,
  type Webhooks,
  type WebhooksOptions,
} from './webhook/webhooks.ts';
export { createWhip, type Whip, type WhipOptions } from './whip/whip.ts';

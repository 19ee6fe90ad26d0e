export type { Claim, Claims } from './claims.ts';
export { type Membership, noMembership } from './delivery.ts';
export {
  isLive,
  type LiveBroadcast,
  liveBroadcastOf,
  playersOf,
  roomsOfStream,
  subtracksOf,
} from './directory.ts';
export type { AppFacts, AppInput } from './input.ts';
export { type AppLimits, defaultAppLimits } from './limits.ts';
export type {
  AppEffect,
  AppFailure,
  AppNotification,
  AppOutput,
  AppRequest,
  AppStep,
  EffectCause,
} from './output.ts';
export { type AppResult, type ReducerOptions, reduceApp, type Stepper } from './reduce.ts';
export { type RoleRoute, routeFromServer } from './route.ts';
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
} from './state.ts';

export {
  type Client,
  type ClientInspector,
  type ClientOptions,
  createClient,
  type EnterOptions,
  type JoinOptions,
  type PlayOptions,
  type PublishOptions,
} from './client.ts';
export type { ConferenceHandle, ConferenceSnapshot, ConferenceState } from './conference.ts';
export { SignallingError } from './error.ts';
export type { PlayerHandle, RoleHandle, RoleSnapshot, RoleState, SocketState } from './handle.ts';

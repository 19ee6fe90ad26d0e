export { type Client, type ClientOptions, createClient, type PlayOptions, type PublishOptions } from './client.ts';
export { SignallingError } from './error.ts';
export type { RoleHandle, RoleSnapshot } from './handle.ts';

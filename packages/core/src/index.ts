export { begin, type Step, step } from './machines/step.ts';
export { type App, type AppOptions, createApp } from './session/app.ts';
export { type ClientSession, type ClientSessionOptions, createClientSession } from './session/client.ts';
export type { Clock } from './session/clock.ts';
export type { MessageSocket, SocketListener } from './session/messageSocket.ts';
export { type Run, type RunOptions, run } from './session/run.ts';
export type { JoinOptions, ServerSession } from './session/server.ts';

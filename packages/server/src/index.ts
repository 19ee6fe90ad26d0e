export {
  createSignallingServer,
  type Media,
  type ServerCounts,
  type ServerTransition,
  type SignallingServer,
  type SignallingServerOptions,
} from './server.ts';

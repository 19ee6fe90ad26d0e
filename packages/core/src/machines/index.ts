export * from './effect.ts';
export * from './event.ts';
export { maxWaitingCandidates } from './fragments/candidates.ts';
export type { Reason } from './fragments/retry.ts';
export * from './perform.ts';
export * from './ports/access.ts';
export * from './ports/app.ts';
export * from './ports/clock.ts';
export * from './ports/hook.ts';
export * from './ports/http.ts';
export * from './ports/ice.ts';
export * from './ports/media.ts';
export * from './ports/quality.ts';
export * from './ports/question.ts';
export * from './ports/role.ts';
export * from './ports/room.ts';
export * from './ports/rtc.ts';
export * from './ports/signal.ts';
export * from './ports/socket.ts';
export * from './ports/stream.ts';
export * from './ports/timer.ts';
export type { Layer, LayerId, MeasuredTrack, Measurement, SelectionReason } from './quality/measurement.ts';
export { type QualityServerEvent, qualityServer } from './quality/server.ts';
export { resourceServer } from './resource/server.ts';
export { conferenceClient } from './roles/member/client.ts';
export { peerClient } from './roles/peer/client.ts';
export { type PlayedQuality, playerClient } from './roles/player/client.ts';
export { playerServer } from './roles/player/server.ts';
export { publisherClient } from './roles/publisher/client.ts';
export { publisherServer } from './roles/publisher/server.ts';
export { type PeerServerContext, type PeerServerEvent, peerServer } from './shared/call.ts';
export * from './shared/envelope.ts';
export {
  type ConferenceServerContext,
  type ConferenceServerEvent,
  conferenceServer,
} from './shared/room.ts';
export { type StreamServerContext, type StreamServerEvent, streamServer } from './shared/stream.ts';
export { signallingMachines } from './signallingMachines.ts';
export * from './socket/answer.ts';
export { socketClient } from './socket/client.ts';
export { socketServer } from './socket/server.ts';
export { begin, type Step, step } from './step.ts';
export * from './timer.ts';

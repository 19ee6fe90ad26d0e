export { ClientProvider, type ClientProviderProps, useClient } from './client.tsx';
export {
  type DataOptions,
  type StreamOptions,
  type UseCallOptions,
  type UsePlayerOptions,
  type UsePublisherOptions,
  useCall,
  usePlayer,
  usePublisher,
  useRole,
} from './role.ts';
export { type UseRoomOptions, useRoom } from './room.ts';
export type { StreamToSend } from './stream.ts';
export { Video, type VideoProps } from './video.tsx';
export type { Membership, PlayerRole, Role } from './view.ts';

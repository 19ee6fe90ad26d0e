import {
  conferenceClient,
  conferenceServer,
  peerClient,
  peerServer,
  playerClient,
  playerServer,
  publisherClient,
  publisherServer,
  qualityServer,
  resourceServer,
  roomMember,
  roomPlayer,
  socketClient,
  socketServer,
  streamServer,
} from '@sigchart/core/machines';
import type { AnyStateMachine } from 'xstate';
import type { MachineOptions } from '../machine/graph.ts';
import { conferenceClientEvents, conferenceServerEvents, roomMemberEvents, roomPlayerEvents } from './conference.ts';
import { peerClientEvents, peerServerEvents } from './peer.ts';
import { playerClientEvents, playerServerEvents } from './player.ts';
import { publisherClientEvents, publisherServerEvents } from './publisher.ts';
import { qualityServerEvents } from './quality.ts';
import { resourceServerEvents } from './resource.ts';
import { socketClientEvents, socketServerEvents } from './socket.ts';
import { streamServerEvents } from './stream.ts';

/** A machine, and what to try it with. */
export interface Subject<Machine extends AnyStateMachine> {
  readonly machine: Machine;
  readonly options: MachineOptions<Machine>;
}

/** Every machine of `@sigchart/core` with the events that it handles, by the machine's id. */
export const subjects: {
  readonly 'socket.client': Subject<typeof socketClient>;
  readonly 'socket.server': Subject<typeof socketServer>;
  readonly 'publisher.client': Subject<typeof publisherClient>;
  readonly 'publisher.server': Subject<typeof publisherServer>;
  readonly 'player.client': Subject<typeof playerClient>;
  readonly 'player.server': Subject<typeof playerServer>;
  readonly 'peer.client': Subject<typeof peerClient>;
  readonly 'peer.server': Subject<typeof peerServer>;
  readonly 'conference.client': Subject<typeof conferenceClient>;
  readonly 'conference.server': Subject<typeof conferenceServer>;
  readonly 'room.member': Subject<typeof roomMember>;
  readonly 'room.player': Subject<typeof roomPlayer>;
  readonly 'stream.server': Subject<typeof streamServer>;
  readonly 'quality.server': Subject<typeof qualityServer>;
  readonly 'resource.server': Subject<typeof resourceServer>;
} = {
  'socket.client': { machine: socketClient, options: socketClientEvents },
  'socket.server': { machine: socketServer, options: socketServerEvents },
  'publisher.client': { machine: publisherClient, options: publisherClientEvents },
  'publisher.server': { machine: publisherServer, options: publisherServerEvents },
  'player.client': { machine: playerClient, options: playerClientEvents },
  'player.server': { machine: playerServer, options: playerServerEvents },
  'peer.client': { machine: peerClient, options: peerClientEvents },
  'peer.server': { machine: peerServer, options: peerServerEvents },
  'conference.client': { machine: conferenceClient, options: conferenceClientEvents },
  'conference.server': { machine: conferenceServer, options: conferenceServerEvents },
  'room.member': { machine: roomMember, options: roomMemberEvents },
  'room.player': { machine: roomPlayer, options: roomPlayerEvents },
  'stream.server': { machine: streamServer, options: streamServerEvents },
  'quality.server': { machine: qualityServer, options: qualityServerEvents },
  'resource.server': { machine: resourceServer, options: resourceServerEvents },
};

/** The same, for what treats all machines alike. */
export const everySubject: readonly (readonly [id: string, subject: Subject<AnyStateMachine>])[] = Object.entries(
  subjects,
) as unknown as readonly (readonly [string, Subject<AnyStateMachine>])[];

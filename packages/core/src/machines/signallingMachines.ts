import type { AnyStateMachine } from 'xstate';
import { qualityServer } from './quality/server.ts';
import { resourceServer } from './resource/server.ts';
import { conferenceClient } from './roles/member/client.ts';
import { peerClient } from './roles/peer/client.ts';
import { playerClient } from './roles/player/client.ts';
import { playerServer } from './roles/player/server.ts';
import { publisherClient } from './roles/publisher/client.ts';
import { publisherServer } from './roles/publisher/server.ts';
import { peerServer } from './shared/call.ts';
import { roomMember } from './shared/room/member.ts';
import { roomPlayer } from './shared/room/player.ts';
import { conferenceServer } from './shared/room.ts';
import { streamServer } from './shared/stream.ts';
import { socketClient } from './socket/client.ts';
import { socketServer } from './socket/server.ts';

/** Every machine, for code that treats all alike; their ids distinguish them. */
export const signallingMachines: readonly AnyStateMachine[] = [
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
];

import type { AnyStateMachine } from 'xstate';
import { conferenceClient } from './conference/client.ts';
import { conferenceServer } from './conference/server.ts';
import { peerClient } from './peer/client.ts';
import { peerServer } from './peer/server.ts';
import { playerClient } from './player/client.ts';
import { playerServer } from './player/server.ts';
import { publisherClient } from './publisher/client.ts';
import { publisherServer } from './publisher/server.ts';
import { qualityServer } from './quality/server.ts';
import { resourceServer } from './resource/server.ts';
import { socketClient } from './socket/client.ts';
import { socketServer } from './socket/server.ts';
import { streamServer } from './stream/server.ts';

/** Every machine, for what treats all alike: their ids tell them apart. */
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
  socketClient,
  socketServer,
  streamServer,
];

import {
  conferenceClient,
  conferenceServer,
  peerClient,
  peerServer,
  playerClient,
  playerServer,
  publisherClient,
  publisherServer,
  socketClient,
  socketServer,
  streamServer,
} from '@sigchart/core';
import type { AnyStateMachine } from 'xstate';

/** The machines of `@sigchart/core`, by the name they are exported under there. */
const signallingMachinesByName: Readonly<Record<string, AnyStateMachine>> = {
  conferenceClient,
  conferenceServer,
  peerClient,
  peerServer,
  playerClient,
  playerServer,
  publisherClient,
  publisherServer,
  socketClient,
  socketServer,
  streamServer,
};

/** Every machine of `@sigchart/core`. */
export const signallingMachines: readonly AnyStateMachine[] = Object.values(signallingMachinesByName);

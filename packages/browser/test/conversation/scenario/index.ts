import { callScenarios } from './call.ts';
import { playScenarios } from './play.ts';
import { publishScenarios } from './publish.ts';
import { roomScenarios } from './room.ts';
import { socketScenarios } from './socket.ts';
import type { ClientScenario } from './verbs.ts';

/** Scenarios written by hand for a client under test: the ladders of docs/protocol.md, and behaviour of servers in use. */
export const clientScenarios: readonly ClientScenario[] = [
  ...publishScenarios,
  ...playScenarios,
  ...callScenarios,
  ...roomScenarios,
  ...socketScenarios,
];

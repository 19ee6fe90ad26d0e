import type { Scenario } from '@sigchart/conformance/record';
import { conferenceScenarios } from './conference.ts';
import { configuredScenarios } from './configured.ts';
import { descriptionScenarios, mediaScenarios } from './media.ts';
import { peerScenarios } from './peer.ts';
import { playScenarios } from './play.ts';
import { publishScenarios } from './publish.ts';
import { questionScenarios } from './question.ts';
import { socketScenarios } from './socket.ts';
import { stateScenarios } from './state.ts';
import { strangerScenarios } from './stranger.ts';
import { timeScenarios } from './time.ts';

/** Scenarios written by hand: the ladders of docs/protocol.md, and known behaviour of clients. */
export const scenarios: readonly Scenario[] = [
  ...publishScenarios,
  ...playScenarios,
  ...peerScenarios,
  ...conferenceScenarios,
  ...socketScenarios,
  ...mediaScenarios,
  ...descriptionScenarios,
  ...strangerScenarios,
  ...stateScenarios,
  ...timeScenarios,
  ...questionScenarios,
  ...configuredScenarios,
];

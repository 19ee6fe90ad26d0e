export * from './case.ts';
export type { MediaEnd, OpenEnd, PeerConnectionEnd } from './connection.ts';
export { isServerMessage } from './conversation.ts';
export { clientConversations, conversations } from './conversations.ts';
export { answerFaults, candidateFaults, offerFaults } from './description.ts';
export { ladderOf, lineOf, type Rung, rungOf } from './ladder.ts';
export { RecordError, record, type Scenario } from './record.ts';
export { type CaseResult, type Divergence, type RunOptions, runCase } from './run.ts';
export { callPathScenarios, eventKey, type PathScenario } from './scenario/callPaths.ts';
export { clientScenarios } from './scenario/client/index.ts';
export { clientPathScenarios } from './scenario/client/paths.ts';
export { scenarios } from './scenario/index.ts';
export { rolePathScenarios } from './scenario/rolePaths.ts';
export { roomPathScenarios } from './scenario/roomPaths.ts';
export { socketPathScenarios } from './scenario/socketPaths.ts';
export { lacking, type Setting, type Settings, settings } from './setting.ts';
export type {
  ClientUnderTest,
  HearsSocket,
  OpenSocket,
  ParticipantSocket,
  ServerUnderTest,
  SideUnderTest,
} from './system.ts';
export { testFile } from './testFile.ts';

export * from './case.ts';
export type { MediaEnd, OpenEnd, PeerConnectionEnd } from './connection.ts';
export { isServerMessage } from './conversation.ts';
export { clientConversations, conversations } from './conversations.ts';
export { answerFaults, candidateFaults, offerFaults } from './description.ts';
export { ladderOf, lineOf, type Rung, rungOf } from './ladder.ts';
export { type CaseResult, type Divergence, type RunOptions, runCase } from './run.ts';
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

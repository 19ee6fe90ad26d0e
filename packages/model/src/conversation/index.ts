export * from './case.ts';
export type { OpenEnd, PeerConnectionEnd } from './connection.ts';
export { conversations } from './conversations.ts';
export { ladderOf, lineOf, type Rung, rungOf } from './ladder.ts';
export { RecordError, record, type Scenario } from './record.ts';
export { type CaseResult, type Divergence, type RunOptions, runCase } from './run.ts';
export { scenarios } from './scenario/index.ts';
export type { HearsSocket, OpenSocket, ParticipantSocket, ServerUnderTest } from './system.ts';

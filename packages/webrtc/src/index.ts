export * from './connection.ts';
export { type FakeConnection, type FakeNetwork, fakeNetwork } from './fake.ts';
export { type ConnectionPerformers, connectionPerformers, rtcPerformer } from './performer.ts';
export { type PeerConnectionCase, type PeerConnectionSuiteOptions, peerConnectionSuite } from './suite.ts';

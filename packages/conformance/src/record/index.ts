export { named } from './named.ts';
export { eventKey, type PathScenario } from './pathScenario.ts';
export { RecordError, record, type Scenario } from './record.ts';
export * from './verbs.ts';

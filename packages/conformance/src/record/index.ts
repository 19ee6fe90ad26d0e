export {
  eventKey,
  type PathScenario,
  pathScenario,
  type Scene,
  titleOf,
  titleOfGroup,
  type Walk,
  type WalkedStep,
} from './pathScenario.ts';
export { RecordError, record, type Scenario } from './record.ts';
export * from './verbs.ts';

export { activeStates, keyOf, rememberedValues, type StateValue, stateName } from './active.ts';
export * from './definition.ts';
export { type Chart, definitionOf, definitionOfLogic, edgesOf, isMachine } from './definitionOf.ts';
export { hashOf } from './hash.ts';
export { type MermaidOptions, mermaidOf } from './mermaid.ts';
export { edgeName, pathOf } from './name.ts';
export { type Trigger, triggerName, triggerOf } from './trigger.ts';

export { everySubject, type Subject, subjects } from './alphabet/roles.ts';
export * from './alphabet/saying.ts';
export * from './joint/explore.ts';
export { ladder, violationText } from './joint/ladder.ts';
export { properties } from './joint/properties.ts';
export { type AppCommand, type JointOptions, jointSystem } from './joint/system.ts';
export type { World } from './joint/world.ts';
export * from './machine/coverage.ts';
export {
  type Graph,
  type GraphEdge,
  type GraphNode,
  graphOf,
  type MachineOptions,
  UnmappedError,
} from './machine/graph.ts';
export { type Mutant, mutantsOf } from './machine/mutants.ts';
export { fromOutside } from './machine/outside.ts';
export { type Cover, type Path, paths, type SystemUnderTest } from './machine/paths.ts';
export { isIn, pruned } from './machine/pruned.ts';
export * from './machine/running.ts';
export { type MachineTransition, statesOf, transitionsOf } from './machine/transition.ts';

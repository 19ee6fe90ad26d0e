import type { Scenario } from './record.ts';

/** A scenario that is to take a machine along a path, and the events by which one sees whether it has. */
export interface PathScenario extends Scenario {
  /** The machine, by id. */
  readonly machine: string;
  /** The socket that it belongs to, counted from 1 in the order in which they are opened; 0 for one that sockets share. */
  readonly socket: number;
  /** The events of the path: type, and socket as far as it has one. */
  readonly events: readonly string[];
}

/** An event as it is compared: sockets are counted in the order in which they are opened. */
export const eventKey = (event: { readonly type: string; readonly from?: unknown }): string =>
  'from' in event ? `${event.type} ${String(event.from)}` : event.type;

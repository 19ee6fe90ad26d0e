import type { Client } from '@sigchart/browser';

/** Common part of all roles' handles. */
export interface AnyHandle {
  subscribe(listener: () => void): () => void;
  stop(): void;
}

/** Options to start a role, and what components see of it. */
export interface LeaseOptions<Handle extends AnyHandle, View> {
  readonly client: Client;
  /** Role and id. Components with the same key share one role. */
  readonly key: string;
  readonly start: () => Handle;
  readonly view: (handle: Handle, restart: () => void) => View;
}

/** One role that components hold together. */
interface Lease<View> {
  view: View;
  holders: number;
  readonly listeners: Set<() => void>;
  /** Stops the role. */
  end(): void;
}

const leases = new WeakMap<Client, Map<string, Lease<unknown>>>();

/** View of a role that is running, for components. */
export const viewOf = <View>(client: Client, key: string): View | undefined =>
  (leases.get(client)?.get(key) as Lease<View> | undefined)?.view;

/**
 * Holds a role and calls `listener` at every change of its view. Returns how to let go of it.
 *
 * The first holder starts the role and the last one stops it, in a microtask: a component that React unmounts and mounts again at
 * once, as StrictMode does, keeps its role.
 */
export function hold<Handle extends AnyHandle, View>(
  options: LeaseOptions<Handle, View>,
  listener: () => void,
): () => void {
  const { client, key } = options;
  const ofClient = leases.get(client) ?? new Map<string, Lease<unknown>>();
  leases.set(client, ofClient);
  const lease = ofClient.get(key) ?? startLease(options);
  ofClient.set(key, lease);
  // Two components may pass the same function.
  const own = () => listener();
  lease.listeners.add(own);
  lease.holders += 1;
  return () => {
    lease.listeners.delete(own);
    lease.holders -= 1;
    queueMicrotask(() => {
      if (lease.holders > 0 || ofClient.get(key) !== lease) return;
      ofClient.delete(key);
      lease.end();
    });
  };
}

function startLease<Handle extends AnyHandle, View>({ start, view }: LeaseOptions<Handle, View>): Lease<unknown> {
  const changed = () => {
    lease.view = view(handle, restart);
    for (const listener of lease.listeners) listener();
  };
  /** Starts the role with the options of the moment, whether or not it runs. */
  const restart = () => {
    unsubscribe();
    handle.stop();
    handle = start();
    unsubscribe = handle.subscribe(changed);
    changed();
  };
  let handle = start();
  let unsubscribe = handle.subscribe(changed);
  const lease: Lease<unknown> = {
    view: view(handle, restart),
    holders: 0,
    listeners: new Set(),
    end() {
      unsubscribe();
      handle.stop();
    },
  };
  return lease;
}

import type { Client } from '@sigchart/browser';
import { useCallback, useEffect, useRef, useSyncExternalStore } from 'react';
import { useClient } from './client.tsx';
import { type AnyHandle, hold, viewOf } from './lease.ts';

/** Role that a hook runs while its component is mounted. */
export interface UseLeaseOptions<Handle extends AnyHandle, View> {
  /** Role and id, or `undefined` to run nothing. */
  readonly key: string | undefined;
  readonly start: (client: Client) => Handle;
  readonly view: (handle: Handle, restart: () => void) => View;
  readonly idle: View;
}

/** The view of a role that runs while the component is mounted. On a server, and before the first effect, it is idle. */
export function useLease<Handle extends AnyHandle, View>({
  key,
  start,
  view,
  idle,
}: UseLeaseOptions<Handle, View>): View {
  const client = useClient();
  const latest = useRef(start);
  // Before the subscription, which is an effect too: that one starts the role.
  useEffect(() => {
    latest.current = start;
  });
  const subscribe = useCallback(
    (listener: () => void) =>
      key === undefined ? () => {} : hold({ client, key, start: () => latest.current(client), view }, listener),
    [client, key, view],
  );
  const getSnapshot = () => (key === undefined ? idle : (viewOf<View>(client, key) ?? idle));
  return useSyncExternalStore(subscribe, getSnapshot, () => idle);
}

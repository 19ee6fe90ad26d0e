import type { HearsSocket } from '@sigchart/conformance';
import type { RoleAddress } from '@sigchart/core/machines';

/** Report to the application for each state; other states are not reported. */
const told: Readonly<Record<string, string>> = {
  publishing: 'live',
  playing: 'live',
  connected: 'live',
  interrupted: 'interrupted',
  entered: 'entered',
};

/** Listener that reports one role to the application of a conversation: docs/conformance.md § The application. */
export function tell({ role, streamId }: RoleAddress, hears: Pick<HearsSocket, 'received'>) {
  let last: string | undefined;
  const say = (command: string, more: object = {}) =>
    hears.received(JSON.stringify({ command, role, streamId, ...more }));
  return {
    state(name: string): void {
      if (name === last) return;
      last = name;
      const command = told[name];
      if (command !== undefined) say(command);
    },
    finished(more: { readonly reason?: string | undefined; readonly definition?: string | undefined } = {}): void {
      say('finished', more);
    },
  };
}

/** Request of the application of a conversation. */
export type Wish =
  | { readonly command: 'publish' | 'play' | 'join'; readonly streamId: string }
  | { readonly command: 'enter'; readonly room: string; readonly streamId?: string; readonly publish?: boolean }
  | ({ readonly command: 'stop' } & RoleAddress)
  | { readonly command: 'close' };

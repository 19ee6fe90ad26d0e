import type { ConferenceHandle, ConferenceSnapshot, PlayerHandle, RoleHandle, RoleSnapshot } from '@sigchart/browser';

/** A publisher, a player or a peer: what it is doing, and what can be done to it. A new object at every change. */
export interface Role extends RoleSnapshot {
  /** The handle in `@sigchart/browser`; `undefined` before the role has started. */
  readonly handle: RoleHandle | undefined;
  /** Sends a text or bytes on the data channel. Returns whether it was open. */
  readonly send: (data: string | ArrayBuffer) => boolean;
  /** Starts the role again, for example after it has `ended`. Does nothing before it has started. */
  readonly restart: () => void;
}

/** A player: its state and its controls, including a maximum height of its video. */
export interface PlayerRole extends Role {
  readonly handle: PlayerHandle | undefined;
}

/** A membership of a conference: what it is doing, and what can be done to it. A new object at every change. */
export interface Membership extends ConferenceSnapshot {
  /** The handle in `@sigchart/browser`; `undefined` before the room is entered. */
  readonly handle: ConferenceHandle | undefined;
  /** Enters the room again, for example after the membership has `ended`. Does nothing before it has started. */
  readonly restart: () => void;
}

const nothing = {
  state: 'idle',
  attempt: 0,
  retryLimit: 0,
  reason: undefined,
  definition: undefined,
  socket: 'idle',
} as const;

/** The snapshot of a role that has not started. */
export const idleSnapshot: RoleSnapshot = Object.freeze({
  ...nothing,
  connection: undefined,
  stream: undefined,
  tracks: [],
  dataChannel: false,
  quality: undefined,
});

/** A role that has not started. */
export const idleRole: Role & { readonly handle: undefined } = Object.freeze({
  ...idleSnapshot,
  handle: undefined,
  send: () => false,
  restart: () => {},
});

/** A membership that has not started. */
export const idleMembership: Membership = Object.freeze({
  ...nothing,
  streamId: undefined,
  publisher: undefined,
  players: [],
  handle: undefined,
  restart: () => {},
});

/** View of a role for components. */
export const roleView = (handle: RoleHandle, restart: () => void): Role => ({
  ...handle.getSnapshot(),
  handle,
  send: handle.send,
  restart,
});

/** View of a player for components. */
export const playerView: (handle: PlayerHandle, restart: () => void) => PlayerRole = (handle, restart) => ({
  ...roleView(handle, restart),
  handle,
});

/** View of a membership for components. */
export const membershipView = (handle: ConferenceHandle, restart: () => void): Membership => ({
  ...handle.getSnapshot(),
  handle,
  restart,
});

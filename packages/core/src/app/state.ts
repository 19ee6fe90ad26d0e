import type { AnyMachineSnapshot, AnyStateMachine, SnapshotFrom } from 'xstate';
import type { RoleAddress } from '../machines/ports/role.ts';
import type { peerServer } from '../machines/shared/call.ts';
import type { SocketId } from '../machines/shared/envelope.ts';
import type { conferenceServer } from '../machines/shared/room.ts';
import type { streamServer } from '../machines/shared/stream.ts';
import type { Claims } from './claims.ts';
import type { Membership, NewRoleAddress } from './delivery.ts';

/** Place of a machine in an app: on a socket, as a role of a socket, or shared. Plain data, so that it can cross a network. */
export type Place = SocketPlace | RolePlace | SharedPlace;

/** The machine of a socket itself. */
export interface SocketPlace {
  readonly kind: 'socket';
  /** Its key in {@link AppState.machines}, put together once. */
  readonly key: string;
  readonly socket: SocketId;
}

/** A role of a socket. */
export interface RolePlace {
  readonly kind: 'role';
  readonly key: string;
  readonly socket: SocketId;
  readonly address: NewRoleAddress;
}

/** A stream, a call or a room. */
export interface SharedPlace {
  readonly kind: SharedKind;
  readonly key: string;
  readonly id: string;
}

/** Kind of a shared machine. */
export type SharedKind = 'stream' | 'call' | 'room';

/** One machine that runs. */
export interface MachineState {
  readonly place: Place;
  readonly machine: AnyStateMachine;
  readonly snapshot: AnyMachineSnapshot;
  /** Of a role: the ICE user name fragments of the client's last description, and of some before it. */
  readonly ufrags: ReadonlySet<string>;
}

/** One socket. */
export interface SocketState {
  readonly place: SocketPlace;
  /** The roles that run on it, in the order in which they started. */
  readonly roles: readonly NewRoleAddress[];
  readonly membership: Membership;
  readonly claims: Claims;
}

/** State of an app: the sockets of one path, and what they share. */
export interface AppState {
  readonly sockets: ReadonlyMap<SocketId, SocketState>;
  /** By the key of their place. */
  readonly machines: ReadonlyMap<string, MachineState>;
  /** Numbers of streams, calls and rooms in use. */
  readonly counts: Readonly<Record<SharedKind, number>>;
}

/** An app that no socket has been opened to. */
export const emptyApp: AppState = {
  sockets: new Map(),
  machines: new Map(),
  counts: { stream: 0, call: 0, room: 0 },
};

/** The key of a role among the machines of an app. */
export const keyOfRole = (socket: SocketId, { role, streamId }: RoleAddress): string => `${role} ${socket} ${streamId}`;

const keyOfShared = (kind: SharedKind, id: string) => `${kind} ${id}`;

/** The place of a socket's own machine. */
export const placeOfSocket = (socket: SocketId): SocketPlace => ({ kind: 'socket', key: `socket ${socket}`, socket });

/** The place of a role of a socket. */
export const placeOfRole = (socket: SocketId, address: NewRoleAddress): RolePlace => ({
  kind: 'role',
  key: keyOfRole(socket, address),
  socket,
  address,
});

/** The place of a stream, a call or a room. */
export const placeOfShared = (kind: SharedKind, id: string): SharedPlace => ({ kind, key: keyOfShared(kind, id), id });

const sharedOf = (kind: SharedKind) => (state: AppState, id: string) =>
  state.machines.get(keyOfShared(kind, id))?.snapshot;

/** The machine of a stream in use. */
export const streamOf = sharedOf('stream') as (
  state: AppState,
  streamId: string,
) => SnapshotFrom<typeof streamServer> | undefined;

/** The machine of a call with peers. */
export const callOf = sharedOf('call') as (
  state: AppState,
  streamId: string,
) => SnapshotFrom<typeof peerServer> | undefined;

/** The machine of a room with members or players. */
export const roomOf = sharedOf('room') as (
  state: AppState,
  room: string,
) => SnapshotFrom<typeof conferenceServer> | undefined;

import type { ErrorDefinition } from '../../protocol/error.ts';
import type { ClientMessage } from '../../protocol/message.ts';

/** Role of a machine on its socket. */
export type RoleName = 'publisher' | 'player' | 'peer' | 'member';

/** Addresses one role of one socket: there is at most one of each name and id. */
export interface RoleAddress {
  readonly role: RoleName;
  /** The id of its stream or call; for a member, the room. */
  readonly streamId: string;
}

/**
 * Starts a role of a server, whose machine first receives `message`. That of a peer is the call, which it shares with the other. Performed by
 * the app (`reduceApp`).
 */
export interface RoleStartEffect {
  readonly type: 'role.start';
  readonly address: RoleAddress & { readonly role: 'publisher' | 'player' | 'peer' };
  readonly message: ClientMessage;
}

/** Starts or stops a publisher or a player on the socket of a member. Performed by the client's session. */
export type MemberRoleEffect =
  | {
      readonly type: 'role.start';
      readonly address: RoleAddress;
      readonly token?: string | undefined;
      readonly room?: string | undefined;
      readonly streamName?: string | undefined;
      readonly metaData?: string | undefined;
    }
  | { readonly type: 'role.stop'; readonly address: RoleAddress };

/** A requested role does not start: the socket, the room or the app has reached its limit. */
export interface RoleRefusedEvent {
  readonly type: 'role.refused';
  readonly definition: ErrorDefinition;
  readonly streamId: string;
  /** The room, when that is what was to be joined. */
  readonly room: string | undefined;
}

import type { RoomMessage } from '../../protocol/message.ts';
import type { AccessRight } from './access.ts';
import type { ClaimRequest } from './stream.ts';

/** Notifies the rooms of a stream that its publisher was accepted, or changed its data. Performed by the app (`reduceApp`). */
export type RoomEffect = { readonly type: 'room.bring' } & ClaimRequest;

/** Gives a room a message of a client that need not be a member. Performed by the app (`reduceApp`). */
export interface RoomTellEffect {
  readonly type: 'room.tell';
  readonly message: RoomMessage;
  /** The right that was shown to enter. Default none. */
  readonly right?: AccessRight | undefined;
}

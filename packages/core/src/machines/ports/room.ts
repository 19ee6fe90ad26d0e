import type { RoomMessage } from '../../protocol/message.ts';
import type { AccessRight } from './access.ts';
import type { ClaimRequest } from './stream.ts';

/** What an accepted publisher tells the rooms that its stream is in. Performed by the app (`reduceApp`). */
export type RoomEffect = { readonly type: 'room.bring' } & ClaimRequest;

/** Tells a room what somebody says of it who need not be in it. Performed by the app (`reduceApp`). */
export interface RoomTellEffect {
  readonly type: 'room.tell';
  readonly message: RoomMessage;
  /** The right that was shown to enter. Default none. */
  readonly right?: AccessRight | undefined;
}

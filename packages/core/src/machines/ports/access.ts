import type { ErrorDefinition } from '../../protocol/error.ts';
import type { RoomMessage } from '../../protocol/message.ts';
import type { StreamQuery } from '../socket/answer.ts';

/**
 * Action that needs authorization on a stream, call or room: `join` a call, `enter` a room, `query` either. `relay` is the use of
 * a TURN server's credentials, and concerns no stream.
 */
export type AccessAction = 'publish' | 'play' | 'join' | 'enter' | 'query' | 'relay';

/** Subject of a right that was shown: the stream itself, or only the room that it is in. */
export type AccessRight = 'stream' | 'room';

const specificity = { stream: 2, room: 1 } as const;

/** Reports whether a right is more specific than another. No right is the least specific. */
export const outranks = (right: AccessRight | undefined, other: AccessRight | undefined): boolean =>
  right !== undefined && (other === undefined || specificity[right] > specificity[other]);

/** Request for authorization: an action on a stream, and the credentials for it. */
export interface AccessRequest {
  readonly action: AccessAction;
  /** The stream, call or room. */
  readonly streamId: string;
  /** The room that the stream belongs to, as the message says. */
  readonly room: string | undefined;
  readonly token: string | undefined;
  readonly subscriberId: string | undefined;
  readonly subscriberCode: string | undefined;
  readonly metaData: string | undefined;
  /** Message to handle once granted, for `enter` and `query`. */
  readonly message?: Exclude<RoomMessage, { readonly command: 'leaveFromRoom' }> | StreamQuery;
}

/** Request for authorization of a server's role. Performed by the session's `access`. */
export type AccessEffect = { readonly type: 'access.request' } & AccessRequest;

/** Decision of a server's authorization. */
export type AccessEvent =
  | {
      readonly type: 'access.granted';
      readonly request: AccessRequest;
      /**
       * To play: how many players the stream or room may have. To publish: how many streams its room may have. Default any
       * number.
       */
      readonly limit?: number | undefined;
      /** The right that was shown for it. Default none, for example if no right is required. */
      readonly right?: AccessRight | undefined;
    }
  | { readonly type: 'access.refused'; readonly request: AccessRequest; readonly definition: ErrorDefinition };

/** Reports to a socket machine that a role of its socket was granted something by a right that it showed. */
export interface AccessShownEvent {
  readonly type: 'access.shown';
}

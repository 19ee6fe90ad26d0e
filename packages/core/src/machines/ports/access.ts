import type { ErrorDefinition } from '../../protocol/error.ts';
import type { RoomMessage } from '../../protocol/message.ts';
import type { StreamQuery } from '../socket/answer.ts';

/**
 * What can be wanted of a stream, call or room: `join` a call, `enter` a room, `query` what is known of either. `relay` is to be told
 * the credentials of a TURN server, which is about no stream.
 */
export type AccessAction = 'publish' | 'play' | 'join' | 'enter' | 'query' | 'relay';

/** What a right that was shown is to: the very stream, or only the room that the stream is in. */
export type AccessRight = 'stream' | 'room';

const specificity = { stream: 2, room: 1 } as const;

/** Reports whether a right is more specific than another. No right is the least specific. */
export const outranks = (right: AccessRight | undefined, other: AccessRight | undefined): boolean =>
  right !== undefined && (other === undefined || specificity[right] > specificity[other]);

/** What somebody wants to do to a stream, and what they show for it. */
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
  /** What is to be done once it is granted, for `enter` and `query`. */
  readonly message?: Exclude<RoomMessage, { readonly command: 'leaveFromRoom' }> | StreamQuery;
}

/** What a server role asks of the authorization. Performed by what the session is given as `access`. */
export type AccessEffect = { readonly type: 'access.request' } & AccessRequest;

/** What the authorization of a server reports to a role. */
export type AccessEvent =
  | {
      readonly type: 'access.granted';
      readonly request: AccessRequest;
      /**
       * To play: how many players the stream or room may have. To publish: how many streams its room may have. Default any
       * number.
       */
      readonly limit?: number | undefined;
      /** The right that was shown for it. Default none, as where nobody is asked for one. */
      readonly right?: AccessRight | undefined;
    }
  | { readonly type: 'access.refused'; readonly request: AccessRequest; readonly definition: ErrorDefinition };

/** Tells a socket machine that a role of its socket was granted something by a right that it showed. */
export interface AccessShownEvent {
  readonly type: 'access.shown';
}

import { type AccessRight, outranks } from '../../ports/access.ts';
import { stepState } from '../../step.ts';
import type { SocketId } from '../envelope.ts';
import type { ConferenceServerEvent, JoinEvent } from './event.ts';
import { type RoomMemberEffect, type RoomMemberEvent, type RoomMemberState, roomMember } from './member.ts';

/** One stream of a room, and whose it is. */
export interface Member {
  readonly from: SocketId;
  readonly streamId: string;
  readonly streamName: string;
  readonly metaData: string;
  readonly role: string | undefined;
  /** True if its publisher announces video. */
  readonly hasVideo: boolean;
  /** Maximum number of videos that its socket wants when it plays the room. Default none. */
  readonly maxVideoTracks?: number | undefined;
  /** The right that it showed to this id. The server's own ids are as good as the best. */
  readonly right: AccessRight | undefined;
  /** State of its machine, {@link roomMember}. */
  readonly state: RoomMemberState;
}

/** Reports whether the media of a member is connected. */
export const isLive = ({ state }: Member): boolean => state.media === 'live';

/** Reports whether a member entered by `joinRoom`. Such a member receives `streamJoined`. */
export const hasJoined = ({ state }: Member): boolean => state.presence === 'joined';

/** The id of a `joinRoom`: the requested one, or the generated one. */
export const requestedId = ({ message, freshId }: JoinEvent): string => message.streamId ?? freshId;

/** The right to that id. No other client can have a right to a generated id. */
const requestedRight = ({ message, right }: JoinEvent): AccessRight | undefined =>
  message.streamId === undefined ? 'stream' : right;

/** The member that a socket has entered as by `joinRoom`, if it has. */
export const joinedMember = (members: readonly Member[], socket: SocketId): Member | undefined =>
  members.find((member) => member.from === socket && hasJoined(member));

/** Reports whether a member of another socket has the id of a `joinRoom`, by a right that is as good. */
export const isTakenFor = (members: readonly Member[], event: JoinEvent): boolean =>
  members.some(
    ({ from, streamId, right }) =>
      from !== event.from && streamId === requestedId(event) && !outranks(requestedRight(event), right),
  );

/** Reports whether an event is about a member: the one of its stream, or each of its socket. */
export const concerns = (event: ConferenceServerEvent, member: Member): boolean =>
  member.from === event.from && (!('streamId' in event) || event.streamId === member.streamId);

/** Request with the member that makes it. */
export interface MemberRequest {
  readonly type: RoomMemberEffect['type'];
  readonly member: Member;
}

/** The members of a room after an event, and what they ask for. */
export interface MembersStep {
  readonly members: readonly Member[];
  readonly requests: readonly MemberRequest[];
}

const outside: RoomMemberState = { presence: 'outside', media: 'absent' };

function joining(event: JoinEvent, state: RoomMemberState): Member {
  const { streamName = '', metadata = '', metaData = metadata, role } = event.message;
  const [streamId, right] = [requestedId(event), requestedRight(event)];
  return { from: event.from, streamId, streamName, metaData, role, hasVideo: true, right, state };
}

type BroughtEvent = Extract<ConferenceServerEvent, { readonly type: 'role.brought' }>;

function publishing({ from, streamId, streamName = '', metaData = '', role, hasVideo = true, right }: BroughtEvent) {
  return { from, streamId, streamName, metaData, role, hasVideo, right, state: outside } satisfies Member;
}

/** Changes the data of a member that its publisher sends again. */
export const described = (members: readonly Member[], event: BroughtEvent): readonly Member[] =>
  members.map((member) =>
    concerns(event, member)
      ? {
          ...member,
          streamName: event.streamName ?? member.streamName,
          metaData: event.metaData ?? member.metaData,
          role: event.role ?? member.role,
          hasVideo: event.hasVideo ?? member.hasVideo,
        }
      : member,
  );

/** Steps the members that an event is about, and a new one if it enters by it. Those that have left are no longer listed. */
export function stepMembers(members: readonly Member[], event: ConferenceServerEvent): MembersStep {
  const requests: MemberRequest[] = [];
  const stepped = (member: Member, type: RoomMemberEvent['type']): readonly Member[] => {
    const { state, effects } = stepState(roomMember, member.state, type);
    const next = { ...member, state };
    for (const effect of effects) requests.push({ type: effect.type, member: next });
    return state.presence === 'left' ? [] : [next];
  };
  const { type } = event;
  const entered = (): readonly Member[] => {
    switch (type) {
      case 'signal.joinRoom': {
        const own = joinedMember(members, event.from);
        if (own !== undefined) return members.flatMap((member) => (member === own ? stepped(own, type) : member));
        const id = requestedId(event);
        // A publisher of the room may enter it as well. A member of another socket loses the id to a better right.
        const known = members.find(({ from, streamId }) => from === event.from && streamId === id);
        const others = members.flatMap((member) => {
          if (member.streamId !== id) return member;
          return member === known ? [] : stepped(member, 'stream.displaced');
        });
        return [...others, ...stepped(joining(event, known?.state ?? outside), type)];
      }
      case 'role.brought':
        return [...members, ...stepped(publishing(event), type)];
      case 'role.announced':
      case 'role.released':
      case 'stream.displaced':
      case 'signal.leaveFromRoom':
      case 'socket.closed':
        return members.flatMap((member) => (concerns(event, member) ? stepped(member, type) : member));
      default:
        return members;
    }
  };
  return { members: entered(), requests };
}

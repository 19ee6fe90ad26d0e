import type { ServerEvent } from '../event.ts';
import type { AccessRequest, AccessRight } from '../ports/access.ts';
import type { IceRequestEffect } from '../ports/ice.ts';
import type { QuestionEffect } from '../ports/question.ts';
import type { RoleStartEffect } from '../ports/role.ts';
import type { RoomTellEffect } from '../ports/room.ts';

const without = {
  room: undefined,
  token: undefined,
  subscriberId: undefined,
  subscriberCode: undefined,
  metaData: undefined,
} as const;

/** Authorization that a message without a role needs: to join a call, to enter a room, to ask a question, or to use TURN. */
export function requestOf(event: ServerEvent): AccessRequest | undefined {
  switch (event.type) {
    case 'signal.getIceServerConfig':
      return { ...without, action: 'relay', streamId: '' };
    case 'signal.join': {
      const { streamId, token } = event.message;
      return { ...without, action: 'join', streamId, token };
    }
    case 'signal.joinRoom': {
      const { message } = event;
      const { room, token, subscriberId, subscriberCode } = message;
      return {
        action: 'enter',
        streamId: room,
        room,
        token,
        subscriberId,
        subscriberCode,
        metaData: message.metaData ?? message.metadata,
        message,
      };
    }
    case 'signal.getRoomInfo': {
      const { message } = event;
      return { ...without, action: 'query', streamId: message.room, room: message.room, message };
    }
    case 'signal.getTrackList':
      return {
        ...without,
        action: 'query',
        streamId: event.message.streamId,
        token: event.message.token,
        message: event.message,
      };
    case 'signal.getStreamInfo':
    case 'signal.getDebugInfo':
    case 'signal.getBroadcastObject':
    case 'signal.getSubtracks':
    case 'signal.getSubtracksCount':
    case 'signal.getSubscriberCount':
    case 'signal.getSubscribers':
      return { ...without, action: 'query', streamId: event.message.streamId, message: event.message };
    default:
      return undefined;
  }
}

/** Effect of a granted request. */
export function grantOf(
  { action, streamId, message }: AccessRequest,
  right: AccessRight | undefined,
): RoleStartEffect | RoomTellEffect | QuestionEffect | IceRequestEffect {
  if (action === 'relay') return { type: 'ice.request', withCredentials: true };
  if (message === undefined)
    return { type: 'role.start', address: { role: 'peer', streamId }, message: { command: 'join', streamId } };
  switch (message.command) {
    case 'joinRoom':
      return { type: 'room.tell', message, ...(right !== undefined && { right }) };
    case 'getRoomInfo':
      return { type: 'room.tell', message };
    default:
      return { type: 'question.ask', question: message };
  }
}

/** Undecided call or room that a message leaves. */
export function leftBy(event: ServerEvent): Pick<AccessRequest, 'action' | 'streamId'> | undefined {
  if (event.type === 'signal.leaveFromRoom') return { action: 'enter', streamId: event.message.room };
  if (event.type === 'signal.leave' || event.type === 'signal.stop')
    return { action: 'join', streamId: event.message.streamId };
  return undefined;
}

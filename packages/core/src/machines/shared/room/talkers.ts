import type { Talker } from '../../ports/stream.ts';
import type { SocketId } from '../envelope.ts';
import type { ConferenceServerContext } from './context.ts';
import type { ConferenceServerEvent } from './event.ts';
import { isLive } from './members.ts';
import { isWatching, sees } from './players.ts';

/** Level of silence. @see RFC 6464 § 3 */
const silence = 127;

type TalkedEvent = Extract<ConferenceServerEvent, { readonly type: 'role.talked' }>;

const liveMember = ({ members }: ConferenceServerContext, streamId: string) =>
  members.find((member) => member.streamId === streamId && isLive(member));

/** The members who talk, after a member has reported its level. */
export function nextTalkers(context: ConferenceServerContext, { streamId, level }: TalkedEvent): readonly Talker[] {
  const { talkers } = context;
  const isNew = !talkers.some((talker) => talker.streamId === streamId);
  return talkers
    .map((talker) => (talker.streamId === streamId ? { streamId, level } : talker))
    .concat(isNew ? { streamId, level } : [])
    .filter((talker) => talker.level < silence && liveMember(context, talker.streamId) !== undefined);
}

/**
 * Recipients of the current talkers. Each talker reports repeatedly; only the reports of the first cause messages, so that more
 * talkers do not cause more messages.
 */
export function listeners(
  context: ConferenceServerContext,
  event: TalkedEvent,
): readonly { readonly from: SocketId; readonly talkers: readonly Talker[] }[] {
  const { streamId, level } = event;
  const talkers = nextTalkers(context, event);
  const isNew = !context.talkers.some((talker) => talker.streamId === streamId);
  if (!isNew && level < silence && talkers[0]?.streamId !== streamId) return [];
  const ids = [...talkers.map((talker) => talker.streamId), streamId];
  const live = new Map(ids.map((id) => [id, liveMember(context, id)]));
  return context.players.filter(isWatching).flatMap((player) => {
    const isSeen = (id: string) => {
      const member = live.get(id);
      return member !== undefined && sees(player, member);
    };
    const heard = talkers.filter((talker) => isSeen(talker.streamId));
    const isAudible = heard.length > 0 || (level >= silence && isSeen(streamId));
    return isAudible ? { from: player.from, talkers: heard } : [];
  });
}

import { type AppState, placeOfShared } from '@sigchart/core/app';
import type { PeerServerContext, SocketId } from '@sigchart/core/machines';
import type { ClientMessage } from '@sigchart/core/protocol';

/** Socket that a message of a call is relayed to: that of the other peer, while there is one. */
export function relayTargetOf(app: AppState, from: SocketId, message: ClientMessage): SocketId | undefined {
  const { command } = message;
  if (command !== 'takeConfiguration' && command !== 'takeCandidate' && command !== 'peerMessageCommand')
    return undefined;
  const call = app.machines.get(placeOfShared('call', message.streamId).key)?.snapshot;
  if (call === undefined || !call.matches('paired' as never)) return undefined;
  const { first, second } = call.context as PeerServerContext;
  if (from === first) return second;
  return from === second ? first : undefined;
}

import type { ConversationCase } from './case.ts';
import call from './cases/call.json' with { type: 'json' };
import callPaths from './cases/callPaths.json' with { type: 'json' };
import play from './cases/play.json' with { type: 'json' };
import playPaths from './cases/playPaths.json' with { type: 'json' };
import publish from './cases/publish.json' with { type: 'json' };
import publishPaths from './cases/publishPaths.json' with { type: 'json' };
import room from './cases/room.json' with { type: 'json' };
import socket from './cases/socket.json' with { type: 'json' };

/** Every case, as `packages/server/test/conversation/writeCases.ts` has recorded it from the machines. */
export const conversations = [
  ...socket,
  ...publish,
  ...play,
  ...call,
  ...callPaths,
  ...publishPaths,
  ...playPaths,
  ...room,
] as unknown as readonly ConversationCase[];

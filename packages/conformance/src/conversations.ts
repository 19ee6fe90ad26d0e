import type { ConversationCase } from './case.ts';
import call from './cases/call.json' with { type: 'json' };
import callPaths from './cases/callPaths.json' with { type: 'json' };
import clientCall from './cases/clientCall.json' with { type: 'json' };
import clientCallPaths from './cases/clientCallPaths.json' with { type: 'json' };
import clientPlay from './cases/clientPlay.json' with { type: 'json' };
import clientPlayPaths from './cases/clientPlayPaths.json' with { type: 'json' };
import clientPublish from './cases/clientPublish.json' with { type: 'json' };
import clientPublishPaths from './cases/clientPublishPaths.json' with { type: 'json' };
import clientRoom from './cases/clientRoom.json' with { type: 'json' };
import clientRoomPaths from './cases/clientRoomPaths.json' with { type: 'json' };
import clientSocket from './cases/clientSocket.json' with { type: 'json' };
import clientSocketPaths from './cases/clientSocketPaths.json' with { type: 'json' };
import configured from './cases/configured.json' with { type: 'json' };
import description from './cases/description.json' with { type: 'json' };
import media from './cases/media.json' with { type: 'json' };
import play from './cases/play.json' with { type: 'json' };
import playPaths from './cases/playPaths.json' with { type: 'json' };
import publish from './cases/publish.json' with { type: 'json' };
import publishPaths from './cases/publishPaths.json' with { type: 'json' };
import question from './cases/question.json' with { type: 'json' };
import room from './cases/room.json' with { type: 'json' };
import roomPaths from './cases/roomPaths.json' with { type: 'json' };
import socket from './cases/socket.json' with { type: 'json' };
import socketPaths from './cases/socketPaths.json' with { type: 'json' };
import state from './cases/state.json' with { type: 'json' };
import stranger from './cases/stranger.json' with { type: 'json' };
import time from './cases/time.json' with { type: 'json' };

/** Every case for a server, as `packages/server/test/conversation/writeCases.ts` has recorded it from the machines. */
export const conversations = [
  ...socket,
  ...publish,
  ...play,
  ...call,
  ...callPaths,
  ...publishPaths,
  ...playPaths,
  ...room,
  ...roomPaths,
  ...socketPaths,
  ...media,
  ...description,
  ...stranger,
  ...state,
  ...time,
  ...question,
  ...configured,
] as unknown as readonly ConversationCase[];

/** Every case for a client, as `packages/browser/test/conversation/writeCases.ts` has recorded it from the machines. */
export const clientConversations = [
  ...clientSocket,
  ...clientPublish,
  ...clientPlay,
  ...clientCall,
  ...clientRoom,
  ...clientSocketPaths,
  ...clientPublishPaths,
  ...clientPlayPaths,
  ...clientCallPaths,
  ...clientRoomPaths,
] as unknown as readonly ConversationCase[];

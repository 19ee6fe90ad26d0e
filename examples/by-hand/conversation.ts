import {
  begin,
  type ClientEvent,
  heardByClient,
  heardByServer,
  publisherClient,
  publisherServer,
  type ServerEvent,
  step,
} from '@sigchart/core/machines';

/**
 * A publisher from start to end, as a ladder. Each side is a snapshot. Its effects come back as data, and this function performs
 * all of them: it carries the messages, plays the connections, and decides who gets the stream id.
 */
export function* conversation(): Generator<string> {
  let client = begin(publisherClient, {});
  let server = begin(publisherServer, undefined);
  const toClient: ClientEvent[] = [{ type: 'app.publish', streamId: 'stream1' }, { type: 'socket.opened' }];
  const toServer: ServerEvent[] = [];

  const performClient = (effect: (typeof client.effects)[number]): string | undefined => {
    switch (effect.type) {
      case 'signal.send':
        toServer.push(heardByServer(effect.message));
        return `C→S  ${effect.message.command}`;
      case 'rtc.createOffer':
        toClient.push({ type: 'rtc.offerCreated', sdp: 'v=0 offer', trackIds: {} });
        return undefined;
      case 'rtc.setRemoteDescription':
        toClient.push({ type: 'rtc.connected' });
        toServer.push({ type: 'rtc.connected' });
        return undefined;
      default:
        return undefined;
    }
  };

  const performServer = (effect: (typeof server.effects)[number]): string | undefined => {
    switch (effect.type) {
      case 'signal.send': {
        const { message } = effect;
        toClient.push(heardByClient(message));
        return `S→C  ${message.command === 'notification' ? message.definition : message.command}`;
      }
      case 'access.request': {
        const { type: _, ...request } = effect;
        toServer.push({ type: 'access.granted', request });
        return undefined;
      }
      case 'stream.claim':
        toServer.push({ type: 'stream.claimed' });
        return undefined;
      case 'rtc.createAnswer':
        toServer.push({ type: 'rtc.answerCreated', sdp: 'v=0 answer' });
        return undefined;
      default:
        return undefined;
    }
  };

  while (client.snapshot.status === 'active') {
    const heard = toClient.shift();
    const asked = toServer.shift();
    // Everything that was to happen has happened: the application has seen enough.
    if (heard === undefined && asked === undefined) toClient.push({ type: 'app.stop' });
    if (heard !== undefined) {
      client = step(publisherClient, client.snapshot, heard);
      for (const line of client.effects.map(performClient)) if (line !== undefined) yield line;
    }
    if (asked !== undefined) {
      server = step(publisherServer, server.snapshot, asked);
      for (const line of server.effects.map(performServer)) if (line !== undefined) yield line;
    }
  }
  yield `client ${client.snapshot.value}, server ${server.snapshot.value}`;
}

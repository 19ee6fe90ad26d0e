import type { HttpEvent, resourceServer } from '@sigchart/core/machines';
import type { MachineOptions } from '../machine/graph.ts';
import { negotiation, streamId } from './connection.ts';
import { fromServer } from './saying.ts';

const notified = (definition: string) => fromServer({ command: 'notification', definition, streamId });
const failed = (definition: string) => fromServer({ command: 'error', definition, streamId });

const post = (role: 'publisher' | 'player', media = ''): HttpEvent => ({
  type: 'http.post',
  exchange: 1,
  role,
  streamId,
  sdp: `v=0\r\na=ice-ufrag:own\r\n${media}`,
  token: undefined,
  mainTrack: undefined,
});

const patch = (ifMatch: string | undefined, body: string): HttpEvent => ({
  type: 'http.patch',
  exchange: 2,
  ifMatch,
  body,
});

const fragment = (ufrag: string) => `a=ice-ufrag:${ufrag}\r\na=mid:0\r\na=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n`;

/** Events of a WHIP or WHEP resource. */
export const resourceServerEvents: MachineOptions<typeof resourceServer> = {
  events: [
    post('publisher'),
    post('player'),
    post('publisher', 'm=audio 9 x 0\r\na=inactive\r\n'),
    patch(undefined, fragment('own')),
    patch('stale', fragment('own')),
    patch('*', 'no fragment'),
    patch('*', fragment('own')),
    patch('*', fragment('restarted')),
    { type: 'http.delete', exchange: 3 },
    { type: 'http.aborted', exchange: 1 },
    fromServer({ command: 'start', streamId }),
    fromServer(negotiation.answer),
    fromServer({ command: 'iceServerConfig', stunServerUri: 'stun:192.0.2.1' }),
    notified('publish_finished'),
    notified('play_finished'),
    failed('streamIdInUse'),
    failed('notSetRemoteDescription'),
    failed('publishTimeoutError'),
    { type: 'socket.closed' },
    { type: 'timer.exchange' },
  ],
};

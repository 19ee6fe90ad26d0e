import type { MessagePattern, Setting } from '@sigchart/conformance';
import type { Scenario } from '@sigchart/conformance/record';
import { connection, idOf, open, playing, publishing, say, silence, stop } from '@sigchart/conformance/record';

/** Placeholder for a setting of the run. */
const told = (name: Setting): string => `{{setting:${name}}}`;

/** A connection for a stream whose id is a setting of the run. */
const connectionFor = (name: string, who: string, as: 'publisher' | 'player', setting: Setting) => ({
  who,
  name,
  as,
  streamId: told(setting),
});

/** `publishing` and `playing` for a stream whose id is a setting of the run. */
const ofTold = (scenario: typeof publishing, who: string, name: string, setting: Setting, more: MessagePattern = {}) =>
  scenario(who, name, 's1', more).map((action) =>
    action.does === 'say' ? { ...action, message: { ...action.message, streamId: told(setting) } } : action,
  );

const stopTold = (who: string, setting: Setting) => say(who, 'stop', { streamId: told(setting) });

/** Refusals of a configured server. Each needs a setting. */
export const configuredScenarios: readonly Scenario[] = [
  {
    id: 'configured/unregistered',
    title: 'A publish of a stream that is not registered is not_allowed_unregistered_streams, and nothing starts',
    section: 'Authorization',
    requiredBy: 'spec',
    needs: ['unregistered'],
    actions: [open('A'), say('A', 'publish', { streamId: told('unregistered') }), ...silence('A')],
  },
  {
    id: 'configured/wrong-token',
    title: 'A publish with a wrong token is unauthorized_access, and nothing starts',
    section: 'Authorization',
    requiredBy: 'spec',
    needs: ['wrong-token'],
    actions: [open('A'), say('A', 'publish', { streamId: idOf('s1'), token: told('wrong-token') }), ...silence('A')],
  },
  {
    id: 'configured/no-token',
    title: 'A publish without a token is unauthorized_access if tokens are required',
    section: 'Authorization',
    requiredBy: 'spec',
    needs: ['wrong-token'],
    actions: [open('A'), say('A', 'publish', { streamId: idOf('s1') }), ...silence('A')],
  },
  {
    id: 'configured/token',
    title: 'A stream refused to a wrong token is published with the right one, and not played with the wrong one',
    section: 'Authorization',
    requiredBy: 'spec',
    needs: ['token-stream', 'token', 'wrong-token'],
    connections: [connectionFor('publisher', 'A', 'publisher', 'token-stream')],
    actions: [
      open('A'),
      open('B'),
      say('B', 'publish', { streamId: told('token-stream'), token: told('wrong-token') }),
      ...silence('B'),
      ...ofTold(publishing, 'A', 'publisher', 'token-stream', { token: told('token') }),
      say('B', 'play', { streamId: told('token-stream'), token: told('wrong-token') }),
      ...silence('B'),
      stopTold('A', 'token-stream'),
    ],
  },
  {
    id: 'configured/question-without-token',
    title:
      'If tokens are required, a question about a stream that the socket has shown no right to is unauthorized_access',
    section: 'Authorization',
    requiredBy: 'project',
    needs: ['wrong-token'],
    actions: [open('A'), say('A', 'getBroadcastObject', { streamId: idOf('s1') }), ...silence('A')],
  },
  {
    id: 'configured/one-viewer',
    title: 'A player beyond the viewer limit is viewerLimitReached, and is accepted once another has stopped',
    section: 'Errors',
    requiredBy: 'project',
    needs: ['one-viewer'],
    connections: [
      connectionFor('publisher', 'A', 'publisher', 'one-viewer'),
      connectionFor('toB', 'B', 'player', 'one-viewer'),
      connectionFor('toC', 'C', 'player', 'one-viewer'),
    ],
    actions: [
      open('A'),
      open('B'),
      open('C'),
      ...ofTold(publishing, 'A', 'publisher', 'one-viewer'),
      ...ofTold(playing, 'B', 'toB', 'one-viewer'),
      say('C', 'play', { streamId: told('one-viewer') }),
      ...silence('B', 'C'),
      stopTold('B', 'one-viewer'),
      ...ofTold(playing, 'C', 'toC', 'one-viewer'),
      stopTold('C', 'one-viewer'),
      stopTold('A', 'one-viewer'),
    ],
  },
  {
    id: 'configured/not-now',
    title: 'A publish of a stream at another time than planned is stream_not_active_or_expired, and nothing starts',
    section: 'Errors',
    requiredBy: 'project',
    needs: ['not-now'],
    actions: [open('A'), say('A', 'publish', { streamId: told('not-now') }), ...silence('A')],
  },
  {
    id: 'configured/room-not-now',
    title: 'A joinRoom of a room at another time than planned is room_not_active_or_expired, and changes nothing',
    section: 'Errors',
    requiredBy: 'project',
    needs: ['room-not-now'],
    actions: [open('A'), say('A', 'joinRoom', { room: told('room-not-now') }), ...silence('A')],
  },
  {
    id: 'configured/blocked',
    title: 'A publish by a blocked subscriber is user_blocked, and another may publish',
    section: 'Errors',
    requiredBy: 'project',
    needs: ['blocked-stream', 'blocked'],
    actions: [
      open('A'),
      open('B'),
      say('A', 'publish', { streamId: told('blocked-stream'), subscriberId: told('blocked') }),
      ...silence('A'),
      say('B', 'publish', { streamId: told('blocked-stream'), subscriberId: idOf('other') }),
      stopTold('B', 'blocked-stream'),
    ],
  },
  {
    id: 'configured/one-subtrack',
    title: 'A publish into a room at its limit of subtracks is refused, and the others are not affected',
    section: 'Errors',
    requiredBy: 'project',
    needs: ['one-subtrack'],
    connections: [connection('ofA', 'A', 'publisher', 'a')],
    actions: [
      open('A'),
      open('B'),
      ...publishing('A', 'ofA', 'a', { mainTrack: told('one-subtrack') }),
      say('B', 'publish', { streamId: idOf('b'), mainTrack: told('one-subtrack') }),
      ...silence('A', 'B'),
      stop('A', 'a'),
    ],
  },
];

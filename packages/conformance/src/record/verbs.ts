import type { Action, CaseConnection, ConnectionPurpose, MediaKind, MessagePattern } from '../case.ts';

/** The placeholder of an id. */
export const idOf = (name: string): string => `{{id:${name}}}`;

export const open = (who: string, more: { path?: string; answersPings?: false } = {}): Action => ({
  does: 'open',
  who,
  ...more,
});

/** Opens a socket of each of them. */
export const opens = (...all: readonly string[]): readonly Action[] => all.map((who) => open(who));
export const say = (who: string, command: string, fields: MessagePattern = {}): Action => ({
  does: 'say',
  who,
  message: { command, ...fields },
});
export const close = (who: string): Action => ({ does: 'close', who });
export const wait = (ms: number): Action => ({ does: 'wait', ms });
export const silence = (...all: readonly string[]): readonly Action[] =>
  all.map((who) => ({ does: 'hearNothing', who }));
export const connected = (who: string, connection: string): Action => ({ does: 'connect', who, connection });

/** A connection: by default that of the stream `s1`. */
export const connection = (name: string, who: string, as: ConnectionPurpose, id = 's1'): CaseConnection => ({
  who,
  name,
  as,
  streamId: idOf(id),
});

export const offer = (who: string, name: string, id = 's1'): Action =>
  say(who, 'takeConfiguration', { streamId: idOf(id), type: 'offer', sdp: `{{offer:${name}}}` });
export const answer = (who: string, name: string, id = 's1'): Action =>
  say(who, 'takeConfiguration', { streamId: idOf(id), type: 'answer', sdp: `{{answer:${name}}}` });
export const candidates = (who: string, name: string, id = 's1'): Action =>
  say(who, 'takeCandidate', {
    streamId: idOf(id),
    label: '{{label}}',
    id: '{{mid}}',
    candidate: `{{candidate:${name}}}`,
  });

export const receive = (who: string, connection: string, kinds: readonly MediaKind[] = ['audio', 'video']): Action => ({
  does: 'receive',
  who,
  connection,
  kinds,
});
export const receiveNothing = (who: string, connection: string): Action => ({
  does: 'receiveNothing',
  who,
  connection,
});
export const sendData = (who: string, connection: string, text: string): Action => ({
  does: 'sendData',
  who,
  connection,
  text,
});
export const receiveData = (who: string, connection: string, text: string): Action => ({
  does: 'receiveData',
  who,
  connection,
  text,
});

/** From `publish` to connected media. */
export const publishing = (
  who: string,
  name = 'publisher',
  id = 's1',
  more: MessagePattern = {},
): readonly Action[] => [
  say(who, 'publish', { streamId: idOf(id), ...more }),
  offer(who, name, id),
  candidates(who, name, id),
  connected(who, name),
];

/** From `play` to connected media. */
export const playing = (who: string, name = 'player', id = 's1', more: MessagePattern = {}): readonly Action[] => [
  say(who, 'play', { streamId: idOf(id), ...more }),
  answer(who, name, id),
  candidates(who, name, id),
  connected(who, name),
];

export const stop = (who: string, id = 's1'): Action => say(who, 'stop', { streamId: idOf(id) });

/** Two peers, from `join` to connected media; the connections are called as the peers. */
export const calling = (first: string, second: string, id = 'c1'): readonly Action[] => [
  say(first, 'join', { streamId: idOf(id) }),
  say(second, 'join', { streamId: idOf(id) }),
  offer(first, first, id),
  answer(second, second, id),
  candidates(first, first, id),
  candidates(second, second, id),
  connected(first, first),
  connected(second, second),
];

/** From `publish` or `play` to connected media, under the id that a room gave a member. */
export function given(who: string, command: 'publish' | 'play', member: string, name: string): readonly Action[] {
  const streamId = `{{given:${member}}}`;
  const type = command === 'publish' ? 'offer' : 'answer';
  return [
    say(who, command, { streamId }),
    say(who, 'takeConfiguration', { streamId, type, sdp: `{{${type}:${name}}}` }),
    say(who, 'takeCandidate', { streamId, label: '{{label}}', id: '{{mid}}', candidate: `{{candidate:${name}}}` }),
    connected(who, name),
  ];
}

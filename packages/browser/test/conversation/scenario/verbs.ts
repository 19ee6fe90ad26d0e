import type { Action, CaseConnection, ConnectionPurpose, MessagePattern } from '@sigchart/conformance';
import type { Scenario } from '@sigchart/conformance/record';
import * as verbs from '@sigchart/conformance/record';
import { backOffMs, type RoleName } from '@sigchart/core/machines';

/** The server that a client under test dials. */
export const server = 'S';

/** The application says what it wishes. */
export const wish = (command: string, fields: MessagePattern = {}): Action => verbs.say('app', command, fields);

/** The server says something. */
export const say = (command: string, fields: MessagePattern = {}): Action => verbs.say(server, command, fields);

export const notify = (definition: string, fields: MessagePattern = {}): Action =>
  say('notification', { definition, ...fields });
export const fail = (definition: string, fields: MessagePattern = {}): Action =>
  say('error', { definition, ...fields });

/** The server accepts the client's socket, and sends an empty ICE configuration before it is asked. */
export const taken: readonly Action[] = [verbs.open(server), say('iceServerConfig', { stunServerUri: '' })];

/** From nothing to the first request of a role. */
export const begun = (command: string, fields: MessagePattern): readonly Action[] => [
  verbs.open('app'),
  wish(command, fields),
  ...taken,
];

export const stop = (role: RoleName, streamId: string): Action => wish('stop', { role, streamId });
export const closed = verbs.close(server);
export const silence: readonly Action[] = verbs.silence(server);
export const offer = (name: string, id = 's1'): Action => verbs.offer(server, name, id);
export const answer = (name: string, id = 's1'): Action => verbs.answer(server, name, id);

/** The server says its candidates, and its connection is connected. */
export const connected = (name: string, id = 's1'): readonly Action[] => [
  verbs.candidates(server, name, id),
  verbs.connected(server, name),
];

/** The server's connection: what a publisher of the client sends, a `player` here receives. */
export const connection = (name: string, as: ConnectionPurpose, id = 's1'): CaseConnection =>
  verbs.connection(name, server, as, id);

/** A candidate that leads nowhere. */
export const candidate = (streamId: string): Action =>
  say('takeCandidate', { streamId, label: 0, id: '0', candidate: 'candidate:1 1 udp 1 192.0.2.1 9 typ host' });

/** From `start` to connected media of a publisher. */
export const accepted = (name = 'first', id = 's1'): readonly Action[] => [
  say('start', { streamId: verbs.idOf(id) }),
  answer(name, id),
  ...connected(name, id),
];

/** From the server's offer to connected media of a player. */
export const offered = (name = 'first', id = 's1'): readonly Action[] => [offer(name, id), ...connected(name, id)];

/** The ten automatic retries of a client, each of which takes the course of `each` and fails. */
export const inVain = (...each: readonly Action[]): readonly Action[] => [
  ...Array.from({ length: 10 }, (_, attempt) => [...each, verbs.wait(backOffMs(attempt))]).flat(),
  ...each,
];

/** A scenario of a client. */
export type ClientScenario = Scenario & { readonly underTest: 'client' };

export const ofClient = (all: readonly Omit<Scenario, 'underTest'>[]): readonly ClientScenario[] =>
  all.map((scenario) => ({ ...scenario, underTest: 'client' }));

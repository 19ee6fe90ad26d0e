import { idOf, wait } from '@sigchart/conformance/record';
import { requestTimeoutMs, retryDelayMs, stopTimeoutMs } from '@sigchart/core/machines';
import {
  answer,
  begun,
  closed,
  connected,
  connection,
  fail,
  inVain,
  notify,
  ofClient,
  offer,
  say,
  silence,
  stop,
  taken,
} from './verbs.ts';

const c1 = { streamId: idOf('c1') };
const join = begun('join', c1);
const joined = notify('joined', c1);
const first = [connection('first', 'peer', 'c1')];
const second = [...first, connection('second', 'peer', 'c1')];
const called = (name = 'first') => [offer(name, 'c1'), ...connected(name, 'c1')];
const calls = (name = 'first') => [say('start', c1), answer(name, 'c1'), ...connected(name, 'c1')];
const left = [stop('peer', c1.streamId), notify('leaved', c1)];

export const callScenarios = ofClient([
  {
    id: 'clientCall/calls',
    title: 'The first peer of a call waits, offers on start, connects, and sends leave',
    section: 'Peer to peer',
    requiredBy: 'spec',
    connections: first,
    actions: [...join, joined, ...silence, ...calls(), ...left],
  },
  {
    id: 'clientCall/called',
    title: 'The second peer of a call answers the offer of the first',
    section: 'Peer to peer',
    requiredBy: 'spec',
    connections: first,
    actions: [...join, joined, ...called(), ...left],
  },
  {
    id: 'clientCall/start-before-joined',
    title: 'A start before joined counts',
    section: 'Peer to peer',
    requiredBy: 'sdks',
    connections: first,
    actions: [...join, say('start', c1), joined, answer('first', 'c1'), ...connected('first', 'c1'), ...left],
  },
  {
    id: 'clientCall/candidates',
    title: 'The candidates of a peer follow its description, with a number as label, and end with its leave',
    section: 'Negotiation',
    requiredBy: 'sdks',
    connections: first,
    aboutCandidates: true,
    about: ['label', 'id'],
    actions: [...join, joined, ...calls(), stop('peer', c1.streamId), ...silence, notify('leaved', c1)],
  },
  {
    id: 'clientCall/other-leaves',
    title: 'If the other peer leaves, a peer sends nothing, and answers or offers to the next one',
    section: 'Peer to peer',
    requiredBy: 'sdks',
    connections: second,
    actions: [...join, joined, ...calls(), say('stop', c1), ...silence, ...called('second'), ...left],
  },
  {
    id: 'clientCall/message',
    title: 'A message of the other peer reaches the application unchanged',
    section: 'peerMessageCommand',
    requiredBy: 'sdks',
    connections: first,
    actions: [
      ...join,
      joined,
      ...calls(),
      say('peerMessageCommand', { ...c1, definition: 'chat', data: 'hello' }),
      ...left,
    ],
  },
  {
    id: 'clientCall/full',
    title: 'A peer that is refused reports it to its application, and does not retry',
    section: 'Peer to peer',
    requiredBy: 'sdks',
    actions: [...join, fail('NoSpaceForNewPeer', c1), ...silence],
  },
  {
    id: 'clientCall/gives-up',
    title: 'A client whose join is never answered asks eleven times with growing delays, and ends',
    section: 'Peer to peer',
    requiredBy: 'project',
    actions: [...join, ...inVain(wait(requestTimeoutMs), wait(stopTimeoutMs)), ...silence],
  },
  {
    id: 'clientCall/socket-lost',
    title: 'A peer whose socket is lost joins again on the next',
    section: 'Socket',
    requiredBy: 'project',
    connections: second,
    actions: [...join, joined, ...calls(), closed, wait(retryDelayMs), ...taken, joined, ...called('second'), ...left],
  },
]);

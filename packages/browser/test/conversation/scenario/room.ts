import { idOf, wait } from '@sigchart/conformance/record';
import { requestTimeoutMs, retryDelayMs } from '@sigchart/core/machines';
import {
  accepted,
  begun,
  closed,
  connection,
  fail,
  inVain,
  notify,
  ofClient,
  offered,
  silence,
  stop,
  taken,
} from './verbs.ts';

const room = idOf('r1');
const own = { streamId: idOf('own') };
const other = { streamId: idOf('other') };
const third = { streamId: idOf('third') };
const enter = begun('enter', { room });
const watch = begun('enter', { room, publish: false });
const joined = (...streams: readonly string[]) =>
  notify('joinedTheRoom', { ...own, streams, streamList: streams, room, ATTR_ROOM_NAME: room });
const left = [stop('member', room), notify('leavedFromRoom', { room, ATTR_ROOM_NAME: room })];

export const roomScenarios = ofClient([
  {
    id: 'clientRoom/ladder',
    title: 'A member publishes under its assigned id, plays the other member, and leaves',
    section: 'Conference',
    requiredBy: 'spec',
    connections: [connection('first', 'player', 'own'), connection('ofOther', 'publisher', 'other')],
    actions: [...enter, joined(other.streamId), ...accepted('first', 'own'), ...offered('ofOther', 'other'), ...left],
  },
  {
    id: 'clientRoom/alone',
    title: 'A member that is alone publishes, and plays nothing',
    section: 'Conference',
    requiredBy: 'spec',
    actions: [...enter, joined(), ...silence, ...left],
  },
  {
    id: 'clientRoom/watches',
    title: 'A member that only watches plays the others, and does not publish',
    section: 'Conference',
    requiredBy: 'spec',
    actions: [...watch, joined(other.streamId), ...silence, ...left],
  },
  {
    id: 'clientRoom/comes-and-goes',
    title: 'A member plays members that enter, stops playing those that leave, and plays none twice',
    section: 'Conference',
    requiredBy: 'spec',
    actions: [
      ...watch,
      joined(other.streamId),
      notify('streamJoined', third),
      notify('streamJoined', third),
      ...silence,
      notify('streamLeaved', other),
      notify('play_finished', other),
      notify('streamLeaved', other),
      ...silence,
      ...left,
    ],
  },
  {
    id: 'clientRoom/itself',
    title: 'A member does not play itself, even if lists and notifications name it',
    section: 'Conference',
    requiredBy: 'sdks',
    actions: [...watch, joined(own.streamId), notify('streamJoined', own), ...silence, ...left],
  },
  {
    id: 'clientRoom/refused',
    title: 'A member that is refused reports it to its application, and does not retry',
    section: 'Conference',
    requiredBy: 'spec',
    actions: [...enter, fail('unauthorized_access'), ...silence],
  },
  {
    id: 'clientRoom/gives-up',
    title: 'A client whose joinRoom is never answered asks eleven times with growing delays, and ends',
    section: 'Conference',
    requiredBy: 'project',
    actions: [...enter, ...inVain(wait(requestTimeoutMs)), ...silence],
  },
  {
    id: 'clientRoom/socket-lost',
    title: 'A member whose socket is lost enters again, asks for its previous id, and plays the current members',
    section: 'Socket',
    requiredBy: 'project',
    actions: [
      ...watch,
      joined(other.streamId),
      closed,
      wait(retryDelayMs),
      ...taken,
      joined(third.streamId),
      ...silence,
      ...left,
    ],
  },
]);

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
    title: 'A member publishes under the id that it is given, plays the other who is there, and leaves',
    section: 'Conference',
    requiredBy: 'spec',
    connections: [connection('first', 'player', 'own'), connection('ofOther', 'publisher', 'other')],
    actions: [...enter, joined(other.streamId), ...accepted('first', 'own'), ...offered('ofOther', 'other'), ...left],
  },
  {
    id: 'clientRoom/alone',
    title: 'A member who is alone publishes, and plays nothing',
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
    title: 'A member plays whoever comes, stops playing whoever goes, and plays nobody twice',
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
    title: 'A member does not play itself, though the list and the news name it',
    section: 'Conference',
    requiredBy: 'sdks',
    actions: [...watch, joined(own.streamId), notify('streamJoined', own), ...silence, ...left],
  },
  {
    id: 'clientRoom/refused',
    title: 'A member that is refused tells its application, and asks no more',
    section: 'Conference',
    requiredBy: 'spec',
    actions: [...enter, fail('unauthorized_access'), ...silence],
  },
  {
    id: 'clientRoom/gives-up',
    title: 'A client whose joinRoom is never answered asks eleven times, waiting longer each time, and gives up',
    section: 'Conference',
    requiredBy: 'project',
    actions: [...enter, ...inVain(wait(requestTimeoutMs)), ...silence],
  },
  {
    id: 'clientRoom/socket-lost',
    title: 'A member whose socket is lost enters again, asks for the id that it had, and plays who is there now',
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

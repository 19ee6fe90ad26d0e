import { prove } from '../../test/prove.ts';
import { enters, joins, plays, playsRoom, publishes, publishesInto } from './commands.ts';

const stops = { timers: 'patient', isMediaSlow: false, isGrantedAtOnce: true, chances: { stops: 1 } } as const;

prove('server that stops, with a publisher and a player', {
  options: { clients: [publishes(1, 0), plays()], ...stops },
  nightly: { clients: [publishes(), plays()], ...stops, chances: { stops: 2, losses: 1 } },
  floor: 1_486,
});

prove('server that stops, with a call', {
  options: { clients: [joins(1, 0), joins()], ...stops },
  nightly: { clients: [joins(), joins()], ...stops, chances: { stops: 1, losses: 1 } },
  without: ['answered'],
  floor: 1_550,
});

prove('server that stops, with a room', {
  options: { clients: [enters(1), enters(2, 1, 0)], ...stops, hasMemberRoles: false },
  nightly: { clients: [enters(1), enters(2, 1, 0)], ...stops, retryLimit: 0 },
  floor: 1_130,
});

prove('server that stops, with a room that is played as one', {
  options: { clients: [publishesInto('s1', 1, 0), playsRoom(1, 0)], ...stops },
  nightly: { clients: [publishesInto('s1'), playsRoom()], ...stops },
  floor: 1_068,
});

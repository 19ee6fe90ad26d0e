import { prove } from '../../test/prove.ts';
import { enters, joins, plays, playsRoom, publishes, publishesInto } from './commands.ts';

prove('a stream that may have one viewer', {
  options: {
    clients: [publishes(1, 0), plays(), plays(1, 0)],
    timers: 'patient',
    isMediaSlow: false,
    isGrantedAtOnce: true,
    limits: { viewers: 1 },
  },
  nightly: {
    clients: [publishes(), plays(2), plays()],
    timers: 'patient',
    isMediaSlow: false,
    isGrantedAtOnce: true,
    limits: { viewers: 1 },
    chances: { losses: 1 },
  },
  floor: 558,
});

prove('a room that may have one viewer and one stream', {
  options: {
    clients: [publishesInto('s1', 1, 0), publishesInto('s2', 1, 0), playsRoom(1, 0), playsRoom(1, 0)],
    timers: 'patient',
    isMediaSlow: false,
    isGrantedAtOnce: true,
    retryLimit: 0,
    limits: { viewers: 1, subtracks: 1 },
  },
  nightly: {
    clients: [publishesInto('s1'), publishesInto('s2'), playsRoom(), playsRoom(1, 0)],
    timers: 'patient',
    isMediaSlow: false,
    isGrantedAtOnce: true,
    limits: { viewers: 1, subtracks: 1 },
  },
  floor: 4_224,
});

prove('an app that may have one room of two members, one call, and two roles of a socket', {
  options: {
    clients: [[...enters(1, 1, 0), ...joins(1, 0)], [...enters(2), ...publishes(1, 0)], enters(3, 1, 0)],
    timers: 'patient',
    isMediaSlow: false,
    hasMemberRoles: false,
    isGrantedAtOnce: true,
    retryLimit: 0,
    limits: { rooms: 1, members: 2, calls: 1, roles: 1 },
  },
  // Its members are looked at without their roles, and one publishes besides.
  without: ['room'],
  floor: 24_061,
});

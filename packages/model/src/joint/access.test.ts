import { prove } from '../../test/prove.ts';
import { asksForRoom, counts, enters, joins, plays, publishes, publishesInto } from './commands.ts';

const refusals = { refusals: 1 };

prove('authorization that is slow: a publisher, with timers at any moment', {
  options: { clients: [publishes()], retryLimit: 0, isMediaSlow: false, chances: refusals },
  nightly: { clients: [publishes(2)], retryLimit: 0, isMediaSlow: false, chances: { refusals: 2 } },
  // A client that does not wait for the server's confirmation takes late messages for those of the next role.
  without: ['answered', 'expected'],
  floor: 168,
});

prove('authorization that is slow, or refuses: a publisher and a player', {
  options: { clients: [publishes(1, 0), plays()], timers: 'patient', isMediaSlow: false, chances: refusals },
  nightly: {
    clients: [publishes(), plays(2)],
    timers: 'patient',
    isMediaSlow: false,
    chances: { refusals: 2, losses: 1 },
  },
  floor: 224,
});

prove('authorization that is slow, or refuses: two publishers of one id', {
  options: { clients: [publishes(1, 0), publishes()], timers: 'patient', isMediaSlow: false, chances: refusals },
  nightly: { clients: [publishes(), publishes()], timers: 'patient', chances: { refusals: 1, breaks: 1 } },
  floor: 390,
});

prove('authorization that is slow, or refuses: a call', {
  options: { clients: [joins(1, 0), joins()], timers: 'patient', isMediaSlow: false, chances: refusals },
  nightly: { clients: [joins(), joins()], timers: 'patient', chances: { refusals: 2, losses: 1 } },
  // An offer in flight to a peer that leaves is forwarded to the next peer; `start` has no id that distinguishes them.
  without: ['answered'],
  floor: 243,
});

prove('authorization that is slow, or refuses: a room', {
  options: { clients: [enters(1), enters(2)], timers: 'patient', hasMemberRoles: false, chances: refusals },
  nightly: {
    clients: [enters(1, 2), enters(2, 2)],
    timers: 'patient',
    hasMemberRoles: false,
    chances: { refusals: 2, losses: 1 },
  },
  floor: 845,
});

prove('authorization that is slow, or refuses: a room, with what its members publish and play', {
  options: {
    clients: [enters(1, 1, 0), enters(2, 1, 0)],
    timers: 'patient',
    isMediaSlow: false,
    retryLimit: 0,
    chances: refusals,
  },
  nightly: { clients: [enters(1), enters(2)], timers: 'patient', isMediaSlow: false, retryLimit: 0, chances: refusals },
  // A member whose publisher or player is refused stays in the room without it.
  without: ['room'],
  floor: 4_737,
});

prove('authorization that is slow, or refuses: questions about a stream and a room', {
  options: {
    clients: [
      [...publishes(1, 0), ...counts()],
      [...plays(), ...asksForRoom()],
    ],
    timers: 'patient',
    isMediaSlow: false,
    chances: refusals,
  },
  nightly: {
    clients: [
      [...publishes(), ...counts(2)],
      [...plays(), ...counts(), ...asksForRoom()],
    ],
    timers: 'patient',
    isMediaSlow: false,
    chances: { refusals: 2 },
  },
  floor: 12_808,
});

prove('room that two want to enter under one id', {
  options: {
    clients: [enters(1), enters(1, 1, 1)],
    timers: 'patient',
    hasMemberRoles: false,
    isGrantedAtOnce: true,
    retryLimit: 0,
  },
  nightly: {
    clients: [enters(1, 2), enters(1, 2)],
    timers: 'patient',
    hasMemberRoles: false,
    chances: { losses: 1, refusals: 1 },
  },
  floor: 209,
});

prove('authorization that is slow, or refuses: the use of a relay', {
  options: {
    clients: [publishes(), plays(1, 0)],
    hasSockets: true,
    isMediaSlow: false,
    timers: 'patient',
    retryLimit: 0,
    chances: refusals,
  },
  nightly: {
    clients: [publishes(), plays()],
    hasSockets: true,
    isMediaSlow: false,
    timers: 'patient',
    retryLimit: 0,
    chances: { refusals: 1, rights: 1, losses: 1 },
  },
  floor: 5_991,
});

prove('two publishers of one id, and the rights that they show', {
  options: { clients: [publishes(1, 0), publishes()], timers: 'patient', isMediaSlow: false, chances: { rights: 2 } },
  nightly: { clients: [publishes(), publishes()], timers: 'patient', chances: { rights: 2, breaks: 1 } },
  floor: 1_854,
});

prove('room that two want to enter under one id, and the rights that they show', {
  options: {
    clients: [enters(1), enters(1)],
    timers: 'patient',
    hasMemberRoles: false,
    retryLimit: 0,
    chances: { rights: 2 },
  },
  nightly: {
    clients: [enters(1, 2), enters(1, 2), enters(2, 1, 0)],
    timers: 'patient',
    hasMemberRoles: false,
    chances: { rights: 2, refusals: 1 },
  },
  floor: 1_771,
});

prove('room that one publishes into and another enters under one id, and the rights that they show', {
  options: {
    clients: [publishesInto('m1'), enters(1)],
    timers: 'patient',
    hasMemberRoles: false,
    isMediaSlow: false,
    retryLimit: 0,
    chances: { rights: 2 },
  },
  nightly: {
    clients: [publishesInto('m1'), enters(1), enters(2, 1, 0)],
    timers: 'patient',
    hasMemberRoles: false,
    isMediaSlow: false,
    retryLimit: 0,
    chances: { rights: 1 },
  },
  // One publishes, although members are looked at without their roles here.
  without: ['room'],
  floor: 3_175,
});

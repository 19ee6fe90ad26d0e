import { prove } from '../../test/prove.ts';
import { enters, playsRoom, publishesInto } from './commands.ts';

prove('room of two, with what they publish and play', {
  options: { clients: [enters(1), enters(2, 1, 0)], timers: 'patient', isMediaSlow: false, isGrantedAtOnce: true },
  nightly: {
    clients: [enters(1), enters(2)],
    timers: 'patient',
    isMediaSlow: false,
    chances: { losses: 1 },
    isGrantedAtOnce: true,
  },
  floor: 6_695,
});

prove('room of two, and a socket that is lost', {
  options: {
    clients: [enters(1, 1, 0), enters(2)],
    timers: 'patient',
    hasMemberRoles: false,
    chances: { losses: 1 },
    isGrantedAtOnce: true,
  },
  nightly: { clients: [enters(1, 2), enters(2, 2)], timers: 'patient', hasMemberRoles: false, chances: { losses: 2 } },
  floor: 3_027,
});

prove('room of three', {
  options: {
    clients: [enters(1), enters(2), enters(3, 1, 0)],
    timers: 'patient',
    hasMemberRoles: false,
    isGrantedAtOnce: true,
  },
  nightly: { clients: [enters(1), enters(2), enters(3)], timers: 'patient', isMediaSlow: false, isGrantedAtOnce: true },
  floor: 8_200,
});

prove('room of three, and a socket that is lost', {
  options: {
    clients: [enters(1, 1, 0), enters(2, 1, 0), enters(3, 1, 0)],
    timers: 'patient',
    hasMemberRoles: false,
    chances: { losses: 1 },
    isGrantedAtOnce: true,
  },
  nightly: {
    clients: [enters(1), enters(2), enters(3)],
    timers: 'patient',
    hasMemberRoles: false,
    chances: { losses: 1 },
  },
  floor: 18_806,
});

prove('room: timers at any moment', {
  options: { clients: [enters(1), enters(2)], hasMemberRoles: false, retryLimit: 0, isGrantedAtOnce: true },
  nightly: { clients: [enters(1, 2), enters(2, 2)], hasMemberRoles: false, chances: { losses: 1 } },
  // A client that leaves without waiting for the confirmation remains a member on the server for a while.
  without: ['room'],
  floor: 1_126,
});

prove('room that is played as one, while its subtracks come and go', {
  options: {
    clients: [publishesInto('s1', 1, 1), publishesInto('s2', 1, 0), playsRoom(1, 0)],
    timers: 'patient',
    isMediaSlow: false,
    isGrantedAtOnce: true,
  },
  nightly: {
    clients: [publishesInto('s1', 2, 2), publishesInto('s2', 1, 1), playsRoom(2, 2)],
    timers: 'patient',
    isMediaSlow: false,
    chances: { losses: 1 },
    isGrantedAtOnce: true,
  },
  floor: 2_750,
});

prove('room that is played as one, and a socket that is lost', {
  options: {
    clients: [publishesInto('s1', 1, 1), playsRoom()],
    timers: 'patient',
    isMediaSlow: false,
    chances: { losses: 1 },
    isGrantedAtOnce: true,
  },
  nightly: {
    clients: [publishesInto('s1'), playsRoom()],
    timers: 'patient',
    chances: { losses: 1, breaks: 1 },
  },
  floor: 21_800,
});

prove('room with members of both kinds', {
  options: {
    clients: [[...publishesInto('s1', 1, 0), ...playsRoom(1, 0)], enters(2)],
    timers: 'patient',
    isMediaSlow: false,
    isGrantedAtOnce: true,
  },
  nightly: {
    clients: [[...publishesInto('s1'), ...playsRoom()], enters(2)],
    timers: 'patient',
    isMediaSlow: false,
    chances: { losses: 1 },
    isGrantedAtOnce: true,
  },
  floor: 16_700,
});

prove('room that is joined under the id of a stream that is there already', {
  options: {
    clients: [[...publishesInto('m1', 1, 1), ...enters(1)], enters(2, 1, 0)],
    timers: 'patient',
    hasMemberRoles: false,
    isMediaSlow: false,
    isGrantedAtOnce: true,
  },
  // One publishes, although members are looked at without their roles here.
  without: ['room'],
  floor: 3_498,
});

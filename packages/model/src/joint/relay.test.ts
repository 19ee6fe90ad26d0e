import { prove } from '../../test/prove.ts';
import { joins, plays, playsRoom, publishes, publishesInto, talks } from './commands.ts';

prove('call of two that send each other messages', {
  options: {
    clients: [
      [...joins(1, 0), ...talks(2)],
      [...joins(), ...talks(1)],
    ],
    timers: 'patient',
    isMediaSlow: false,
    isGrantedAtOnce: true,
  },
  nightly: {
    clients: [
      [...joins(), ...talks(2)],
      [...joins(), ...talks(2)],
    ],
    timers: 'patient',
    isMediaSlow: false,
    isGrantedAtOnce: true,
    chances: { losses: 1 },
  },
  without: ['answered'],
  floor: 2_800,
});

prove('stream whose players are sent data, and that an operator ends', {
  options: {
    clients: [publishes(1, 0), plays(), plays(1, 0)],
    timers: 'patient',
    isMediaSlow: false,
    isGrantedAtOnce: true,
    chances: { data: 1, operator: 1 },
  },
  nightly: {
    clients: [publishes(), plays(), plays()],
    timers: 'patient',
    isMediaSlow: false,
    isGrantedAtOnce: true,
    chances: { data: 2, operator: 1 },
  },
  floor: 4_520,
});

prove('room whose players are sent data, and that an operator ends', {
  options: {
    clients: [publishesInto('s1', 1, 0), playsRoom()],
    timers: 'patient',
    isMediaSlow: false,
    isGrantedAtOnce: true,
    chances: { data: 1, operator: 1 },
  },
  nightly: {
    clients: [publishesInto('s1'), publishesInto('s2', 1, 0), playsRoom()],
    timers: 'patient',
    isMediaSlow: false,
    isGrantedAtOnce: true,
    chances: { data: 2, operator: 1 },
  },
  floor: 1_546,
});

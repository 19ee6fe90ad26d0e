import { prove } from '../../test/prove.ts';
import { joins } from './commands.ts';

prove('call of two: media that takes time', {
  options: { clients: [joins(), joins()], timers: 'patient', isGrantedAtOnce: true },
  nightly: { clients: [joins(), joins()], timers: 'patient', chances: { failures: 1, breaks: 1 } },
  // An offer in flight to a peer that leaves is forwarded to the next peer; `start` has no id that distinguishes them.
  without: ['answered'],
  floor: 3_687,
});

prove('call of two: candidates', {
  options: { clients: [joins(1, 0), joins(1, 0)], timers: 'patient', candidates: 1, isGrantedAtOnce: true },
  nightly: { clients: [joins(), joins()], timers: 'patient', candidates: 1, isGrantedAtOnce: true },
  floor: 1_800,
});

prove('call of two: media that breaks', {
  options: { clients: [joins(1, 0), joins(1, 0)], timers: 'patient', chances: { breaks: 1 }, isGrantedAtOnce: true },
  nightly: { clients: [joins(), joins()], timers: 'patient', chances: { breaks: 1 } },
  without: ['answered'],
  floor: 1_265,
});

prove('call of two: a socket that is lost and comes back', {
  options: {
    clients: [joins(1, 0), joins()],
    timers: 'patient',
    isMediaSlow: false,
    chances: { losses: 1 },
    isGrantedAtOnce: true,
  },
  nightly: { clients: [joins(), joins()], timers: 'patient', chances: { losses: 1 }, isGrantedAtOnce: true },
  without: ['answered'],
  floor: 9_599,
});

prove('call of three: one of them comes too late, or just in time', {
  options: {
    clients: [joins(1, 0), joins(), joins(1, 0)],
    timers: 'patient',
    isMediaSlow: false,
    isGrantedAtOnce: true,
  },
  nightly: {
    clients: [joins(), joins(), joins()],
    timers: 'patient',
    isMediaSlow: false,
    chances: { losses: 1 },
    isGrantedAtOnce: true,
  },
  without: ['answered'],
  floor: 4_097,
});

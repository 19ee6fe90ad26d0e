import { prove } from '../../test/prove.ts';
import { plays, publishes } from './commands.ts';

prove('publisher and player of one id on one socket: candidates', {
  options: {
    clients: [[...publishes(1, 0), ...plays(1, 0)]],
    timers: 'patient',
    candidates: 1,
    isGrantedAtOnce: true,
    retryLimit: 0,
  },
  nightly: {
    clients: [[...publishes(1, 0), ...plays(1, 0)]],
    timers: 'patient',
    candidates: 2,
    isGrantedAtOnce: true,
    retryLimit: 0,
  },
  floor: 3_521,
});

prove('publisher whose connection is negotiated again', {
  options: { clients: [publishes()], timers: 'patient', candidates: 1, isGrantedAtOnce: true, chances: { changes: 1 } },
  nightly: { clients: [publishes(2)], timers: 'patient', chances: { changes: 2, failures: 1 } },
  floor: 4_205,
});

prove('player whose connection is negotiated again', {
  options: {
    clients: [publishes(1, 0), plays()],
    timers: 'patient',
    isMediaSlow: false,
    isGrantedAtOnce: true,
    chances: { changes: 2 },
  },
  nightly: {
    clients: [publishes(), plays()],
    timers: 'patient',
    isGrantedAtOnce: true,
    chances: { changes: 2 },
  },
  floor: 425,
});

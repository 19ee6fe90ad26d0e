import { prove } from '../../test/prove.ts';
import { plays, publishes } from './commands.ts';

prove('player: its stream comes and goes', {
  options: { clients: [publishes(2), plays(2)], timers: 'patient', isMediaSlow: false, isGrantedAtOnce: true },
  nightly: { clients: [publishes(2), plays(2)], timers: 'patient', isMediaSlow: false },
  floor: 3_902,
});

prove('player: media that takes time', {
  options: { clients: [publishes(1, 0), plays()], timers: 'patient', isGrantedAtOnce: true },
  nightly: { clients: [publishes(), plays(2)], timers: 'patient', chances: { breaks: 1, failures: 1 } },
  floor: 2_511,
});

prove('player: candidates', {
  options: { clients: [publishes(1, 0), plays(1, 0)], timers: 'patient', candidates: 1, isGrantedAtOnce: true },
  nightly: { clients: [publishes(), plays()], timers: 'patient', candidates: 1, isGrantedAtOnce: true },
  floor: 24_042,
});

prove('player: a socket that is lost and comes back', {
  options: {
    clients: [publishes(), plays()],
    timers: 'patient',
    isMediaSlow: false,
    chances: { losses: 1 },
    isGrantedAtOnce: true,
  },
  nightly: { clients: [publishes(), plays()], timers: 'patient', chances: { losses: 1 }, isGrantedAtOnce: true },
  floor: 9_210,
});

prove('player: messages that come twice, or late', {
  options: {
    clients: [publishes(1, 0), plays()],
    timers: 'patient',
    isMediaSlow: false,
    chances: { copies: 1 },
    isGrantedAtOnce: true,
  },
  nightly: { clients: [publishes(), plays()], timers: 'patient', isMediaSlow: false, chances: { copies: 2 } },
  // The protocol has no ids that distinguish a repeated message from the next one.
  without: ['answered', 'expected'],
  floor: 1_067,
});

prove('player: timers at any moment', {
  options: { clients: [publishes(1, 0), plays()], retryLimit: 0, isMediaSlow: false, isGrantedAtOnce: true },
  nightly: { clients: [publishes(), plays()], isMediaSlow: false, isGrantedAtOnce: true },
  // A client that does not wait for the server's confirmation takes late messages for those of the next role.
  without: ['answered'],
  floor: 1_645,
});

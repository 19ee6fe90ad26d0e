import { prove } from '../../test/prove.ts';
import { publishes } from './commands.ts';

prove('publisher: descriptions that fail, and a server that refuses', {
  options: { clients: [publishes(2)], timers: 'patient', chances: { failures: 1, refusals: 1 } },
  nightly: { clients: [publishes(3, 2)], timers: 'patient', chances: { failures: 2, refusals: 1, breaks: 1 } },
  floor: 1_427,
});

prove('publisher: media that breaks, and an operator', {
  options: { clients: [publishes(2)], timers: 'patient', chances: { breaks: 1, operator: 1 }, isGrantedAtOnce: true },
  nightly: { clients: [publishes(2)], timers: 'patient', chances: { breaks: 2, operator: 1, losses: 1 } },
  floor: 4_151,
});

prove('publisher: a socket that is lost and comes back', {
  options: { clients: [publishes()], timers: 'patient', chances: { losses: 1 }, isGrantedAtOnce: true },
  nightly: { clients: [publishes(2)], timers: 'patient', chances: { losses: 2 } },
  floor: 2_381,
});

prove('publisher: timers at any moment', {
  options: { clients: [publishes()], retryLimit: 0, chances: { losses: 1 }, isGrantedAtOnce: true },
  nightly: { clients: [publishes()], retryLimit: 0, chances: { losses: 2 } },
  // A client that does not wait for the server's confirmation takes late messages for those of the next role.
  without: ['answered'],
  floor: 8_385,
});

prove('publisher: timers at any moment, and publishing again', {
  options: { clients: [publishes(2)], retryLimit: 0, isGrantedAtOnce: true },
  nightly: { clients: [publishes(2)], retryLimit: 0, chances: { losses: 1 } },
  // As above, and its offer then arrives before the server has decided the request.
  without: ['answered', 'expected'],
  floor: 1_568,
});

prove('publisher: messages that come twice, or late', {
  options: { clients: [publishes()], timers: 'patient', chances: { copies: 1 }, isGrantedAtOnce: true },
  nightly: { clients: [publishes(2)], timers: 'patient', chances: { copies: 2 } },
  // The protocol has no ids that distinguish a repeated answer from the next one.
  without: ['answered', 'expected'],
  floor: 1_113,
});

prove('publisher: candidates', {
  options: { clients: [publishes()], timers: 'patient', candidates: 1, isGrantedAtOnce: true },
  nightly: { clients: [publishes(2)], timers: 'patient', candidates: 2 },
  floor: 642,
});

prove('two publishers of one id', {
  options: { clients: [publishes(1, 0), publishes(1, 0)], timers: 'patient', isGrantedAtOnce: true },
  nightly: { clients: [publishes(), publishes()], timers: 'patient' },
  floor: 2_467,
});

prove('two publishers of one id, and a socket that is lost', {
  options: {
    clients: [publishes(1, 0), publishes(1, 0)],
    timers: 'patient',
    isMediaSlow: false,
    chances: { losses: 1 },
    isGrantedAtOnce: true,
  },
  nightly: { clients: [publishes(), publishes()], timers: 'patient', chances: { losses: 1 }, isGrantedAtOnce: true },
  floor: 1_192,
});

import { prove } from '../../test/prove.ts';
import { publishes } from './commands.ts';

prove('socket: it is dialled, lost, and dialled again; the server stops', {
  options: {
    clients: [publishes()],
    hasSockets: true,
    isMediaSlow: false,
    isGrantedAtOnce: true,
    timers: 'patient',
    chances: { losses: 2, stops: 1, operator: 1, refusals: 1 },
  },
  nightly: {
    clients: [publishes(2, 2)],
    hasSockets: true,
    isMediaSlow: false,
    isGrantedAtOnce: true,
    timers: 'patient',
    chances: { losses: 3, stops: 2, operator: 1 },
  },
  floor: 1_200,
});

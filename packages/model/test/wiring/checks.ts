import { createApp } from '@sigchart/core/session';
import { manualClock } from '@sigchart/core/testing';
import {
  asksForRoom,
  counts,
  enters,
  joins,
  plays,
  playsRoom,
  publishes,
  publishesInto,
  talks,
} from '../../src/joint/commands.ts';
import { explore, type Property } from '../../src/joint/explore.ts';
import { properties } from '../../src/joint/properties.ts';
import { type JointOptions, jointSystem } from '../../src/joint/system.ts';
import type { World } from '../../src/joint/world.ts';
import type { Finding } from './finding.ts';
import {
  clockFindings,
  qualityFindings,
  rateFindings,
  resourceFindings,
  sleepFindings,
  wireFindings,
} from './sessions.ts';
import { walkFindings } from './walk.ts';

/** Finds the properties of the wiring that do not hold. */
type Check = () => readonly Finding[] | Promise<readonly Finding[]>;

const all = Object.values(properties) as readonly Property<World>[];

/** Every property in a small conversation. */
const explored =
  (options: JointOptions, without: readonly string[] = []) =>
  (): readonly Finding[] => {
    const checked = all.filter(({ name }) => !without.includes(name));
    const { violations } = explore(jointSystem(options), { properties: checked, limit: 20_000 });
    return violations.map(({ property, detail }) => ({ property: property.name, detail }));
  };

const settled = { timers: 'patient', isMediaSlow: false, isGrantedAtOnce: true } as const;

/** A socket that starts more roles than it may, with the limits as they are shipped. */
const defaultLimitFindings = (): readonly Finding[] => {
  const app = createApp({ clock: manualClock(), freshId: () => 'fresh' });
  const refused: string[] = [];
  const session = app.join({
    id: 1,
    socket: {
      send: (text) => {
        if (text.includes('highResourceUsage')) refused.push(text);
      },
      close: () => {},
    },
    rtc: () => () => {},
  });
  for (let role = 0; role < 70; role += 1)
    session.received(JSON.stringify({ command: 'publish', streamId: `s${role}` }));
  return session.roles === 64 && refused.length === 6
    ? []
    : [{ property: properties.limits.name, detail: `one socket has ${session.roles} roles` }];
};

/** Everything that is checked of the wiring, by name. Each takes a second or two. */
export const checks = {
  'publisher and player': explored({
    clients: [publishes(1, 1), [...plays(1, 1), ...counts()]],
    ...settled,
    retryLimit: 0,
    chances: { data: 1, operator: 1 },
  }),
  'publisher that is slow': explored({
    clients: [publishes(1, 0), publishes(1, 1)],
    timers: 'patient',
    isMediaSlow: false,
    retryLimit: 0,
    chances: { refusals: 1 },
  }),
  call: explored(
    {
      clients: [[...joins(1, 0), ...talks(1)], [...joins(1, 1), ...talks(1)], joins(1, 0)],
      ...settled,
      retryLimit: 0,
    },
    [properties.answered.name],
  ),
  'call that loses a socket': explored(
    { clients: [joins(1, 0), joins(1, 0)], ...settled, retryLimit: 0, chances: { losses: 1 } },
    [properties.answered.name],
  ),
  room: explored({
    clients: [enters(1, 1, 1), [...enters(2, 1, 0), ...asksForRoom()]],
    ...settled,
    hasMemberRoles: false,
    retryLimit: 0,
    chances: { losses: 1 },
  }),
  'room that is played as one': explored({
    clients: [publishesInto('s1', 1, 1), playsRoom(1, 1)],
    ...settled,
    retryLimit: 0,
    limits: { viewers: 1 },
    chances: { data: 1, operator: 1 },
  }),
  'stream with one viewer': explored({
    clients: [publishes(1, 0), plays(1, 0), plays(1, 0)],
    ...settled,
    retryLimit: 0,
    limits: { viewers: 1 },
  }),
  'publisher and player of one id on one socket': explored({
    clients: [[...publishes(1, 0), ...plays(1, 0)]],
    timers: 'patient',
    candidates: 1,
    isGrantedAtOnce: true,
    retryLimit: 0,
  }),
  'limits as they are shipped': defaultLimitFindings,
  walks: () => walkFindings(6),
  wire: wireFindings,
  clock: clockFindings,
  sleep: sleepFindings,
  rate: rateFindings,
  quality: qualityFindings,
  resource: resourceFindings,
} as const satisfies Record<string, Check>;

import { begin, type Event, signallingMachines, step } from '@sigchart/core/machines';
import type { Transition } from '@sigchart/core/session';
import type { AnyStateMachine } from 'xstate';
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
import type { Move } from '../../src/joint/explore.ts';
import { ladder } from '../../src/joint/ladder.ts';
import { Shipped } from '../../src/joint/shipped.ts';
import { type JointOptions, jointSystem } from '../../src/joint/system.ts';
import { serialize } from '../../src/machine/graph.ts';
import { type Finding, pseudorandom } from './finding.ts';

/** Names of the properties that walks check. */
export const walked = {
  same: 'what ships does what was explored',
  traced: 'what is observed is what happened',
  caused: 'an event names the effect that led to it',
} as const;

const chances = {
  losses: 3,
  failures: 2,
  breaks: 2,
  refusals: 2,
  operator: 1,
  stops: 1,
  data: 2,
  changes: 2,
};

const shared = { hasSockets: true, candidates: 1, retryLimit: 1, chances, limits: { viewers: 2 } } as const;

/** Conversations that are walked. Together they have every role, and everything that may happen. */
const conversations: readonly JointOptions[] = [
  {
    clients: [
      [...publishes(3, 2), ...plays(1, 1)],
      [...plays(3, 2), ...counts(2)],
      [...plays(2, 1), ...publishes(1, 1)],
    ],
    timers: 'patient',
    ...shared,
  },
  {
    clients: [
      [...joins(4, 1), ...talks(3)],
      [...joins(4, 1), ...talks(3)],
      [...joins(4, 1), ...talks(2)],
    ],
    timers: 'patient',
    ...shared,
    chances: { ...chances, refusals: 0, stops: 0 },
  },
  { clients: [enters(1, 2), [...enters(2, 2), ...asksForRoom(2)], enters(3)], timers: 'patient', ...shared },
  { clients: [publishesInto('s1', 2, 1), publishesInto('s2', 2, 1), playsRoom(3, 2)], timers: 'patient', ...shared },
  // Two roles of one id on one socket, whose candidates tell them apart.
  {
    clients: [[...publishes(8, 0), ...plays(20, 0)]],
    ...shared,
    timers: 'patient',
    isGrantedAtOnce: true,
    candidates: 3,
    chances: { changes: 2 },
  },
  {
    clients: [
      [...publishes(2, 1), ...joins(2, 1)],
      [...plays(2, 1), ...joins(2, 1), ...talks(2)],
    ],
    timers: 'any',
    isGrantedAtOnce: true,
    isMediaSlow: false,
    ...shared,
  },
];

/** Number of moves of a walk. */
const length = 150;

/** Walks the conversations at random, along with the sessions that ship. Ends at the first difference. */
export function walkFindings(walks: number): readonly Finding[] {
  for (let seed = 1; seed <= walks; seed += 1)
    for (const options of conversations) {
      const found = walkOnce(options, seed);
      if (found.length > 0) return found;
    }
  return [];
}

function walkOnce(options: JointOptions, seed: number): readonly Finding[] {
  const next = pseudorandom(seed);
  const { clients, retryLimit = 1, limits = {}, isGrantedAtOnce = false } = options;
  const shipped = new Shipped({
    clients: clients.length,
    retryLimit,
    limits,
    grant: (request) => {
      if (!isGrantedAtOnce) return undefined;
      const limit = request.action === 'play' ? limits.viewers : undefined;
      return { type: 'access.granted', request, ...(limit !== undefined && { limit }) };
    },
  });
  const system = jointSystem(options, shipped);
  let world = system.initial;
  const trace: Move<unknown>[] = [];
  for (let taken = 0; taken < length; taken += 1) {
    shipped.follow();
    const difference = shipped.difference(world);
    if (difference !== undefined) {
      const names = ['client 1', 'server', 'client 2', 'client 3'];
      return [{ property: walked.same, detail: `seed ${seed}: ${difference}\n${ladder(names, trace)}` }];
    }
    const move = pick(system.movesOf(world), next());
    if (move === undefined) break;
    trace.push(move);
    world = move.take();
  }
  return transitionFindings(shipped.transitions);
}

/** Moves by which a conversation makes no progress, or ends. */
const isRare = ({ name }: Move<unknown>) => /^(timer (ping|liveness)|app\.stop|socket lost|server stops)/.test(name);

/** One of several moves: a rare one less often, and none if all are rare. */
function pick<Choice extends Move<unknown>>(moves: readonly Choice[], chance: number): Choice | undefined {
  if (moves.every(isRare)) return undefined;
  const weighed = moves.flatMap((move) => (isRare(move) ? [move] : [move, move, move, move, move]));
  return weighed[Math.floor(chance * weighed.length)];
}

const machineOf = (id: string): AnyStateMachine => signallingMachines.find((machine) => machine.id === id) as never;

/** Events that only an effect of another machine leads to. */
const isInner = (type: string) => /^(role|room|stream)\./.test(type);

/** What was observed of each machine is one run of it, and each cause is the effect that led to the event. */
function transitionFindings(transitions: readonly Transition[]): readonly Finding[] {
  const findings: Finding[] = [];
  const latest = new Map<object, Transition[]>();
  const causes = new Set<object>();
  const note = (property: string, detail: string) => void findings.push({ property, detail });
  for (const transition of transitions) {
    const { running, seq, machine, event, from, state, context, status, effects, cause } = transition;
    const run = latest.get(running) ?? [];
    latest.set(running, run);
    const last = run.at(-1);
    run.push(transition);
    if (seq !== run.length) note(walked.traced, `${machine} ${event.type} has number ${seq} instead of ${run.length}`);
    if (JSON.stringify(from) !== JSON.stringify(last?.state)) note(walked.traced, `${machine} begins elsewhere`);
    const stepped =
      last === undefined
        ? begin(machineOf(machine), (event as { readonly input?: never }).input as never)
        : step(machineOf(machine), snapshotFrom(last) as never, event as Event as never);
    if (
      serialize(stepped.snapshot as never) !== serialize({ value: state, context, status } as never) ||
      JSON.stringify(stepped.effects) !== JSON.stringify(effects)
    )
      note(walked.traced, `${machine} does not do so on ${event.type}`);
    if (cause === undefined) {
      if (isInner(event.type)) note(walked.caused, `${machine} hears ${event.type} from nowhere`);
      continue;
    }
    const effect = latest.get(cause.running)?.[cause.seq - 1]?.effects[cause.effect];
    if (effect !== undefined) causes.add(effect);
    if (effect === undefined) note(walked.caused, `${machine} hears ${event.type} by an effect that is not known`);
    else if (isInner(event.type) && !/^(role|room|stream)\./.test(effect.type))
      note(walked.caused, `${machine} hears ${event.type} by ${effect.type}`);
  }
  for (const { machine, effects } of transitions)
    for (const effect of effects)
      if (effect.type === 'role.start' && machine === 'conference.client' && !causes.has(effect))
        note(walked.caused, 'a member starts a role that does not name it');
  return findings.slice(0, 1);
}

/** The snapshot after a transition. */
const snapshotFrom = ({ machine, state, context, status }: Transition) =>
  machineOf(machine).resolveState({ value: state as never, context: context as never, status } as never);

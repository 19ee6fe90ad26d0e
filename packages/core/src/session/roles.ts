import type { AnyStateMachine, EmittedFrom, EventFromLogic } from 'xstate';
import { type RoleRoute, ufragsAfter } from '../app/route.ts';
import type { Event } from '../machines/event.ts';
import type { RoleAddress } from '../machines/ports/role.ts';
import type { TimerEffect, TimerEvent } from '../machines/ports/timer.ts';
import type { TimerName } from '../machines/timer.ts';
import type { Clock } from './clock.ts';
import type { TransitionListener } from './observation.ts';
import { type FailurePoint, type Run, run } from './run.ts';

/** Place of a machine in a session. */
export interface SessionScene {
  /** The role, or `undefined` for the socket machine itself. */
  readonly address: RoleAddress | undefined;
}

/** The socket machine itself. */
export const socketScene: SessionScene = { address: undefined };

/** Called with each machine of a session when it starts; returns a listener for its transitions. */
export type SessionObserver = (scene: SessionScene) => TransitionListener;

/** Performs one family of effects for one role, and reports back as events. */
export type Performer<Effect, Report> = (
  address: RoleAddress,
  report: (event: Report) => void,
) => (effect: Effect) => void;

/** Performs `timer.*` for one machine. */
export interface Timers {
  perform(effect: TimerEffect): void;
  stopAll(): void;
}

/** Makes the timers of one machine. */
export function timers(clock: Clock, elapsed: (event: TimerEvent) => void): Timers {
  const running = new Map<TimerName, () => void>();
  const stop = (name: TimerName) => {
    running.get(name)?.();
    running.delete(name);
  };
  return {
    perform(effect) {
      const { name } = effect;
      stop(name);
      if (effect.type === 'timer.stop') return;
      const cancel = clock.start(effect.ms, () => {
        running.delete(name);
        elapsed({ type: `timer.${name}` });
      });
      running.set(name, cancel);
    },
    stopAll() {
      for (const name of [...running.keys()]) stop(name);
    },
  };
}

/** A role that runs. */
interface Role extends RoleRoute {
  readonly running: Run<AnyStateMachine>;
  ufrags: ReadonlySet<string>;
}

/** Options for starting a role. */
export interface RoleOptions<Machine extends AnyStateMachine> {
  readonly address: RoleAddress;
  readonly machine: Machine;
  readonly input: unknown;
  readonly clock: Clock;
  /** Makes what performs the machine's effects. */
  readonly performer: (
    timers: Timers,
    report: (event: EventFromLogic<Machine>) => void,
  ) => (effect: EmittedFrom<Machine>) => void;
  readonly observe: SessionObserver | undefined;
  /** Called with exceptions of effects, listeners and steps of the machine. */
  readonly failed: ((error: unknown, at: FailurePoint) => void) | undefined;
}

const keyOf = ({ role, streamId }: RoleAddress) => `${role} ${streamId}`;

/** The roles of one socket: at most one of each name and id. */
export class Roles {
  readonly #roles = new Map<string, Role>();

  /** Iterates over the roles that run now. Roles may start and end during the iteration. */
  [Symbol.iterator](): Iterator<RoleRoute> {
    return [...this.#roles.values()][Symbol.iterator]();
  }

  /** The machine of a role that runs. */
  get(address: RoleAddress): Run<AnyStateMachine> | undefined {
    return this.#roles.get(keyOf(address))?.running;
  }

  /** Runs a machine as a role. */
  start<Machine extends AnyStateMachine>(options: RoleOptions<Machine>): Run<Machine> {
    const { address, observe } = options;
    const own = timers(options.clock, (event) => running.send(event as EventFromLogic<Machine>));
    const running: Run<Machine> = run({
      machine: options.machine,
      input: options.input as never,
      perform: options.performer(own, (event) => running.send(event)),
      ended: () => {
        own.stopAll();
        this.#roles.delete(keyOf(address));
      },
      observe: observe && (() => observe({ address })),
      failed: options.failed,
    });
    const role: Role = { address, running: running as unknown as Run<AnyStateMachine>, ufrags: new Set() };
    this.#roles.set(keyOf(address), role);
    return running;
  }

  /** Gives an event to each of `roles` that still runs. */
  tell(roles: Iterable<RoleRoute>, event: Event): void {
    for (const { address } of roles) {
      const role = this.#roles.get(keyOf(address));
      if (role === undefined) continue;
      if (event.type === 'signal.takeConfiguration') role.ufrags = ufragsAfter(role.ufrags, event.message.sdp);
      role.running.send(event);
    }
  }
}

import type { AnyStateMachine, EmittedFrom, EventFromLogic, InputFrom } from 'xstate';
import { type FailurePoint, type Running, run, type TransitionListener } from './run.ts';

/** Which of the machines that sockets share it is. */
export interface SharedScene {
  /** The id of its stream, call or room. */
  readonly shared: string;
}

/** Told of each machine that sockets share as it starts: returns what hears of it. */
export type SharedObserver = (scene: SharedScene) => TransitionListener;

/** How to keep machines that many sockets share. */
export interface RegistryOptions<Machine extends AnyStateMachine> {
  readonly machine: Machine;
  readonly inputOf: (id: string) => InputFrom<Machine>;
  /** Performs what the machine of an id asks for. */
  readonly perform: (
    id: string,
    effect: EmittedFrom<Machine>,
    report: (event: EventFromLogic<Machine>) => void,
  ) => void;
  /** Hears that the machine of an id has ended. */
  readonly ended?: (id: string) => void;
  readonly observe?: SharedObserver | undefined;
  /** Hears what an effect, a listener or a step of the machine of an id has thrown. The machine runs on. */
  readonly failed: (id: string, error: unknown, at: FailurePoint) => void;
}

/** Machines that many sockets share, by id. One begins to run with its first event, and ends as soon as it is unused. */
export class Registry<Machine extends AnyStateMachine> {
  readonly #options: RegistryOptions<Machine>;
  readonly #running = new Map<string, Running<Machine>>();
  /** How many tells are under way, one within the other. */
  #depth = 0;
  /** Which machines have heard something meanwhile. */
  readonly #told = new Set<string>();

  constructor(options: RegistryOptions<Machine>) {
    this.#options = options;
  }

  /** How many run. */
  get size(): number {
    return this.#running.size;
  }

  /** The ids of those that run. */
  get ids(): readonly string[] {
    return [...this.#running.keys()];
  }

  /** The machine of an id, if it runs. */
  get(id: string): Running<Machine> | undefined {
    return this.#running.get(id);
  }

  /** Gives the machine of an id an event. */
  tell(id: string, event: EventFromLogic<Machine>): void {
    const running = this.#running.get(id) ?? this.#start(id);
    this.#told.add(id);
    this.#depth += 1;
    try {
      running.send(event);
    } finally {
      this.#depth -= 1;
    }
    // Within another tell, events may still wait for a machine that looks unused.
    if (this.#depth === 0) this.#sweep();
  }

  #start(id: string): Running<Machine> {
    const { machine, inputOf, perform, observe, failed } = this.#options;
    const running = run<Machine>({
      machine,
      input: inputOf(id),
      perform: (effect) => perform(id, effect, (event) => this.tell(id, event)),
      observe: observe && (() => observe({ shared: id })),
      failed: (error, at) => failed(id, error, at),
    });
    this.#running.set(id, running);
    return running;
  }

  #sweep(): void {
    for (const id of this.#told) {
      const running = this.#running.get(id);
      if (!running?.hasTag('unused')) continue;
      this.#running.delete(id);
      running.stop();
      this.#options.ended?.(id);
    }
    this.#told.clear();
  }
}

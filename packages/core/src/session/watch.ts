import type { AnyMachineSnapshot } from 'xstate';
import type { AppStep, EffectCause } from '../app/output.ts';
import type { Place } from '../app/state.ts';
import {
  causeNow,
  type ObservedMachine,
  type TransitionCause,
  type TransitionListener,
  transitionOf,
} from './observation.ts';

/** A machine of an app that is observed. */
interface WatchEntry {
  readonly running: ObservedMachine;
  readonly listener: TransitionListener;
  snapshot: AnyMachineSnapshot;
  seq: number;
}

/** Reports the steps of an app's machines to their observers. */
export class Watch {
  readonly #observe: (place: Place) => TransitionListener | undefined;
  readonly #failed: (place: Place, error: unknown) => void;
  /** By the place of the machine, which is one object as long as it runs. */
  readonly #watched = new Map<Place, WatchEntry>();

  constructor(
    observe: (place: Place) => TransitionListener | undefined,
    failed: (place: Place, error: unknown) => void,
  ) {
    this.#observe = observe;
    this.#failed = failed;
  }

  /**
   * Reports steps that an app has taken. Returns a function that maps an effect of one of them to a cause, for the events that it
   * leads to.
   */
  tell(steps: readonly AppStep[]): (cause: EffectCause | undefined) => TransitionCause | undefined {
    const outer = causeNow();
    const own: (TransitionCause | undefined)[] = [];
    const causeOf = (cause: EffectCause | undefined): TransitionCause | undefined => {
      const step = cause && own[cause.step];
      return step && cause ? { ...step, effect: cause.effect } : outer;
    };
    for (const step of steps) {
      const cause = causeOf(step.cause);
      const watched = this.#add(step, cause);
      // An unobserved machine is skipped: its effects are attributed to the machine that caused them.
      own.push(watched === undefined ? cause : { running: watched.running, seq: watched.seq, effect: 0 });
    }
    return causeOf;
  }

  #add(step: AppStep, cause: TransitionCause | undefined): WatchEntry | undefined {
    const { place, event, before, snapshot } = step;
    const watched = before === undefined ? this.#begin(step) : this.#watched.get(place);
    if (watched === undefined) return undefined;
    watched.snapshot = snapshot;
    watched.seq += 1;
    const { running, seq } = watched;
    try {
      watched.listener(transitionOf(step, { running, seq, event, from: before?.value, cause }));
    } catch (error) {
      this.#failed(place, error);
    }
    if (snapshot.status !== 'active') this.#watched.delete(place);
    return watched;
  }

  #begin({ place, machine, snapshot }: AppStep): WatchEntry | undefined {
    let listener: TransitionListener | undefined;
    try {
      listener = this.#observe(place);
    } catch (error) {
      this.#failed(place, error);
    }
    if (listener === undefined) return undefined;
    const watched: WatchEntry = {
      running: { machine, getSnapshot: () => watched.snapshot },
      listener,
      snapshot,
      seq: 0,
    };
    this.#watched.set(place, watched);
    return watched;
  }
}

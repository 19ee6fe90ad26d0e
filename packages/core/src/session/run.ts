import {
  type AnyActorRef,
  type AnyStateMachine,
  type AnyTransitionDefinition,
  createActor,
  type EmittedFrom,
  type EventFromLogic,
  type InputFrom,
  type SnapshotFrom,
} from 'xstate';

/** Whose effect was being performed as a machine was sent an event, and the place of that effect. */
export interface TransitionCause {
  readonly actor: AnyActorRef;
  readonly place: number;
}

/** What happened to one machine: the event it heard, what it became, and what it asked for. */
export interface Transition {
  /** The machine, by id. */
  readonly machine: string;
  /** What the machine runs as: tells one run of it from the next. */
  readonly actor: AnyActorRef;
  readonly event: { readonly type: string };
  /** The state value before the event; `undefined` as the machine starts. */
  readonly from: unknown;
  /** The state value after the event. */
  readonly state: unknown;
  /** Whether the machine has ended. */
  readonly done: boolean;
  readonly context: unknown;
  readonly effects: readonly { readonly type: string }[];
  /** The transitions of the machine that were taken, in order. None as it starts, and when the state does not know the event. */
  readonly taken: readonly AnyTransitionDefinition[];
  /**
   * The place of the event, and then of each effect, among all that is observed in this process. One machine is observed
   * within another's turn, and before it, when an effect of the other is what it hears.
   */
  readonly order: readonly number[];
  /** What made it hear the event, when an effect did so at once; none for what comes from outside. */
  readonly cause: TransitionCause | undefined;
}

let observed = 0;
let performing: TransitionCause | undefined;

/** A machine that runs. */
export interface Running<Machine extends AnyStateMachine> {
  send(event: EventFromLogic<Machine>): void;
  getSnapshot(): SnapshotFrom<Machine>;
  /** Whether the machine is in a state with this tag. */
  hasTag(tag: string): boolean;
  /** Ends it without any further effect. */
  stop(): void;
  /** Calls `listener` after every event. Returns how to end that. */
  subscribe(listener: (snapshot: SnapshotFrom<Machine>) => void): () => void;
}

/** How to run a machine. */
export interface RunOptions<Machine extends AnyStateMachine> {
  readonly machine: Machine;
  readonly input: InputFrom<Machine>;
  /** Performs one effect. May report back at once: events queue. */
  readonly perform: (effect: EmittedFrom<Machine>) => void;
  /** Hears of the machine's end, after its last effects. */
  readonly ended?: () => void;
  /** Hears of every event with its consequences. Left out, it costs nothing. */
  readonly observe?: ((transition: Transition) => void) | undefined;
}

/** Runs a machine as an actor and has its effects performed. */
export function run<Machine extends AnyStateMachine>(options: RunOptions<Machine>): Running<Machine> {
  const { machine, perform, ended, observe } = options;
  let effects: { readonly type: string }[] = [];
  let taken: readonly AnyTransitionDefinition[] = [];
  let order: number[] = [];
  let from: unknown;
  /** The causes of the start and of what was sent since, in order: one for each event that is heard. */
  const causes = [performing];
  const place = () => {
    observed += 1;
    order.push(observed);
  };
  const actor = createActor<AnyStateMachine>(machine, {
    input: options.input as never,
    ...(observe && {
      inspect: (inspection) => {
        // Before the effects of an event are performed comes a microstep, if only an empty one.
        if (inspection.type === '@xstate.microstep') {
          if (order.length === 0) place();
          taken = taken.length === 0 ? inspection._transitions : [...taken, ...inspection._transitions];
          return;
        }
        if (inspection.type !== '@xstate.snapshot' || inspection.actorRef !== actor) return;
        if (order.length === 0) place();
        const snapshot = inspection.snapshot as SnapshotFrom<AnyStateMachine>;
        const transition = {
          machine: machine.id,
          actor,
          event: inspection.event,
          from,
          state: snapshot.value,
          done: snapshot.status === 'done',
          context: snapshot.context,
          effects,
          taken,
          order,
          cause: causes.shift(),
        };
        effects = [];
        taken = [];
        order = [];
        from = snapshot.value;
        observe(transition);
      },
    }),
  });
  actor.on('*', (effect) => {
    if (observe) {
      // The effects of the start have no microstep before them.
      if (order.length === 0) place();
      place();
      effects.push(effect);
      const outer = performing;
      performing = { actor, place: observed };
      try {
        perform(effect as EmittedFrom<Machine>);
      } finally {
        performing = outer;
      }
      return;
    }
    perform(effect as EmittedFrom<Machine>);
  });
  actor.subscribe({ complete: () => ended?.() });
  actor.start();
  return {
    // What comes late, after the machine has ended, is nothing to warn of.
    send: (event) => {
      if (actor.getSnapshot().status !== 'active') return;
      if (observe) causes.push(performing);
      actor.send(event);
    },
    hasTag: (tag) => actor.getSnapshot().hasTag(tag),
    stop: () => actor.stop(),
    getSnapshot: () => actor.getSnapshot() as SnapshotFrom<Machine>,
    subscribe: (listener) => {
      const subscription = actor.subscribe((snapshot) => listener(snapshot as SnapshotFrom<Machine>));
      return () => subscription.unsubscribe();
    },
  };
}

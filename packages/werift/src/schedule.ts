/** Granularity of tasks: they run at multiples of it, so that the tasks of all connections wake the process once. Milliseconds. */
const fineMs = 5;

/** From which time on tasks run at which multiples: the longer one waits, the less a moment matters. Milliseconds. */
const grids = [
  { fromMs: 1_000, gridMs: 250 },
  { fromMs: 50, gridMs: 50 },
  { fromMs: 0, gridMs: fineMs },
] as const;

/** Time that tasks may take before packets that have arrived are forwarded. Milliseconds. */
const sliceMs = 2;

const gridOf = (ms: number) => grids.find(({ fromMs }) => ms >= fromMs)?.gridMs ?? fineMs;

type Run = (nowMs: number) => void;

/** A task that waits for its time. */
export interface ScheduledTask {
  cancel(): void;
}

/**
 * Runs the tasks of all connections of a process on one timer, which exists only while a task waits.
 *
 * A task runs once; one that has more to do schedules itself again. So a connection on which nothing happens costs nothing.
 */
export class Schedule {
  /** Waiting tasks by the time at which they are due, in units of {@link fineMs}. */
  readonly #slots = new Map<number, Set<Run>>();
  #timer: NodeJS.Timeout | undefined;
  #timerSlot = Number.POSITIVE_INFINITY;

  /** Runs a task after `ms`, rounded so that it coincides with others: to 5 ms, from 50 ms on to 50 ms, from a second on to 250 ms. */
  after(ms: number, task: Run): ScheduledTask {
    const nowMs = performance.now();
    const gridMs = gridOf(ms);
    const units = gridMs / fineMs;
    const next = Math.floor(nowMs / gridMs) + 1;
    const slot = units * Math.max(next, Math.round((nowMs + ms) / gridMs));
    // Every task is a function of its own, even if one function is scheduled twice.
    const run: Run = (atMs) => task(atMs);
    const tasks = this.#slots.get(slot) ?? new Set();
    tasks.add(run);
    this.#slots.set(slot, tasks);
    if (slot < this.#timerSlot) this.#wait(slot, nowMs);
    return {
      cancel: () => {
        tasks.delete(run);
        if (tasks.size > 0 || this.#slots.get(slot) !== tasks) return;
        this.#slots.delete(slot);
        if (this.#slots.size === 0) this.#stop();
      },
    };
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#timerSlot = Number.POSITIVE_INFINITY;
  }

  #wait(slot: number, nowMs: number): void {
    clearTimeout(this.#timer);
    this.#timerSlot = slot;
    this.#timer = setTimeout(() => this.#run(slot), Math.max(0, Math.ceil(slot * fineMs - nowMs)));
  }

  #run(due: number): void {
    const nowMs = performance.now();
    const last = Math.max(due, Math.floor(nowMs / fineMs));
    const dueSlots = [...this.#slots.keys()].filter((slot) => slot <= last).sort((one, other) => one - other);
    const dueTasks = dueSlots.map((slot) => this.#slots.get(slot) ?? []);
    for (const slot of dueSlots) this.#slots.delete(slot);
    this.#stop();
    if (this.#slots.size > 0) this.#wait(Math.min(...this.#slots.keys()), nowMs);
    runAll(each(dueTasks), nowMs);
  }
}

/** The tasks of some sets, one after the other. One that is cancelled before its turn is left out. */
function* each(sets: readonly Iterable<Run>[]): Generator<Run, void> {
  for (const tasks of sets) yield* tasks;
}

/** Runs tasks, and lets packets through after every {@link sliceMs}: tasks of hundreds of connections are due together. */
function runAll(tasks: Iterator<Run, void>, nowMs: number): void {
  do {
    const next = tasks.next();
    if (next.done === true) return;
    runAlone(next.value, nowMs);
  } while (performance.now() - nowMs < sliceMs);
  setImmediate(() => runAll(tasks, performance.now()));
}

/** Runs a task. An error is the process' to deal with, and keeps no other connection from its tasks. */
function runAlone(task: Run, nowMs: number): void {
  try {
    task(nowMs);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

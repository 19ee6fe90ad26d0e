import { run } from '@sigchart/core/session';
import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import type { Graph } from './graph.ts';
import type { Path } from './paths.ts';
import { activeStates, statesOf } from './transition.ts';

/** Deviation of a system under test from a path. */
export class DivergedError extends Error {
  override readonly name = 'DivergedError';
}

const text = (value: unknown) => JSON.stringify(value);

/**
 * Runs a path on a machine as a server or client runs it, with its effects performed, and compares states, context and effects of
 * every step.
 *
 * @param machine - Machine to run. Default: that of the path; another one with the same events shows where it differs.
 * @param compare - What is compared: states, context and effects (default), or effects only, as for a system whose state is not
 *   visible.
 * @throws {DivergedError} with the steps so far, the expected and the actual.
 */
export async function runOn<Machine extends AnyStateMachine>(
  graph: Graph<Machine>,
  path: Path<Machine>,
  machine: AnyStateMachine = graph.machine,
  compare: 'both' | 'effects' = 'both',
): Promise<void> {
  let effects: unknown[] = [];
  const running = run<AnyStateMachine>({
    machine,
    input: graph.options.inputs?.[path.input] as never,
    perform: (effect) => void effects.push(effect),
  });
  const walked: string[] = [];
  const expectSame = (what: string, expected: unknown, actual: unknown) => {
    if (text(expected) !== text(actual))
      throw new DivergedError(`after ${walked.join(', ')}: ${what} should be ${text(expected)}, not ${text(actual)}`);
  };
  try {
    const events = Object.fromEntries(
      graph.options.events.map(({ type }) => [
        type as string,
        ({ event, effects: expected }: Path<Machine>['steps'][number]) => {
          effects = [];
          walked.push((event as { readonly type: string }).type);
          running.send(event as never);
          expectSame('effects', expected, effects);
        },
      ]),
    );
    const states = Object.fromEntries(
      statesOf(graph.machine).map((state) => [
        state,
        ({ to }: Path<Machine>['steps'][number]) => {
          if (compare === 'effects') return;
          const snapshot = running.getSnapshot() as AnyMachineSnapshot;
          const expected = to.snapshot as AnyMachineSnapshot;
          expectSame('states', activeStates(expected), activeStates(snapshot));
          expectSame('what it knows', expected.context, snapshot.context);
        },
      ]),
    );
    await path.test({ events, states });
  } finally {
    running.stop();
  }
}

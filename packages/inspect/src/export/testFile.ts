import type { MachineDefinition } from '@sigchart/chart';
import { activeStates } from '@sigchart/chart';
import { type Moment, momentsOf } from '../reader/moment.ts';
import type { ReadRun } from '../reader/reader.ts';
import type { TransitionRecord } from '../trace/record.ts';
import { linesLiteral, literal } from './literal.ts';

/** Location of the machine for a test. */
export interface TestFileOptions {
  /** The name under which the machine is exported. Default that of the machine of `@sigchart/core` with the same id. */
  readonly machine?: string;
  /** The module that exports it. Default `@sigchart/core/machines`. */
  readonly from?: string;
}

/** `publisher.server` is exported as `publisherServer`. */
const exportedAs = (id: string): string => id.replaceAll(/\W+(\w?)/g, (_, letter: string) => letter.toUpperCase());

/** A text of several lines that is so long is written once, and named. */
const longText = 120;

function collect(value: unknown, found: Map<string, string>): void {
  if (typeof value === 'string') {
    if (value.length > longText && value.includes('\n') && !found.has(value)) {
      const kind = value.startsWith('v=0') ? 'sdp' : 'text';
      found.set(value, `${kind}${found.size + 1}`);
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) collect(inner, found);
  }
}

const stateText = (state: unknown): string => (typeof state === 'string' ? state : JSON.stringify(state));

const titleOf = (id: string, transitions: readonly TransitionRecord[]): string => {
  const heard = transitions.map(({ event }) => event.type).filter((type) => type !== 'xstate.init');
  const shown = heard.length > 6 ? [...heard.slice(0, 3), '…', ...heard.slice(-2)] : heard;
  const last = transitions.at(-1);
  const end = last === undefined ? '' : `, is ${stateText(last.state)}`;
  return `${id}, having heard ${shown.length === 0 ? 'nothing' : shown.join(', ')}${end}`;
};

const effectsExpected = (effects: TransitionRecord['effects'], known: ReadonlyMap<string, string>) =>
  `expect(effects).toEqual(${literal(effects, '  ', known)});`;

const isStart = (moment: Moment | undefined): boolean => moment?.transition?.event.type === 'xstate.init';

/** True if a machine had actors of its own at a moment. A trace has their names alone. */
const hasActors = (definition: MachineDefinition, { state, context }: Moment): boolean =>
  activeStates(definition, state).some((index) => definition.states[index]?.invoke !== undefined) ||
  (JSON.stringify(context) ?? '').includes('"[actor ');

/** Reason a run cannot be made a test, in a sentence; `undefined` when it can. */
export function whyNoTest(definition: MachineDefinition, run: ReadRun): string | undefined {
  const [first] = momentsOf(run);
  if (definition.isLogic) return 'It is no machine: what it did cannot be run again.';
  if (run.transitions.length === 0 || first === undefined) return 'Nothing of it was read.';
  if (!isStart(first) && hasActors(definition, first))
    return 'Its beginning is gone, and the actors that it had started by then are not in a trace.';
  return undefined;
}

/**
 * Exports a run as the text of a vitest test, which sends the recorded events to the machine and compares the results.
 *
 * A machine of `@sigchart/core` runs by `begin` and `step`; the test compares state and effects. Any other machine runs by
 * XState's `transition`; the test compares state and context, as recorded. If {@link whyNoTest} returns a reason, the test fails
 * with it.
 */
export function testFileOf(
  definition: MachineDefinition,
  run: ReadRun,
  { machine = exportedAs(definition.id), from = '@sigchart/core/machines' }: TestFileOptions = {},
): string {
  const isOurs = from === '@sigchart/core/machines';
  const moments = momentsOf(run);
  const transitions = moments.flatMap(({ transition }) => transition ?? []);
  const texts = new Map<string, string>();
  collect(
    transitions.map(({ event, effects }) => [event, isOurs ? effects : []]),
    texts,
  );
  const write = (value: unknown) => literal(value, '  ', texts);
  const [first] = moments;
  const isWhole = isStart(first);
  const reason = whyNoTest(definition, run);
  const input = (first?.transition?.event as { readonly input?: unknown } | undefined)?.input;
  const inputText = input === undefined ? 'undefined' : write(input);
  const starts: Record<string, string> = {
    ours: `let { snapshot, effects } = begin(${machine}, ${inputText}${input === undefined ? '' : ' as never'});`,
    other: `let [snapshot] = initialTransition(${machine}, ${inputText} as never);`,
  };
  const resumed = `${machine}.resolveState({\n    value: ${literal(first?.state, '    ')},\n    context: ${literal(first?.context, '    ')},\n  } as never)`;
  if (!isWhole) {
    starts.ours = `let { snapshot, effects }: Step<typeof ${machine}> = {\n    snapshot: ${resumed.replaceAll('\n', '\n  ')},\n    effects: [],\n    taken: [],\n  };`;
    starts.other = `let snapshot = ${resumed};`;
  }
  const hear = isOurs
    ? `const hear = (event: { readonly type: string }) => {\n    ({ snapshot, effects } = step(${machine}, snapshot, event as never));\n  };`
    : `const hear = (event: { readonly type: string }) => {\n    [snapshot] = transition(${machine}, snapshot, event as never);\n  };`;

  const expected = ({
    state,
    effects,
    context,
  }: {
    state: unknown;
    effects: TransitionRecord['effects'];
    context: unknown;
  }) => [
    `expect(snapshot.value).toEqual(${write(state)});`,
    isOurs
      ? effectsExpected(effects, texts)
      : `expect(asRecorded(snapshot.context)).toEqual(${literal(context, '  ', texts)});`,
  ];
  const steps = moments.flatMap(({ state, context, transition }, index) => {
    if (transition === undefined || (index === 0 && !isWhole)) return [];
    const { event, effects, status } = transition;
    const heard = index === 0 ? [] : [`hear(${write(event)});`];
    const ended = status === 'done' ? [`expect(snapshot.status).toBe('done');`] : [];
    return [[...heard, ...expected({ state, effects, context }), ...ended].map((line) => `  ${line}\n`).join('')];
  });

  const imports = isOurs
    ? [
        `import { ${[isWhole ? 'begin' : '', machine, isWhole ? '' : 'type Step', 'step'].filter(Boolean).toSorted().join(', ')} } from '@sigchart/core/machines';`,
        `import { expect, test } from 'vitest';`,
      ]
    : [
        `import { asRecorded } from '@sigchart/inspect';`,
        `import { expect, test } from 'vitest';`,
        `import { ${isWhole ? 'initialTransition, ' : ''}transition } from 'xstate';`,
        `import { ${machine} } from ${literal(from)};`,
      ];
  const constants = [...texts].map(([text, name]) => `const ${name} = ${linesLiteral(text)};\n\n`);
  const title = literal(titleOf(definition.id, transitions));
  const { recorder, labels } = run.record;
  const where = Object.entries(labels)
    .map(([key, value]) => `${key} ${value}`)
    .join(', ');
  const recorded = `// Recorded by ${recorder}${where === '' ? '' : `: ${where}`}. Secrets were removed.`.replaceAll(
    /[\r\n\u2028\u2029]/g,
    ' ',
  );
  if (reason !== undefined)
    return `import { expect, test } from 'vitest';\n\n${recorded}\ntest(${title}, () => {\n  expect.fail(${literal(reason)});\n});\n`;
  return [
    `${imports.join('\n')}\n\n`,
    `${recorded}\n`,
    ...constants,
    `test(${title}, () => {\n`,
    `  ${isOurs ? starts.ours : starts.other}\n`,
    `  ${hear}\n`,
    ...steps.map((text) => `\n${text}`),
    '});\n',
  ].join('');
}

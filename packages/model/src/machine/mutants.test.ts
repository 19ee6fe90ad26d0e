import { expect, test } from 'vitest';
import { isNightly } from '../../test/nightly.ts';
import { everySubject } from '../alphabet/roles.ts';
import { graphOf } from './graph.ts';
import { type Mutant, mutantsOf } from './mutants.ts';
import { type Path, paths } from './paths.ts';
import { runOn } from './running.ts';

/** Mutants that do what the machine does. */
const equivalents: ReadonlySet<string> = new Set([
  // In `awaited` or `open` without members, their `always` leads back to `empty` at once.
  'empty · signal.joinRoom [isTaken] → stays, retargeted',
  'empty · role.subscribed [isFull] → stays, retargeted',
  'empty · role.subscribed → stays, retargeted',
  'awaited · always [isDeserted] → empty, retargeted',
  'open · always [isDeserted] → empty, retargeted',
]);

/**
 * Minimum share of mutants that are detected by effects alone, without states and context. The others differ only after more than
 * two transitions: a timer that is not stopped, a stored candidate that is not added yet, a way back. Counted with
 * `SIGCHART_MODEL=nightly`.
 */
const lowestByEffects = 0.8;

const timeout = isNightly ? 3_600_000 : 600_000;

test.each(everySubject)(
  '%s: a transition that is missing or leads elsewhere is noticed',
  { timeout },
  async (id, subject) => {
    const graph = graphOf(subject.machine, subject.options);
    const all = paths(graph, 'pairs');
    /** Those that take the transition come first; most mutants are found by one of them. */
    const ordered = ({ transition: { name } }: Mutant) => {
      const takes = ({ steps }: (typeof all)[number]) =>
        steps.some(({ taken }) => taken.some((one) => one.name === name));
      return [...all.filter(takes), ...all.filter((path) => !takes(path))];
    };
    const isNoticed = async (mutant: Mutant, compare: 'both' | 'effects') => {
      for (const path of ordered(mutant)) {
        try {
          await runOn(graph, path as Path<typeof subject.machine>, mutant.machine, compare);
        } catch {
          return true;
        }
      }
      return false;
    };
    const mutants = mutantsOf(subject.machine);
    const survivors: string[] = [];
    const unseen: string[] = [];
    for (const mutant of mutants) {
      const name = `${mutant.transition.name}, ${mutant.change}`;
      if (!(await isNoticed(mutant, 'both'))) survivors.push(name);
      else if (isNightly && !(await isNoticed(mutant, 'effects'))) unseen.push(name);
    }
    const shareOf = (missed: number) => (mutants.length - missed) / mutants.length;
    const byEffects = shareOf(survivors.length + unseen.length);
    process.stdout.write(
      `${id}: ${mutants.length - survivors.length} of ${mutants.length} mutants noticed${isNightly ? `, ${(byEffects * 100).toFixed(1)} % by effects alone` : ''}\n`,
    );
    for (const name of survivors) process.stdout.write(`  survives: ${name}\n`);
    for (const name of unseen) process.stdout.write(`  only by its state: ${name}\n`);
    expect(survivors.filter((name) => !equivalents.has(name))).toEqual([]);
    expect(byEffects).toBeGreaterThanOrEqual(lowestByEffects);
  },
);

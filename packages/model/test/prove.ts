import { expect, test } from 'vitest';
import { explore, type Property } from '../src/joint/explore.ts';
import { violationText } from '../src/joint/ladder.ts';
import { properties } from '../src/joint/properties.ts';
import { type JointOptions, jointSystem } from '../src/joint/system.ts';
import type { World } from '../src/joint/world.ts';
import { isNightly } from './nightly.ts';

interface Proof {
  readonly options: JointOptions;
  /** Options of the nightly exploration. */
  readonly nightly?: JointOptions;
  /** Minimum number of joint states: fewer mean that the model no longer explores. */
  readonly floor: number;
  /** True if the nightly exploration is known to reach its limit of states, so that it proves less than everything. Default `false`. */
  readonly isBounded?: boolean;
  /** Of {@link properties}, those that cannot hold here, each with the reason in the test. */
  readonly without?: readonly (keyof typeof properties)[];
}

/** A test that all properties hold in every joint state of a conversation. */
export function prove(title: string, { options, nightly, floor, isBounded = false, without = [] }: Proof): void {
  test(title, { timeout: isNightly ? 3_600_000 : 600_000 }, () => {
    const checked = Object.entries(properties)
      .filter(([name]) => !(without as readonly string[]).includes(name))
      .map(([, property]) => property as Property<World>);
    const system = jointSystem(isNightly ? (nightly ?? options) : options);
    const explored = explore(system, { properties: checked, limit: isNightly ? 4_000_000 : 400_000 });
    const { states, transitions, beyond, quiet, isComplete } = explored;
    process.stdout.write(
      `${title}: ${states} joint states, ${transitions} transitions, ${quiet} at rest, ${beyond} beyond the queues\n`,
    );
    const participants = ['client 1', 'server', ...options.clients.slice(1).map((_, index) => `client ${index + 2}`)];
    expect(explored.violations.map((violation) => violationText(participants, violation as never)).join('\n')).toBe('');
    expect(isComplete || (isNightly && isBounded)).toBe(true);
    expect(states).toBeGreaterThanOrEqual(floor);
  });
}

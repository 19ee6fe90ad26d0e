import type { Move } from '../joint/explore.ts';
import { type JointOptions, jointSystem } from '../joint/system.ts';

/**
 * Runs a conversation with the given optional moves, in this order. After each, every move that is bound to happen is made,
 * except timers.
 *
 * @throws {Error} if a move of that name is not possible at its turn.
 */
export function play(options: JointOptions, wanted: readonly string[]): readonly Move<unknown>[] {
  const system = jointSystem(options);
  const trace: Move<unknown>[] = [];
  let world = system.initial;
  const take = (move: Move<typeof world>) => {
    trace.push(move);
    world = move.take();
  };
  const find = (wish: string) => {
    const [client = '', name = ''] = wish.includes(': ') ? wish.split(': ') : ['', wish];
    return system.movesOf(world).find((one) => one.name === name && (client === '' || one.between.includes(client)));
  };
  const settle = (next: string | undefined) => {
    for (;;) {
      const refusal = next?.startsWith('access') ? find(next) : undefined;
      const move = system.movesOf(world).find(({ isBound, name }) => isBound && !name.startsWith('timer'));
      // Every request is answered, so a refusal cannot wait until nothing is pending.
      if (refusal !== undefined || move === undefined) return;
      take(move);
    }
  };
  settle(wanted[0]);
  wanted.forEach((wish, index) => {
    const move = find(wish);
    if (move === undefined) throw new Error(`${wish} cannot happen`);
    take(move);
    settle(wanted[index + 1]);
  });
  return trace;
}

/** A trace as a Mermaid sequence diagram. */
export function sequenceOf(participants: readonly string[], trace: readonly Move<unknown>[]): string {
  const idOf = (name: string) => name.replaceAll(' ', '');
  return [
    'sequenceDiagram',
    ...participants.map((name) => `  participant ${idOf(name)} as ${name}`),
    ...trace.map(({ name, between: [from, to] }) =>
      from === to ? `  Note over ${idOf(from)}: ${name}` : `  ${idOf(from)}->>${idOf(to)}: ${name}`,
    ),
  ].join('\n');
}

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isNightly } from '../../test/nightly.ts';
import type { Move, System } from './explore.ts';
import { ladder } from './ladder.ts';
import { jointSystem } from './system.ts';
import { snapshotOf } from './turn.ts';
import { nameOf, type World } from './world.ts';

const clients = [1, 2, 3] as const;
type Client = (typeof clients)[number];

/** Reference model of one stream id: its publisher and its players, once nothing is pending. */
interface Reference {
  publisher: Client | undefined;
  players: Set<Client>;
}

/** The machines, and what has happened to them. */
interface Real {
  readonly system: System<World>;
  world: World;
  readonly trace: Move<World>[];
}

const take = (real: Real, move: Move<World>) => {
  real.trace.push(move);
  real.world = move.take();
};

/** Lets everything happen that is bound to, time last. */
const settle = (real: Real) => {
  for (;;) {
    const [move] = real.system.movesOf(real.world).filter(({ isBound }) => isBound);
    if (move === undefined) return;
    take(real, move);
  }
};

const act = (real: Real, client: Client, wanted: string) => {
  const move = real.system
    .movesOf(real.world)
    .find(({ name, between }) => name === wanted && between[0] === `client ${client}`);
  if (move !== undefined) take(real, move);
  settle(real);
};

const stateOf = (world: World, client: Client, role: string) => {
  const actor = world.actors.get(nameOf('client', client, role, 's1'));
  return actor === undefined ? undefined : snapshotOf(actor);
};

const compare = (reference: Reference, { world, trace }: Real) => {
  const publishing = clients.filter((client) =>
    stateOf(world, client, 'publisher')?.matches({ accepted: { media: 'publishing' } } as never),
  );
  const playing = clients.filter((client) =>
    stateOf(world, client, 'player')?.matches({ accepted: { media: 'playing' } } as never),
  );
  const shown = () => `\n${ladder(['client 1', 'server', 'client 2', 'client 3'], trace)}\n`;
  expect(publishing, shown()).toEqual(reference.publisher === undefined ? [] : [reference.publisher]);
  expect(playing, shown()).toEqual([...reference.players].sort());
};

class Command implements fc.Command<Reference, Real> {
  readonly name: 'publish' | 'play' | 'stop' | 'lose';
  readonly client: Client;

  constructor(name: Command['name'], client: Client) {
    this.name = name;
    this.client = client;
  }

  check(reference: Readonly<Reference>): boolean {
    // The delay until players find a returning publisher depends on time, which is not modelled.
    return this.name !== 'lose' || reference.publisher !== this.client || reference.players.size === 0;
  }

  run(reference: Reference, real: Real): void {
    const { name, client } = this;
    switch (name) {
      case 'publish':
        reference.publisher ??= client;
        act(real, client, 'app.publish');
        break;
      case 'play':
        if (reference.publisher !== undefined) reference.players.add(client);
        act(real, client, 'app.play');
        break;
      case 'stop':
        reference.players.delete(client);
        if (reference.publisher === client) {
          reference.publisher = undefined;
          reference.players.clear();
        }
        stop(real, client);
        break;
      case 'lose':
        act(real, client, 'socket lost');
    }
    compare(reference, real);
  }

  toString(): string {
    return `client ${this.client}: ${this.name}`;
  }
}

/** Ends both roles of a client. */
const stop = (real: Real, client: Client) => {
  for (let count = 0; count < 2; count += 1) act(real, client, 'app.stop');
};

test('one publisher holds the id, those who ask while it is live play it, and they end with it', {
  timeout: isNightly ? 3_600_000 : 600_000,
}, () => {
  const times = 1_000;
  const options = {
    clients: clients.map(() => [
      { role: 'publisher', id: 's1', event: { type: 'app.publish', streamId: 's1' }, times } as const,
      { role: 'publisher', id: 's1', event: { type: 'app.stop' }, times } as const,
      { role: 'player', id: 's1', event: { type: 'app.play', streamId: 's1' }, times } as const,
      { role: 'player', id: 's1', event: { type: 'app.stop' }, times } as const,
    ]),
    chances: { losses: times },
    timers: 'patient',
    isMediaSlow: false,
    isGrantedAtOnce: true,
    retryLimit: 1,
  } as const;
  const system = jointSystem(options);
  const commands = clients.flatMap((client) =>
    (['publish', 'play', 'stop', 'lose'] as const).map((name) => fc.constant(new Command(name, client))),
  );
  fc.assert(
    fc.property(fc.commands(commands, { maxCommands: 20 }), (sequence) => {
      fc.modelRun(
        () => ({
          model: { publisher: undefined, players: new Set<Client>() },
          real: { system, world: system.initial, trace: [] },
        }),
        sequence,
      );
    }),
    { numRuns: isNightly ? 20_000 : 150 },
  );
});

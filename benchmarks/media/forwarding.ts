import { type Benchmark, digits, median, type Table } from '../report/table.ts';
import { hasJanus } from './janus.ts';
import { type Load, load } from './load.ts';
import { comparedServers } from './servers.ts';

const runs = 3;
const players = [1, 10, 50, 200];

const servers = comparedServers();

function row(name: string, all: readonly Load[]): readonly string[] {
  const cells = players.map((_, index) => {
    const packetUs = median(all.map(({ forwarded }) => forwarded[index]?.packetUs ?? Number.NaN));
    const delivered = median(all.map(({ forwarded }) => forwarded[index]?.delivered ?? Number.NaN));
    return delivered < 0.995 ? `${digits(packetUs)} (${(100 * delivered).toFixed(1)} % came)` : digits(packetUs);
  });
  return [name, ...cells, digits(median(all.map(({ joinMs }) => joinMs))), String(all.length)];
}

/** CPU time of a packet that is forwarded and of a player that joins, beside Janus. */
export const forwarding: Benchmark = {
  name: 'forwarding',
  title: 'Forwarding',
  async run(progress) {
    const found = servers.map((): Load[] => []);
    for (let run = 1; run <= runs; run += 1)
      for (const [index, { name, start }] of servers.entries()) {
        progress(`${name}, run ${run} of ${runs}`);
        const server = await start();
        try {
          const one = await load(server, players);
          found[index]?.push(one);
          progress(JSON.stringify(one));
        } catch (error) {
          // On a busy machine a player may not get through; the other runs count.
          progress(`failed: ${(error as Error).message}`);
        }
        await server.stop();
      }
    const table: Table = {
      head: [
        'µs of CPU a forwarded packet',
        ...players.map((n) => `${n} player${n > 1 ? 's' : ''}`),
        'ms of CPU a join',
        'runs',
      ],
      rows: servers.map(({ name }, index) => row(name, found[index] ?? [])),
      note: [
        `Medians. One publisher sends 100 packets a second of 1 200 bytes, 1 Mbit/s. It and the players are in another process, over loopback; players decrypt nothing. Before that, the first player gets 5 s of 1 000 packets a second, so that V8 has compiled what forwards them. All CPU time of the server, over the packets that came to players: with one player, what it costs to receive and to be there is in it too.`,
        hasJanus() ? '' : ' Janus is not installed (Debian package `janus`), so its rows are missing.',
      ].join(''),
    };
    return [table];
  },
};

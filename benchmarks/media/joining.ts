import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { outputOf } from '../process.ts';
import { type Benchmark, digits, type Table } from '../report/table.ts';
import { Delays } from './delays.ts';
import { Peer } from './peer.ts';
import { startSigchart } from './sigchart.ts';

const program = fileURLToPath(new URL('joiner.ts', import.meta.url));

/** Rates of joins that are tried. Joins a second; 0 for nobody. */
const rates = [0, 5, 10, 20];
const settleMs = 2_000;
const windowMs = 10_000;

/** Has players join for a window. Returns how many did. */
async function joins(url: string, perSecond: number): Promise<number> {
  if (perSecond === 0) {
    await setTimeout(windowMs);
    return 0;
  }
  const options = ['--conditions=@sigchart/source', '--disable-warning=ExperimentalWarning'];
  return Number(await outputOf(process.execPath, [...options, program, url, String(perSecond), String(windowMs)]));
}

/** Delay of a forwarded packet while other players join. */
export const joining: Benchmark = {
  name: 'joining',
  title: 'Packets while players join',
  async run(progress) {
    const server = await startSigchart();
    const [publisher, player] = [new Peer('sendonly'), new Peer('recvonly')];
    const delays = new Delays();
    const rows: string[][] = [];
    let stop = () => {};
    try {
      await server.publish(publisher);
      await server.play(player);
      publisher.start(1_000);
      await setTimeout(5_000);
      publisher.stop();
      // Code of a join is compiled, too.
      await joins(server.ws, 5);
      delays.measure(player);
      stop = delays.send(publisher);
      await setTimeout(settleMs);
      for (const rate of rates) {
        progress(`${rate} joins a second`);
        delays.reset();
        const joined = await joins(server.ws, rate);
        const perSecond = joined / (windowMs / 1000);
        const quantiles = [0.5, 0.99, 1].map((share) => digits(delays.quantile(share)));
        rows.push([digits(perSecond), String(delays.count), ...quantiles]);
        await setTimeout(settleMs);
      }
    } finally {
      stop();
      await Promise.all([publisher.close(), player.close()]);
      await server.stop();
    }
    const table: Table = {
      head: ['joins a second', 'packets', 'median, ms', '99 of 100 within, ms', 'longest, ms'],
      rows,
      note: `From the call that sends a packet to its arrival at the one player that has been there before, ${windowMs / 1000} s each, 100 packets a second of 1 200 bytes. Publisher and player are in one process, those who join in another one; on two cores all three compete for them.`,
    };
    return [table];
  },
};

import type { LoadResult } from './load.ts';

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

/** The result of a run, for people. */
export function loadReport({
  publishers,
  players,
  failures,
  joinsPerSecond,
  connectMs,
  seconds,
  packets,
  cpu,
  serverUsPerPacket,
}: LoadResult): string {
  const lost = packets.expected - packets.received;
  const rows: readonly (readonly [string, string] | undefined)[] = [
    ['publishers', `${publishers.connected} of ${publishers.asked} connected`],
    ['players', `${players.connected} of ${players.asked} connected, ${joinsPerSecond.toFixed(1)} a second`],
    connectMs && [
      'time to connect',
      `${connectMs.median.toFixed(0)} ms median, ${connectMs.p95.toFixed(0)} ms for 95 % of the players`,
    ],
    ['packets sent', `${packets.sent} in ${seconds.toFixed(1)} s`],
    [
      'packets received',
      `${packets.received}, ${packets.expected === 0 ? 'none expected' : `${percent(Math.max(0, lost) / packets.expected)} lost`}`,
    ],
    ['CPU of the server', cpu.server === undefined ? 'unknown; name its process with --pid' : percent(cpu.server)],
    serverUsPerPacket === undefined
      ? undefined
      : ['CPU per packet', `${serverUsPerPacket.toFixed(1)} µs of the server for each packet received`],
    ['CPU of this process', percent(cpu.load)],
    ...Object.entries(failures).map(([reason, count]) => ['failed', `${count}: ${reason}`] as const),
  ];
  const shown = rows.filter((row) => row !== undefined);
  const width = Math.max(...shown.map(([name]) => name.length));
  const warning =
    cpu.load > 0.9
      ? '\nThis process is short of CPU, so part of the loss is its own. Run several on other machines.\n'
      : '';
  return `${shown.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n')}\n${warning}`;
}

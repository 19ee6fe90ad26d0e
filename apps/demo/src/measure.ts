import { type Direction, type Report, readStatistics, type Statistics } from './statistics.ts';

/**
 * Returns a function that measures the connection of `connectionOf`; `undefined` while there is none.
 *
 * A bitrate is that since the previous call.
 */
export function measureConnection(
  direction: Direction,
  connectionOf: () => RTCPeerConnection | undefined,
): () => Promise<Statistics | undefined> {
  let connection: RTCPeerConnection | undefined;
  let before: Report | undefined;
  return async () => {
    if (connectionOf() !== connection) {
      connection = connectionOf();
      before = undefined;
    }
    if (connection === undefined) return undefined;
    const report: Report = await connection.getStats();
    const statistics = readStatistics(report, before, direction);
    before = report;
    return statistics;
  };
}

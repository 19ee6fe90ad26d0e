import type { RunRecord } from '@sigchart/inspect';

/** Maximum number of runs in one ladder. A feed serves at most 64. */
const atMost = 16;

/** Maximum distance in time of related runs. Milliseconds; the clocks of two machines differ. */
const slackMs = 5_000;

const subjectOf = ({ labels }: RunRecord) => labels.streamId ?? labels.shared;

/** Machine that chooses what a player is sent, and reports that to it. It runs beside the server's side of the player. */
const quality = 'quality.server';

/** The role and the side of a machine: `publisher.server` is both in one. */
const sideOf = (machine: string): { readonly family: string; readonly side: string } => {
  if (machine === quality) return sideOf('player.server');
  const cut = machine.lastIndexOf('.');
  return cut < 0 ? { family: machine, side: '' } : { family: machine.slice(0, cut), side: machine.slice(cut + 1) };
};

/**
 * The runs that communicate with one run: the other side of the same role for the same stream, and all runs in the
 * same call or room. The server's side of a player is two: its role, and its quality.
 *
 * @param machineOf - Returns the id of a run's machine.
 */
export function relatedTo(
  selected: RunRecord,
  all: Iterable<RunRecord>,
  machineOf: (record: RunRecord) => string,
): readonly RunRecord[] {
  const own = sideOf(machineOf(selected));
  const subject = subjectOf(selected);
  const isShared = own.family === 'peer' || own.family === 'conference';
  const endOf = ({ status, since }: RunRecord) => (status === 'active' ? Number.POSITIVE_INFINITY : since);
  const isQuality = (record: RunRecord) => machineOf(record) === quality;
  /** True for the quality of the selected player, and for the player of the selected quality. */
  const isBeside = (record: RunRecord) =>
    isQuality(record) !== isQuality(selected) && record.labels.socket === selected.labels.socket;
  const found: RunRecord[] = [];
  for (const record of all) {
    if (record.run === selected.run) continue;
    const other = sideOf(machineOf(record));
    const belongs =
      other.family === own.family &&
      subjectOf(record) === subject &&
      (isShared || other.side !== own.side || isBeside(record)) &&
      record.time <= endOf(selected) + slackMs &&
      endOf(record) + slackMs >= selected.time;
    if (belongs) found.push(record);
  }
  const distance = ({ time }: RunRecord) => Math.abs(time - selected.time);
  return found.toSorted((a, b) => distance(a) - distance(b)).slice(0, atMost - 1);
}

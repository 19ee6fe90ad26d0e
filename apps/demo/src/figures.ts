import { type Report, readStatistics, type Statistics } from './statistics.ts';

const none = '–';

const bitrateText = (kbps: number): string =>
  kbps >= 1000 ? `${(kbps / 1000).toFixed(kbps >= 10_000 ? 0 : 1)} Mbit/s` : `${Math.round(kbps)} kbit/s`;

/** A figure of the page: its value for programs, its text for people. */
type Figure = readonly [value: string | number, text: string] | undefined;

const codecNames: Readonly<Record<string, string>> = { opus: 'Opus', H264: 'H.264', H265: 'H.265' };

const limitations: Readonly<Record<string, string>> = { none: 'Nothing', cpu: 'CPU', bandwidth: 'Bandwidth' };

/** Every figure a page may show, by its name in the page. */
const figures: Readonly<Record<string, (statistics: Statistics) => Figure>> = {
  bitrate: ({ bitrateKbps }) =>
    bitrateKbps === undefined ? undefined : [Math.round(bitrateKbps), bitrateText(bitrateKbps)],
  resolution: ({ width, height }) =>
    width === undefined || height === undefined ? undefined : [`${width}x${height}`, `${width} × ${height}`],
  frameRate: ({ framesPerSecond }) =>
    framesPerSecond === undefined ? undefined : [framesPerSecond, `${Math.round(framesPerSecond)} fps`],
  codec: ({ codecs }) =>
    codecs.length === 0 ? undefined : [codecs.join(' '), codecs.map((codec) => codecNames[codec] ?? codec).join(' + ')],
  roundTripTime: ({ roundTripTimeMs }) =>
    roundTripTimeMs === undefined ? undefined : [roundTripTimeMs, `${Math.round(roundTripTimeMs)} ms`],
  limitation: ({ limitation }) =>
    limitation === undefined ? undefined : [limitation, limitations[limitation] ?? 'Something else'],
  packetsLost: ({ packetsLost }) => (packetsLost === undefined ? undefined : [packetsLost, String(packetsLost)]),
  jitter: ({ jitterMs }) => (jitterMs === undefined ? undefined : [jitterMs, `${Math.round(jitterMs)} ms`]),
};

const everyMs = 1000;

/**
 * Shows the figures of the connection that `connectionOf` gives, once a second, in the `<data>` elements of the page.
 *
 * `measured` hears each bitrate, and `undefined` while there is no connection.
 */
export function showFigures(
  connectionOf: () => RTCPeerConnection | undefined,
  measured: (kbps: number | undefined) => void,
): void {
  const elements = [...document.querySelectorAll<HTMLDataElement>('.figures data')];
  let connection: RTCPeerConnection | undefined;
  let before: Report | undefined;

  const show = (statistics: Statistics | undefined) => {
    for (const element of elements) {
      const [value, text] = (statistics && figures[element.dataset.figure ?? '']?.(statistics)) ?? ['', none];
      element.value = String(value);
      element.textContent = text;
    }
  };

  const measure = async () => {
    if (connectionOf() !== connection) {
      connection = connectionOf();
      before = undefined;
    }
    if (connection === undefined) {
      show(undefined);
      measured(undefined);
      return;
    }
    const report: Report = await connection.getStats();
    const statistics = readStatistics(report, before);
    before = report;
    show(statistics);
    measured(statistics.bitrateKbps);
  };
  setInterval(measure, everyMs);
}

import type { RoleSnapshot } from '@sigchart/browser';
import { measureConnection } from './measure.ts';
import { drawSparkline } from './sparkline.ts';
import type { Statistics } from './statistics.ts';

const none = '–';

const bitrateText = (kbps: number): string =>
  kbps >= 1000 ? `${(kbps / 1000).toFixed(kbps >= 10_000 ? 0 : 1)} Mbit/s` : `${Math.round(kbps)} kbit/s`;

/** Measurements of a connection: the browser's, and the server's report on the quality. */
interface Measures extends Statistics, Partial<Pick<RoleSnapshot, 'quality'>> {}

/** A figure of the page: its value for programs, its text for people. */
type Figure = readonly [value: string | number, text: string] | undefined;

const codecNames: Readonly<Record<string, string>> = { opus: 'Opus', H264: 'H.264', H265: 'H.265' };

const limitations: Readonly<Record<string, string>> = { none: 'Nothing', cpu: 'CPU', bandwidth: 'Bandwidth' };

const reasons = { unlimited: 'Nothing', preference: 'Your choice', bandwidth: 'Bandwidth' } as const;

/** Every figure a page may show, by its name in the page. */
const figures: Readonly<Record<string, (measures: Measures) => Figure>> = {
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
  estimate: ({ quality }) => quality && [quality.estimate, bitrateText(quality.estimate / 1000)],
  layer: ({ quality }) => {
    const [video] = quality?.tracks ?? [];
    if (video === undefined) return undefined;
    const { streamHeight, heights } = video;
    if (streamHeight === undefined) return [0, 'Paused'];
    return [streamHeight, heights.length < 2 ? `${streamHeight}p` : `${streamHeight}p of ${heights.at(-1)}p`];
  },
  reason: ({ quality }) => {
    const [video] = quality?.tracks ?? [];
    return video && [video.reason, reasons[video.reason]];
  },
};

/** The text of a figure, or a dash. */
const figureOf = (name: string, measures: Measures | undefined): readonly [value: string | number, text: string] =>
  (measures && figures[name]?.(measures)) ?? ['', none];

/** A stream in short: `640 × 360 · 900 kbit/s`. Nothing while there is nothing to say. */
export const inShort = (statistics: Statistics | undefined): string =>
  ['resolution', 'bitrate']
    .map((name) => figureOf(name, statistics))
    .filter(([value]) => value !== '')
    .map(([, text]) => text)
    .join(' · ');

/** Interval of measurements. */
export const everyMs = 1000;

/** A role, as far as its figures need it. */
type MeasuredRole = Pick<RoleSnapshot, 'connection' | 'quality'>;

/** Shows the figures of one section of the page, and its bitrate as a line. */
function showSection(section: HTMLElement, snapshotOf: () => MeasuredRole | undefined): () => Promise<void> {
  const direction = section.dataset.direction === 'outbound' ? 'outbound' : 'inbound';
  const measure = measureConnection(direction, () => snapshotOf()?.connection);
  const elements = [...section.querySelectorAll<HTMLDataElement>('data[data-figure]')];
  const line = section.querySelector<SVGSVGElement>('.sparkline');
  const addBitrate = line === null ? () => {} : drawSparkline(line);
  return async () => {
    const statistics = await measure();
    const measures = statistics && { ...statistics, quality: snapshotOf()?.quality };
    for (const element of elements) {
      const [value, text] = figureOf(element.dataset.figure ?? '', measures);
      element.value = String(value);
      element.textContent = text;
    }
    addBitrate(statistics?.bitrateKbps);
  };
}

/** Shows the figures of the role that `snapshotOf` gives, once a second, in every section of the page with a `data-direction`. */
export function showFigures(snapshotOf: () => MeasuredRole | undefined): void {
  const sections = [...document.querySelectorAll<HTMLElement>('[data-direction]')];
  const shown = sections.map((section) => showSection(section, snapshotOf));
  setInterval(() => {
    for (const show of shown) void show();
  }, everyMs);
}

import type { Measurement, QualityServerEvent, qualityServer } from '@sigchart/core/machines';
import type { MachineOptions } from '../machine/graph.ts';
import { streamId } from './connection.ts';

const layers = [
  { spatial: 0, temporal: 0, height: 180, bitrate: 150_000 },
  { spatial: 1, temporal: 0, height: 360, bitrate: 500_000 },
];

const measured = (bitrate: number, more: Partial<Measurement> = {}): QualityServerEvent => ({
  type: 'media.measured',
  measurement: {
    bitrate,
    throughput: 0,
    rttMs: 0,
    loss: 0,
    isCongested: false,
    isProbing: false,
    canProbe: true,
    isReportDue: true,
    tracks: [{ trackId: 't1', streamId, kind: 'video', isEnabled: true, layers }],
    ...more,
  },
});

/** Events of the quality of a player, from one track in two layers. */
export const qualityServerEvents: MachineOptions<typeof qualityServer> = {
  inputs: [{ streamId, rests: [1] }],
  within: ({ context: { failures, shortfalls } }) => failures <= 1 && shortfalls <= 1,
  events: [
    measured(1_000_000),
    measured(200_000, { isProbing: true }),
    measured(400_000, { isCongested: true }),
    measured(30_000, { isCongested: true }),
    measured(200_000, { canProbe: false }),
    { type: 'quality.preferred', trackId: undefined, height: 180 },
    { type: 'timer.probe' },
    { type: 'media.closed' },
  ],
};

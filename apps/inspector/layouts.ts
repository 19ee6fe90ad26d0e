import { definitionOf, hashOf } from '@sigchart/chart';
import { type PackedLayouts, packLayout } from '@sigchart/chart/svg';
import * as core from '@sigchart/core/machines';
import ELK from 'elkjs/lib/main.js';
import type { Plugin } from 'vite';
import type { AnyStateMachine } from 'xstate';
import { layOut } from './src/chart/layout.ts';

/** The machines whose charts are laid out when the page is built. */
const machines: readonly AnyStateMachine[] = [
  core.socketServer,
  core.publisherServer,
  core.playerServer,
  core.streamServer,
  core.peerServer,
  core.conferenceServer,
  core.socketClient,
  core.publisherClient,
  core.playerClient,
  core.peerClient,
  core.conferenceClient,
];

/** The layouts of the project's own machines, by hash. */
async function layoutsOfMachines(): Promise<Record<string, PackedLayouts>> {
  const elk = new ELK.default();
  const all: Record<string, PackedLayouts> = {};
  for (const machine of machines) {
    const { definition } = definitionOf(machine);
    all[hashOf(definition)] = {
      states: packLayout(await layOut(definition, 'states', elk)),
      events: packLayout(await layOut(definition, 'events', elk)),
      effects: packLayout(await layOut(definition, 'effects', elk)),
    };
  }
  return all;
}

const id = 'virtual:layouts';

/** Gives the page the layouts as the module `virtual:layouts`, so that it draws without a layout engine. */
export const bringLayouts = (): Plugin => ({
  name: 'layouts',
  resolveId: (source) => (source === id ? `\0${id}` : undefined),
  async load(loaded) {
    if (loaded !== `\0${id}`) return undefined;
    return `export const layouts = JSON.parse(${JSON.stringify(JSON.stringify(await layoutsOfMachines()))});`;
  },
});

import type { IceCandidate } from '@sigchart/core/machines';
import { expect, test } from 'vitest';
import type { ConversationCase } from './case.ts';
import { runCase } from './run.ts';
import type { HearsSocket, ServerUnderTest } from './system.ts';

const s1 = '{{id:s1}}';

/** A player that sends no candidates. */
const playing: ConversationCase = {
  id: 'test/playing',
  title: 'A player',
  section: 'Negotiation',
  requiredBy: 'sdks',
  participants: ['A'],
  connections: [{ name: 'player', who: 'A', as: 'player', streamId: s1 }],
  steps: [
    { does: 'open', who: 'A' },
    { does: 'say', who: 'A', message: { command: 'play', streamId: s1 } },
    {
      does: 'hear',
      who: 'A',
      message: { command: 'takeConfiguration', streamId: s1, type: 'offer', sdp: '{{offer:player}}' },
    },
    { does: 'connect', who: 'A', connection: 'player' },
  ],
};

test('candidates that come right behind an offer reach the connection that is opened for it', async () => {
  const added: IceCandidate[] = [];
  const server: ServerUnderTest = {
    run: 't',
    now: () => 0,
    connect: () => ({
      get connectionState() {
        return added.length === 2 ? 'connected' : 'new';
      },
      localDescription: null,
      createOffer: async () => ({ sdp: '' }),
      createAnswer: async () => ({ sdp: '' }),
      setLocalDescription: async () => {},
      setRemoteDescription: async () => {},
      addIceCandidate: async (candidate) => {
        added.push(candidate);
      },
      addEventListener: () => {},
      close: () => {},
    }),
    open: async (_, hears: HearsSocket) => ({
      send(text) {
        const { streamId } = JSON.parse(text);
        const says = (message: object) => hears.received(JSON.stringify({ ...message, streamId }));
        says({ command: 'takeConfiguration', type: 'offer', sdp: 'v=0' });
        says({ command: 'takeCandidate', label: 0, id: '0', candidate: 'candidate:1' });
        says({ command: 'takeCandidate', label: 1, id: '1', candidate: 'candidate:2' });
      },
      sendBytes: () => {},
      close: () => {},
    }),
    wait: () => new Promise((resolve) => setTimeout(resolve)),
  };
  const { passed, divergence } = await runCase(playing, server, 0);
  expect({ passed, divergence }).toEqual({ passed: true, divergence: undefined });
  expect(added).toEqual([
    { candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0 },
    { candidate: 'candidate:2', sdpMid: '1', sdpMLineIndex: 1 },
  ]);
});

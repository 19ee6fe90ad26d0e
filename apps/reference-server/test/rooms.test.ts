import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { plainPage, until } from './page.ts';
import { addSdk } from './sdkModules.ts';
import { useServerAndChromium } from './serverAndChromium.ts';

const seedScript = readFileSync(new URL('seedPage.js', import.meta.url), 'utf8');
const sdkScript = readFileSync(new URL('sdkPage.js', import.meta.url), 'utf8');

interface Received {
  readonly frames: number;
  readonly audioPackets: number;
}

interface PageWindow {
  seedJoin(url: string, streamId: string): Promise<void>;
  seedEnter(url: string, room: string): Promise<string>;
  seedLeave(): void;
  received(name: string): Promise<Received>;
  played(): readonly string[];
  readonly connections: Readonly<Record<string, { readonly socket: WebSocket }>>;
  sdkOpen(url: string, options: { play: boolean }): Promise<void>;
  readonly adaptor: Record<string, (...args: unknown[]) => void>;
  readonly events: readonly { readonly info: string; readonly streamId?: string }[];
  receivedByMember(): Promise<Readonly<Record<string, number>>>;
}

const rig = useServerAndChromium();

const call = <Result>(page: Page, method: keyof PageWindow, ...args: unknown[]) =>
  page.evaluate(
    ([method, args]) =>
      (window as unknown as Record<string, (...args: readonly unknown[]) => Promise<Result>>)[method]?.(...args),
    [method, args] as const,
  ) as Promise<Result>;

async function seedPage() {
  const page = await plainPage(rig.browser, rig.server.http);
  rig.opened.push(page);
  await page.addScriptTag({ content: seedScript });
  const url = `${rig.server.ws}/WebRTCAppEE/websocket`;
  return {
    page,
    join: (streamId: string) => call<void>(page, 'seedJoin', url, streamId),
    enter: (room: string) => call<string>(page, 'seedEnter', url, room),
    leave: () => call<void>(page, 'seedLeave'),
    send: (name: string, message: object) =>
      page.evaluate(([name, text]) => (window as unknown as PageWindow).connections[name]?.socket.send(text), [
        name,
        JSON.stringify(message),
      ] as const),
    played: () => call<readonly string[]>(page, 'played'),
    /** Waits until more of a stream is decoded than was. */
    async flows(streamId: string) {
      await until(async () => expect(await call<readonly string[]>(page, 'played')).toContain(streamId));
      const before = await call<Received>(page, 'received', `play ${streamId}`);
      await until(async () => {
        const now = await call<Received>(page, 'received', `play ${streamId}`);
        expect(now.frames).toBeGreaterThan(before.frames + 5);
        expect(now.audioPackets).toBeGreaterThan(before.audioPackets + 25);
      });
    },
  };
}

/** A member as the SDK's own conference page makes one: it publishes into the room, and plays the room as one. */
async function multitrackPage(room: string, streamId: string) {
  const page = await plainPage(rig.browser, rig.server.http);
  rig.opened.push(page);
  await addSdk(page, rig.server.http, sdkScript);
  await call(page, 'sdkOpen', `${rig.server.ws}/WebRTCAppEE/websocket`, { play: false });
  await page.evaluate(
    ([room, streamId]) => {
      const { adaptor } = window as unknown as PageWindow;
      adaptor.publish?.(streamId, '', '', '', streamId, room, '{}');
      adaptor.play?.(room, '', '', [], '', '', '', '', streamId);
    },
    [room, streamId] as const,
  );
  return {
    page,
    stop: () =>
      page.evaluate(
        ([room, streamId]) => {
          const { adaptor } = window as unknown as PageWindow;
          adaptor.stop?.(streamId);
          adaptor.stop?.(room);
        },
        [room, streamId] as const,
      ),
    /** Waits until pictures of a member are decoded, and more of them later. */
    async flows(member: string) {
      const read = async () => (await call<Readonly<Record<string, number>>>(page, 'receivedByMember'))[member] ?? 0;
      const before = await read();
      await until(async () => expect(await read()).toBeGreaterThan(before + 5));
    },
  };
}

describe('a call, by pages that know only the seed', () => {
  test('two peers see and hear each other, and the one that stays sees the next', async () => {
    const [a, b] = [await seedPage(), await seedPage()];
    await a.join('call1');
    await b.join('call1');
    await a.flows('call1');
    await b.flows('call1');
    await b.send('play call1', { command: 'leave', streamId: 'call1' });
    const c = await seedPage();
    await c.join('call1');
    await c.flows('call1');
    await a.flows('call1');
  });
});

describe('a conference', () => {
  test('of three by the dialect of the seed', async () => {
    const members = [await seedPage(), await seedPage(), await seedPage()] as const;
    const ids: string[] = [];
    for (const member of members) ids.push(await member.enter('room1'));
    for (const [index, member] of members.entries())
      for (const id of ids.filter((other) => other !== ids[index])) await member.flows(id);
    await members[0].leave();
    await until(async () => {
      expect(await members[1].played()).toEqual([ids[2]]);
      expect(await members[2].played()).toEqual([ids[1]]);
    });
    await members[1].flows(String(ids[2]));
  });

  test('of three by the main track, over one connection each', async () => {
    const ids = ['m1', 'm2', 'm3'];
    const members = [];
    for (const id of ids) members.push(await multitrackPage('room2', id));
    for (const [index, member] of members.entries())
      for (const id of ids.filter((other) => other !== ids[index])) await member.flows(id);
    await members[2]?.stop();
    await members[0]?.flows('m2');
    await members[1]?.flows('m1');
  });

  test('of members of both dialects, who all see each other', async () => {
    const seed = await seedPage();
    const seedId = await seed.enter('room3');
    const first = await multitrackPage('room3', 'm1');
    const second = await multitrackPage('room3', 'm2');
    await seed.flows('m1');
    await seed.flows('m2');
    await first.flows(seedId);
    await second.flows(seedId);
    await first.flows('m2');
    await second.flows('m1');
  });
});

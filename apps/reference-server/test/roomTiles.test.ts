import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { until } from './page.ts';
import { addSdk } from './sdkModules.ts';
import { useServerAndChromium } from './serverAndChromium.ts';
import { type Colour, seenOn, useCamera } from './tiles.ts';

const script = readFileSync(new URL('roomPage.js', import.meta.url), 'utf8');
const names = ['anna', 'ben', 'carla', 'dora'];

interface Message {
  readonly eventType: string;
  readonly payload?: readonly { readonly trackId: string; readonly audioLevel?: number }[];
}

interface RoomWindow {
  enterRoom(url: string, room: string, streamId: string): Promise<void>;
  leaveRoom(room: string, streamId: string): void;
  talk(isLoud: boolean): void;
  readonly said: readonly string[];
  readonly adaptor: Record<string, (...args: unknown[]) => void>;
}

const rig = useServerAndChromium();

class Member {
  readonly page: Page;
  readonly #room: string;
  readonly #name: string;

  private constructor(page: Page, room: string, name: string) {
    this.page = page;
    this.#room = room;
    this.#name = name;
  }

  static async open(room: string, name: string, colour: Colour): Promise<Member> {
    const context = await rig.browser.newContext();
    rig.opened.push(context);
    await useCamera(context, colour);
    const page = await context.newPage();
    await page.goto(`${rig.server.http}/metrics`);
    await addSdk(page, rig.server.http, script);
    const member = new Member(page, room, name);
    await member.enter();
    return member;
  }

  enter = () =>
    this.page.evaluate(([url, room, name]) => (window as unknown as RoomWindow).enterRoom(url, room, name), [
      `${rig.server.ws}/live/websocket`,
      this.#room,
      this.#name,
    ] as const);

  leave = () =>
    this.page.evaluate(([room, name]) => (window as unknown as RoomWindow).leaveRoom(room, name), [
      this.#room,
      this.#name,
    ] as const);

  call = (method: string, ...args: readonly unknown[]) =>
    this.page.evaluate(([method, args]) => (window as unknown as RoomWindow).adaptor[method]?.(...args), [
      method,
      args,
    ] as const);

  talk = (isLoud: boolean) => this.page.evaluate((isLoud) => (window as unknown as RoomWindow).talk(isLoud), isLoud);

  /** Waits until exactly those are seen, each as `name colour`. */
  sees = (...expected: readonly string[]) =>
    until(async () => expect(await seenOn(this.page, names)).toEqual(expected));

  /** Members that talk, according to the latest message. */
  async talkers(): Promise<readonly string[]> {
    const said = await this.page.evaluate(() => (window as unknown as RoomWindow).said);
    const last = said
      .map((text) => JSON.parse(text) as Message)
      .filter(({ eventType }) => eventType === 'AUDIO_TRACK_ASSIGNMENT')
      .at(-1);
    return (last?.payload ?? []).flatMap(({ trackId, audioLevel = 127 }) => (audioLevel < 60 ? trackId : []));
  }
}

test('every member of a room is visible under the right name, after join, leave, return and replacement', async () => {
  const anna = await Member.open('tiles1', 'anna', 'red');
  const ben = await Member.open('tiles1', 'ben', 'green');
  await anna.sees('ben green');
  await ben.sees('anna red');
  const carla = await Member.open('tiles1', 'carla', 'blue');
  await anna.sees('ben green', 'carla blue');
  await ben.sees('anna red', 'carla blue');
  await carla.sees('anna red', 'ben green');
  await ben.leave();
  await anna.sees('carla blue');
  await carla.sees('anna red');
  // The newcomer gets the slot that ben had.
  const dora = await Member.open('tiles1', 'dora', 'yellow');
  await anna.sees('carla blue', 'dora yellow');
  await carla.sees('anna red', 'dora yellow');
  await dora.sees('anna red', 'carla blue');
  await ben.enter();
  await anna.sees('ben green', 'carla blue', 'dora yellow');
  await ben.sees('anna red', 'carla blue', 'dora yellow');
});

test('a member is shown in the requested slot, and the number of videos is limited as requested', async () => {
  const anna = await Member.open('tiles2', 'anna', 'red');
  await Member.open('tiles2', 'ben', 'green');
  await Member.open('tiles2', 'carla', 'blue');
  await anna.sees('ben green', 'carla blue');
  await anna.call('assignVideoTrack', 'videoTrack0', 'carla', true);
  await until(async () => {
    const caption = await anna.page.locator('#videoTrack0 p').textContent();
    expect(caption).toBe('carla');
  });
  await anna.sees('ben green', 'carla blue');
  await anna.call('setMaxVideoTrackCount', 'anna', 1);
  await anna.sees('carla blue');
  await anna.call('updateVideoTrackAssignments', 'tiles2', 0, 1);
  await anna.call('assignVideoTrack', 'videoTrack0', 'carla', false);
  await anna.sees('ben green');
  await anna.call('updateVideoTrackAssignments', 'tiles2', 0, -1);
  await anna.call('setMaxVideoTrackCount', 'anna', -1);
  await anna.sees('ben green', 'carla blue');
});

test('the talker is detected by its audio level', async () => {
  const anna = await Member.open('tiles3', 'anna', 'red');
  const ben = await Member.open('tiles3', 'ben', 'green');
  await anna.sees('ben green');
  await ben.talk(true);
  await until(async () => expect(await anna.talkers()).toEqual(['ben']));
  await ben.talk(false);
  await until(async () => expect(await anna.talkers()).toEqual([]));
});

import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { until } from './page.ts';
import { startServer } from './server.ts';
import { useServerAndChromium } from './serverAndChromium.ts';

/** Exceptions of the pages. */
const thrown: string[] = [];
const rig = useServerAndChromium(() => expect(thrown.splice(0)).toEqual([]));

/** Opens a page of the demo, as on a first visit. */
async function open(address: string, prepare?: () => void): Promise<Page> {
  const page = await rig.browser.newPage();
  rig.opened.push(page);
  if (prepare !== undefined) await page.addInitScript(prepare);
  page.on('pageerror', ({ message }) => thrown.push(message));
  await page.goto(`${rig.server.http}/${address}`);
  return page;
}

const reaches = (page: Page, state: string) =>
  until(async () => expect(await page.locator('#state').textContent()).toBe(state));

const says = (page: Page, words: string) =>
  until(async () => expect(await page.locator('#error').textContent()).toContain(words));

/** Waits until a video has decoded more pictures than it had. */
async function moves(page: Page, video: string): Promise<void> {
  const decoded = () =>
    page.locator(video).evaluate((element) => (element as HTMLVideoElement).getVideoPlaybackQuality().totalVideoFrames);
  await page.locator(video).waitFor();
  const before = await decoded();
  await until(async () => expect(await decoded()).toBeGreaterThan(before + 5));
}

// Several pages that encode and decode on one machine take their time.
describe('the demo in Chromium', { timeout: 120_000 }, () => {
  test('the link of a published stream plays it, with statistics', async () => {
    const publisher = await open('publish.html?id=demo1');
    await publisher.click('#start');
    await reaches(publisher, 'publishing');
    // The link shows the stream without further clicks.
    const player = await open(new URL(await publisher.inputValue('#link')).href.slice(rig.server.http.length + 1));
    await reaches(player, 'playing');
    await moves(player, '#video');
    for (const page of [publisher, player])
      await until(async () => {
        expect(Number(await page.locator('[data-figure=bitrate]').first().getAttribute('value'))).toBeGreaterThan(0);
        expect(await page.locator('[data-figure=resolution]').first().textContent()).toMatch(/^\d+ × \d+$/);
      });
    expect(await player.locator('.chart .state.active').first().isVisible()).toBe(true);
    // The menu has what is sent, the smallest last.
    const heights = player.locator('#quality option:not([value="0"])');
    await until(async () => expect(await heights.count()).toBeGreaterThan(1));
    const smallest = await heights.last().getAttribute('value');
    await player.selectOption('#quality', smallest);
    await until(async () =>
      expect(await player.locator('#video').evaluate((video) => (video as HTMLVideoElement).videoHeight)).toBe(
        Number(smallest),
      ),
    );
    await until(async () => expect(await player.locator('[data-figure=reason]').textContent()).toBe('Your choice'));
    await publisher.click('#stop');
    await reaches(publisher, 'stopped');
    await says(player, 'The stream has stopped.');
  });

  test('a stream that is not published is explained in plain words', async () => {
    const player = await open('play.html?id=nobody');
    await player.click('#start');
    await says(player, 'Nobody is publishing this stream right now.');
    await reaches(player, 'ended');
  });

  test('an embedded page waits for its stream, and returns to it when it comes back', async () => {
    const site = await open('');
    await site.evaluate(() => {
      document.body.innerHTML = '<iframe src="/live/play/embedded?controls" width="640" height="360"></iframe>';
    });
    const frame = site.frameLocator('iframe');
    const says = (words: string) =>
      until(async () => expect(await frame.locator('#caption').textContent()).toContain(words));
    const playsMuted = async () => {
      await until(async () => expect(await frame.locator('#caption').textContent()).toBe(''));
      await until(async () =>
        expect(
          await frame.locator('video').evaluate((video) => {
            const { muted, controls, paused, videoWidth } = video as HTMLVideoElement;
            return { muted, controls, paused, isFilled: videoWidth > 0 };
          }),
        ).toEqual({ muted: true, controls: true, paused: false, isFilled: true }),
      );
    };
    await says('Waiting for the stream to start.');
    const publisher = await open('publish.html?id=embedded&source=test');
    await publisher.click('#start');
    await playsMuted();
    await publisher.click('#stop');
    await says('The stream has ended.');
    await publisher.click('#start');
    await playsMuted();
  });

  test('an id in use is explained in plain words, and the first publisher continues', async () => {
    const [first, second] = [await open('publish.html?id=demo2'), await open('publish.html?id=demo2')];
    await first.click('#start');
    await reaches(first, 'publishing');
    await second.click('#start');
    await says(second, 'This id is already being published.');
    await reaches(first, 'publishing');
  });

  test('two peers of a call see each other move, and mute shows at the other', async () => {
    const first = await open('peer.html?id=call1&source=test');
    await first.click('#start');
    await reaches(first, 'waiting');
    const second = await open(
      `${new URL(await first.inputValue('#link')).href.slice(rig.server.http.length + 1)}&source=test`,
    );
    await second.click('#start');
    for (const page of [first, second]) {
      await reaches(page, 'connected');
      await moves(page, '#video');
      await until(async () =>
        expect(await page.locator('[data-direction=inbound] [data-figure=bitrate]').textContent()).toContain('bit/s'),
      );
    }
    await first.click('#microphone');
    await until(async () =>
      expect(await second.textContent('#otherStatus')).toBe('The other participant’s microphone is off'),
    );
    await first.click('#microphone');
    await until(async () => expect(await second.locator('#otherStatus').isHidden()).toBe(true));

    const third = await open('peer.html?id=call1&source=test');
    await third.click('#start');
    await says(third, 'Two people are in this call already.');
    await reaches(first, 'connected');

    await second.click('#stop');
    await says(first, 'The other participant left the call.');
    await reaches(first, 'waiting');
    await second.click('#start');
    await reaches(first, 'connected');
    await moves(first, '#video');
  });

  test('three members of a conference see each other by name, mute is shown, and a leaver’s tile goes', async () => {
    const enter = async (name: string) => {
      const page = await open(`conference.html?room=room1&source=test&name=${name}`);
      await page.click('#preview');
      await moves(page, '.tile.self video');
      await page.click('#start');
      await reaches(page, 'entered');
      return page;
    };
    const tile = (name: string) => `.tile[aria-label^="${name}"]`;
    const named = (page: Page, name: string, label: string) =>
      until(async () => expect(await page.locator(tile(name)).getAttribute('aria-label')).toBe(label));

    const [ada, ben] = [await enter('Ada'), await enter('Ben')];
    expect(await ada.locator('.tile.self').getAttribute('aria-label')).toBe('Ada (you)');
    await moves(ada, `${tile('Ben')} video`);
    await moves(ben, `${tile('Ada')} video`);
    await ben.fill('#message', 'hello');
    await ben.click('#send');
    await until(async () => expect(await ada.textContent('#messages')).toBe('Benhello'));
    await ben.click('#hand');
    await named(ada, 'Ben', 'Ben, hand raised');
    await ada.click('#microphone');
    await ada.click('#camera');
    await named(ben, 'Ada', 'Ada, microphone off, camera off');
    // A later member receives it too.
    const cleo = await enter('Cleo');
    await named(cleo, 'Ada', 'Ada, microphone off, camera off');
    await moves(cleo, `${tile('Ben')} video`);
    await moves(ada, `${tile('Cleo')} video`);
    await moves(ben, `${tile('Cleo')} video`);
    await ada.click('#camera');
    await named(cleo, 'Ada', 'Ada, microphone off');
    await moves(cleo, `${tile('Ada')} video`);

    await ben.click('#stop');
    await reaches(ben, 'stopped');
    expect(await ben.locator('.tile').count()).toBe(0);
    for (const page of [ada, cleo]) await until(async () => expect(await page.locator('.tile').count()).toBe(2));
    await moves(ada, `${tile('Cleo')} video`);
  });

  test('an invalid id is explained on every page', async () => {
    for (const address of [
      'publish.html?id=a%20b',
      'play.html?id=a%20b',
      'peer.html?id=a%20b',
      'conference.html?room=a%20b',
    ]) {
      const page = await open(`${address}&source=test`);
      await page.click('#start');
      await says(page, 'This id cannot be used.');
      await reaches(page, 'ended');
    }
  });

  test('a refused camera is explained, and the page can be started again', async () => {
    for (const address of ['publish.html?id=refused', 'peer.html?id=refused', 'conference.html?room=refused']) {
      const page = await open(address, () => {
        navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'));
      });
      await page.click('#start');
      await says(page, 'Camera and microphone were refused.');
      expect(await page.locator('#start').isEnabled()).toBe(true);
    }
  });

  test('a browser without a common codec sees an explanation', async () => {
    const page = await open('publish.html?id=codec&source=test', () => {
      const { send } = WebSocket.prototype;
      WebSocket.prototype.send = function (this: WebSocket, data) {
        send.call(this, String(data).replace(/(VP8|VP9|H264|H265|AV1|opus|PCMU|PCMA)\//gi, 'other/'));
      };
    });
    await page.click('#start');
    await says(page, 'This browser and the server share no video or audio format.');
    await reaches(page, 'ended');
  });

  test('a lost server is explained, and every role continues when it is back', async () => {
    const publisher = await open('publish.html?id=back&source=test');
    const ada = await open('conference.html?room=back&source=test&name=Ada');
    const ben = await open('conference.html?room=back&source=test&name=Ben');
    for (const page of [publisher, ada, ben]) await page.click('#start');
    await reaches(publisher, 'publishing');
    await moves(ada, '.tile:not(.self) video');
    const { port } = new URL(rig.server.http);
    await rig.server.stop();
    for (const page of [publisher, ada, ben]) await says(page, 'The connection to the server was lost.');
    rig.server = await startServer('--port', port);
    await reaches(publisher, 'publishing');
    await reaches(ada, 'entered');
    await moves(ada, '.tile:not(.self) video');
    await moves(ben, '.tile:not(.self) video');
    for (const page of [publisher, ada, ben])
      await until(async () => expect(await page.locator('#error').textContent()).toBe(''));
  });
});

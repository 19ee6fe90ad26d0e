import { execFile, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { publisherServer } from '@sigchart/core/machines';
import { run } from '@sigchart/core/session';
import { createRecorder, encodeLines } from '@sigchart/inspect';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { until } from './page.ts';
import { startServer } from './server.ts';
import { useServerAndChromium } from './serverAndChromium.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
/** Folder with the modules that an exported test imports. */
const exported = fileURLToPath(new URL('../../inspector/exported/', import.meta.url));
const built = fileURLToPath(new URL('../../inspector/dist/', import.meta.url));

/** Exceptions of the pages, and requests to other servers. */
const wrong: string[] = [];
const rig = useServerAndChromium(() => expect(wrong.splice(0)).toEqual([]));

async function open(address: string, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await rig.browser.newPage({ viewport: { width: 1440, height: 900 }, ...options });
  rig.opened.push(page);
  page.on('pageerror', ({ message }) => wrong.push(message));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(rig.server.http) && !/^(data|blob):/.test(url)) wrong.push(url);
  });
  const [path, hash = ''] = address.split('#');
  // Each page is a browser of its own, which has kept no token.
  const token = path === 'inspector/' ? `?token=${rig.server.key}` : '';
  await page.goto(`${rig.server.http}/${path}${token}#${hash}`);
  return page;
}

const row = (page: Page, machine: string, streamId: string) =>
  page.locator('.run', { hasText: machine }).filter({ hasText: streamId });

/** The names of the innermost states that are lit, and of their parents. */
const lit = (page: Page) => page.locator('.statechart .state.active > .name').allTextContents();

const shows = (page: Page, ...states: readonly string[]) =>
  until(async () => expect(await lit(page)).toEqual(expect.arrayContaining([...states])));

/** Publishes a test picture, and opens the inspector on what the server makes of it. */
async function publishing(streamId: string, options: BrowserContextOptions = {}) {
  const page = await open('inspector/', options);
  const publisher = await open(`publish.html?id=${streamId}&source=test`);
  await publisher.click('#start');
  await until(async () => expect(await publisher.locator('#state').textContent()).toBe('publishing'));
  await row(page, 'publisher.server', streamId).click();
  await shows(page, 'accepted', 'stable', 'owned');
  return { page, publisher };
}

/** A trace with many runs of one small machine, none of which the page was built with. */
function foreignTrace(runs: number): string {
  const definition = {
    id: 'lamp',
    states: [
      { id: 'lamp', key: 'lamp', type: 'compound', initial: 1 },
      { id: 'lamp.off', key: 'off', type: 'atomic', parent: 0 },
      { id: 'lamp.lit', key: 'lit', type: 'atomic', parent: 0, entry: ['glow'] },
    ],
    edges: [
      { source: 1, event: 'press', targets: [2] },
      { source: 2, event: 'press', targets: [1] },
    ],
  };
  const machine = '00000000000000aa';
  const time = Date.now() - 60_000;
  const lines: object[] = [
    { kind: 'trace', version: 2, name: 'house', time },
    { kind: 'machine', hash: machine, definition },
  ];
  for (let index = 0; index < runs; index += 1) {
    const run = `lamp${index}`;
    const state = index % 2 === 0 ? 'off' : 'lit';
    const common = { run, time: time + index };
    lines.push(
      {
        kind: 'run',
        ...common,
        machine,
        recorder: 'house',
        labels: { id: run },
        seq: 1,
        state,
        since: time,
        status: 'active',
      },
      {
        kind: 'transition',
        ...common,
        seq: 1,
        order: 2 * index + 1,
        event: { type: 'xstate.init' },
        taken: [],
        state: 'off',
        effects: [],
        context: [{ op: 'add', path: '', value: {} }],
      },
    );
    if (state === 'lit')
      lines.push({
        kind: 'transition',
        ...common,
        seq: 2,
        order: 2 * index + 2,
        event: { type: 'press' },
        taken: [0],
        state,
        effects: [],
        context: [],
      });
  }
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** A trace in which a machine has started. */
function traceOfStart(machine: typeof publisherServer): string {
  const recorder = createRecorder({ name: 'house' });
  run({ machine, input: undefined, perform: () => {}, observe: recorder.observer() }).stop();
  return encodeLines(recorder.trace());
}

/** Opens a trace in a page. Until it is read, the page shows the feed. */
async function openTrace(page: Page, text: string): Promise<void> {
  const name = 'trace.jsonl';
  await page.setInputFiles('#file', { name, mimeType: 'application/jsonl', buffer: Buffer.from(text) });
  await until(async () => expect(await page.locator('.input').textContent()).toBe(name));
}

async function downloaded(page: Page, label: string): Promise<{ readonly name: string; readonly content: Buffer }> {
  await page.click('.menu summary');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.locator('.menu button', { hasText: label }).first().click(),
  ]);
  return { name: download.suggestedFilename(), content: await readFile(await download.path()) };
}

type Place = readonly [x: number, y: number, width: number, height: number];

/** Properties of an SVG when it is opened by itself: its states, and the texts that are cut off. */
async function shownAs(svg: Buffer) {
  const page = await rig.browser.newPage();
  rig.opened.push(page);
  await page.goto(`data:image/svg+xml;base64,${svg.toString('base64')}`);
  return page.evaluate(() => {
    const all = document.documentElement.getBoundingClientRect();
    const states = [...document.querySelectorAll('.state')];
    const isWithin = (inner: DOMRect, outer: DOMRect) =>
      inner.left >= outer.left && inner.right <= outer.right && inner.top >= outer.top && inner.bottom <= outer.bottom;
    const boxOf = (state: Element) => state.querySelector('.box')?.getBoundingClientRect() ?? new DOMRect();
    return {
      width: Math.round(all.width),
      height: Math.round(all.height),
      names: states.map((state) => state.querySelector('.name')?.textContent ?? ''),
      boxes: states.map((state): [number, number, number, number] => {
        const { x, y, width, height } = boxOf(state);
        return [x, y, width, height];
      }),
      cut: states.flatMap((state) => {
        const name = state.querySelector('.name');
        const isWhole =
          name !== null && isWithin(boxOf(state), all) && isWithin(name.getBoundingClientRect(), boxOf(state));
        return isWhole ? [] : [name?.textContent ?? '?'];
      }),
    };
  });
}

/** A PNG as a browser decodes it: its size, and how many colours are in each of some places, given in half its dots. */
async function seenIn(png: Buffer, places: readonly Place[]) {
  const page = await rig.browser.newPage();
  rig.opened.push(page);
  return page.evaluate(
    async ([source, places]) => {
      const image = new Image();
      image.src = source;
      await image.decode();
      const { width, height } = image;
      const context = Object.assign(document.createElement('canvas'), { width, height }).getContext('2d');
      if (context === null) throw new Error('no canvas');
      context.drawImage(image, 0, 0);
      const colours = places.map(([x, y, width, height]) => {
        const { data } = context.getImageData(2 * x, 2 * y, 2 * width, 2 * height);
        return new Set(new Uint32Array(data.buffer)).size;
      });
      return { size: [width, height], colours };
    },
    [`data:image/png;base64,${png.toString('base64')}`, places] as const,
  );
}

/** The page, and everything that it names. A cached build leaves the files of earlier ones beside its own. */
function filesOfPage(): readonly string[] {
  const assets = readdirSync(join(built, 'assets'));
  const files = ['index.html'];
  for (const from of files) {
    const text = readFileSync(join(built, from), 'utf8');
    files.push(
      ...assets
        .filter((name) => text.includes(name))
        .map((name) => `assets/${name}`)
        .filter((name) => !files.includes(name)),
    );
  }
  return files;
}

test('the page is less than 102 kB compressed, without the layout engine', () => {
  const files = filesOfPage();
  // Loaded only for machines that the page was not built with.
  const own = files.filter((name) => !name.startsWith('assets/elk-'));
  expect(own.length).toBeLessThan(files.length);
  const sizes = own.map((name) => gzipSync(readFileSync(join(built, name))).length);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(102_000);
});

describe('the inspector in Chromium', { timeout: 120_000 }, () => {
  test('a run appears, its state is lit as it happens, and any moment of its past is there', async () => {
    const { page, publisher } = await publishing('seen1');
    // Coverage is sent once a second.
    await until(async () => expect(await page.locator('.statechart .never').count()).toBeGreaterThan(0));

    await page.keyboard.press('b');
    await shows(page, 'idle');
    expect(await lit(page)).not.toContain('accepted');
    await page.keyboard.press('ArrowRight');
    await shows(page, 'authorizing');
    expect(await page.locator('.arrow.taken').count()).toBe(1);

    // New events do not move a view of the past.
    await publisher.click('#stop');
    await until(async () =>
      expect(await row(page, 'publisher.server', 'seen1').locator('.state').textContent()).toBe('finished'),
    );
    expect(await lit(page)).toContain('authorizing');
    await page.getByRole('button', { name: 'End', exact: true }).click();
    await shows(page, 'finished');
  });

  test('a link leads to the same run at the same moment', async () => {
    const { page } = await publishing('link1');
    await page.keyboard.press('b');
    await page.keyboard.press('ArrowRight');
    await shows(page, 'authorizing');
    const again = await open(page.url().slice(rig.server.http.length + 1));
    await shows(again, 'authorizing');
    expect(await again.locator('h1').textContent()).toContain('link1');
  });

  test('the ladder has the messages, a description in one line, unfolded at a press', async () => {
    const { page } = await publishing('ladder1');
    await page.keyboard.press('2');
    const offer = page.locator('.crossing', { hasText: 'offer' });
    expect(await offer.textContent()).toMatch(/video .*VP8/);
    await offer.locator('summary').first().click();
    await offer.locator('.fold summary').click();
    expect(await offer.locator('pre').textContent()).toMatch(/^v=0/);
    expect(await offer.locator('pre').textContent()).toContain('a=ice-pwd:[secret]');
  });

  test('the log has event, transition, effects and context changes', async () => {
    const { page } = await publishing('log1');
    await page.keyboard.press('3');
    await page.locator('.event', { hasText: 'signal.publish' }).click();
    const step = page.getByRole('region', { name: 'This moment' });
    expect(await step.textContent()).toContain('idle → authorizing');
    expect(await step.locator('.effects').textContent()).toContain('access.request');
    expect(await step.locator('.difference').textContent()).toContain('streamId');
  });

  test('a machine shows the states of all its runs, and states never reached', async () => {
    const { page } = await publishing('all1');
    await page.locator('.machines button', { hasText: 'publisher.server' }).click();
    await shows(page, 'owned');
    expect(await page.locator('.state-counts').textContent()).toContain('receiving.owned 1');
  });

  test('a chart is taken along as SVG and as a picture, and a trace can be opened again', async () => {
    const { page } = await publishing('take1');
    const svg = await downloaded(page, 'Chart as SVG');
    expect(svg.name).toBe('publisher.server-take1.svg');
    expect(svg.content.toString()).toMatch(/^<svg[^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    expect(svg.content.toString()).not.toContain('light-dark');
    const png = await downloaded(page, 'Chart as picture');
    expect(png.content.subarray(1, 4).toString()).toBe('PNG');
    const trace = await downloaded(page, 'Trace');
    const other = await open('inspector/');
    await openTrace(other, trace.content.toString());
    await row(other, 'publisher.server', 'take1').click();
    await shows(other, 'owned');
  });

  test('a chart that was taken along shows every state, whatever it is opened with', async () => {
    const page = await open('inspector/');
    await openTrace(page, traceOfStart(publisherServer));
    await page.locator('.run').click();
    const names = page.locator('.statechart .state > .name');
    await until(async () => expect(await names.count()).toBeGreaterThan(10));
    const svg = await downloaded(page, 'Chart as SVG');
    const shown = await shownAs(svg.content);
    expect(shown.names).toEqual(await names.allTextContents());
    expect(shown.cut).toEqual([]);
    // The picture has two pixels for each pixel of the chart, and no state is an empty surface.
    const png = await downloaded(page, 'Chart as picture');
    const seen = await seenIn(png.content, shown.boxes);
    expect(seen.size).toEqual([2 * shown.width, 2 * shown.height]);
    expect(seen.colours.filter((count) => count < 3)).toEqual([]);
  });

  test('a machine is taken along for Mermaid, and for the editor of Stately', async () => {
    const { page } = await publishing('take2');
    const mermaid = (await downloaded(page, 'Chart for Mermaid')).content.toString();
    expect(mermaid).toContain('stateDiagram-v2');
    expect(mermaid).toContain('access.granted');
    const config = JSON.parse((await downloaded(page, 'Machine for Stately')).content.toString());
    expect(config).toMatchObject({
      id: 'publisher_server',
      initial: 'idle',
      states: { accepted: { type: 'parallel' } },
    });
  });

  test('a run becomes a test, which passes', async () => {
    const { page } = await publishing('test1');
    const { name, content } = await downloaded(page, 'Test for vitest');
    expect(name).toBe('publisher.server-test1.test.ts');
    expect(content.toString()).toContain("import { begin, publisherServer, step } from '@sigchart/core/machines'");
    const file = join(exported, name);
    mkdirSync(exported, { recursive: true });
    try {
      writeFileSync(file, content);
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--no-color', '--project', 'parts', file],
        { cwd: root },
      );
      expect(stdout).toMatch(/Tests +1 passed/);
    } finally {
      rmSync(exported, { recursive: true });
    }
  });

  test('a replay goes the same way', async () => {
    const { page } = await publishing('replay1');
    await page.getByRole('button', { name: 'Replay' }).click();
    await until(async () => expect(await page.locator('.replayed').textContent()).toContain('Same result for'));
  });

  test('a machine that the page was not built with is laid out when it is looked at', async () => {
    const page = await open('inspector/');
    await openTrace(page, foreignTrace(2));
    await page.locator('.run', { hasText: 'lamp1' }).click();
    await shows(page, 'lamp', 'lit');
    await page.getByText('Events', { exact: true }).click();
    await until(async () => expect(await page.locator('.statechart').textContent()).toContain('entry / glow'));
  });

  test('any XState machine is shown live and laid out on demand, and export explains its limits', async () => {
    const kitchen = spawn(process.execPath, [
      '--conditions=@sigchart/source',
      '--disable-warning=ExperimentalWarning',
      join(root, 'examples/watch-a-machine/main.ts'),
      `${rig.server.http}/inspector/?token=${rig.server.key}`,
    ]);
    try {
      const page = await open('inspector/');
      await page.locator('.run', { hasText: 'coffee kitchen' }).click();
      await shows(page, 'on', 'lid', 'open', 'water', 'hot', 'idle');
      expect(await page.locator('.statechart .history > .name').textContent()).toBe('H*');
      await page.getByText('Events', { exact: true }).click();
      await until(async () =>
        expect(await page.locator('.statechart').textContent()).toMatch(
          /(?=.*after brewing)(?=.*invoke \/ heat)(?=.*\[hasWater\])(?=.*after 60000 ms)/s,
        ),
      );
      await page.fill('#search', 'machine:heat');
      await page.locator('.run').first().click();
      await page.click('.menu summary');
      const impossible = page.locator('.menu button', { hasText: 'Test for vitest' });
      expect(await impossible.isDisabled()).toBe(true);
      expect(await impossible.textContent()).toContain('It is no machine');
      await page.keyboard.press('Escape');
      expect(await page.locator('.menu[open]').count()).toBe(0);
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Export');
    } finally {
      kitchen.kill();
    }
  });

  test('an empty page says why it is empty, and what to do', async () => {
    const page = await open('inspector/#run=elsewhere', { viewport: { width: 390, height: 844 } });
    await openTrace(page, '{"kind":"trace","version":2,"name":"empty","time":1}\n');
    await until(async () => expect(await page.locator('.runs').textContent()).toContain('no run in it'));
    await openTrace(page, foreignTrace(3));
    await page.fill('#search', 'nobody');
    await until(async () => expect(await page.locator('.runs').textContent()).toContain('None of 3 runs'));
    await page.getByRole('button', { name: 'Show all' }).click();
    expect(await page.locator('.run').count()).toBe(3);
  });

  test('when the server restarts, the shown run stays until then, and is not confused with a new one', async () => {
    const token = ['--inspector-token', 'the same'] as const;
    const own = await startServer(...token);
    const page = await rig.browser.newPage();
    rig.opened.push(page);
    await page.goto(`${own.http}/inspector/?token=the+same`);
    const hello = new WebSocket(`${own.ws}/live/websocket`);
    await row(page, 'socket.server', 'live').first().click();
    await until(async () => expect(await page.locator('.run-view').count()).toBe(1));
    expect(await page.locator('.input').textContent()).toBe('Live');
    await own.stop();
    await until(async () => expect(await page.locator('.input').textContent()).toBe('Lost, dialling again'));
    expect(await page.locator('.run-view').count()).toBe(1);
    hello.close();
    const again = await startServer('--port', new URL(own.http).port, ...token);
    const other = new WebSocket(`${again.ws}/live/websocket`);
    await until(async () => expect(await page.locator('.input').textContent()).toBe('Live'));
    await until(async () => expect(await page.locator('.run').count()).toBe(1));
    expect(await page.locator('.run-view').count()).toBe(0);
    other.close();
    await again.stop();
  });

  test('10 000 runs are searched at once, and only those that are seen are in the page', async () => {
    const page = await open('inspector/');
    await openTrace(page, foreignTrace(10_000));
    await until(async () => expect(await page.locator('.found').textContent()).toContain('10k'));
    const [drawn, slowest] = await page.evaluate(async () => {
      const list = document.querySelector('.runs');
      if (list === null) throw new Error('no list');
      let longest = 0;
      let most = 0;
      let before = performance.now();
      for (let frame = 0; frame < 60; frame += 1) {
        list.scrollTop = (frame / 60) * list.scrollHeight;
        await new Promise(requestAnimationFrame);
        const now = performance.now();
        longest = Math.max(longest, now - before);
        most = Math.max(most, document.querySelectorAll('.run').length);
        before = now;
      }
      return [most, longest] as const;
    });
    expect(drawn).toBeLessThan(60);
    expect(drawn).toBeGreaterThan(8);
    // Generous: a frame that draws all 10 000 rows takes seconds.
    expect(slowest).toBeLessThan(500);
    await page.fill('#search', 'lamp9999');
    await until(async () => expect(await page.locator('.run').count()).toBe(1));
    await page.fill('#search', 'state:lit');
    await until(async () => expect(await page.locator('.found').textContent()).toBe('5.0k of 10k'));
  });

  test('everything can be reached by keyboard, and the keys are listed', async () => {
    const page = await open('inspector/');
    await openTrace(page, foreignTrace(5));
    await until(async () => expect(await page.locator('.run').count()).toBe(5));
    await page.keyboard.press('?');
    expect(await page.getByRole('dialog', { name: 'Keys' }).textContent()).toContain('search');
    await page.keyboard.press('Escape');
    await page.keyboard.press('/');
    await page.keyboard.type('lamp3');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await shows(page, 'lit');
    await page.keyboard.press('ArrowLeft');
    await shows(page, 'off');
    await page.keyboard.press('3');
    expect(await page.getByRole('tab', { name: 'Log' }).getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('l');
    expect(await page.locator('.event[aria-selected="true"]').textContent()).toContain('press');
    await page.keyboard.press('Escape');
    expect(await page.locator('.run-view').count()).toBe(0);
  });

  test('a key pressed right after the list of keys was closed works', async () => {
    const page = await open('inspector/');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    const focused = await page.evaluate(() => {
      document.querySelector('dialog')?.close();
      document.activeElement?.dispatchEvent(
        new KeyboardEvent('keydown', { key: '/', bubbles: true, cancelable: true }),
      );
      return document.activeElement?.id;
    });
    expect(focused).toBe('search');
  });

  for (const colorScheme of ['light', 'dark'] as const)
    test(`on a telephone nothing is cut off, in ${colorScheme}`, async () => {
      const { page } = await publishing(`phone-${colorScheme}`, { viewport: { width: 360, height: 740 }, colorScheme });
      const overflows = () =>
        page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      for (const key of ['1', '2', '3']) {
        await page.keyboard.press(key);
        expect(await overflows()).toBe(0);
      }
      expect(await page.locator('.sidebar').isVisible()).toBe(false);
      await page.getByRole('button', { name: 'Back to the list' }).click();
      expect(await page.locator('.sidebar').isVisible()).toBe(true);
      expect(await overflows()).toBe(0);
    });
});

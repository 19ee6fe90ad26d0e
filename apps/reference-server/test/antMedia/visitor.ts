import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { type Colour, tilesOf, useCamera } from '../tiles.ts';

const timeoutMs = 30_000;

/** Waits until a check no longer rejects. Rejects as it does in the end. */
export async function until(what: string, check: () => Promise<boolean>, waitMs = timeoutMs): Promise<void> {
  const end = performance.now() + waitMs;
  for (;;) {
    if (await check().catch(() => false)) return;
    if (performance.now() > end) throw new Error(what);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** Script for a page on a device with a microphone and no camera. */
export const noCamera = `navigator.mediaDevices.enumerateDevices = async () => [
  { kind: 'audioinput', deviceId: 'microphone', groupId: '', label: 'Microphone' },
];`;

/** Script for a page on a device with a camera that takes little of the machine. */
export const smallCamera = 'window.cameraFormat = { width: 160, height: 120, framesPerSecond: 5 };';

/** A user with a page open, and a camera of one color. */
export class Visitor {
  readonly page: Page;
  readonly name: string;
  readonly colour: Colour;
  readonly #context: BrowserContext;
  readonly #log: string[];

  private constructor(context: BrowserContext, page: Page, name: string, colour: Colour, log: string[]) {
    this.#context = context;
    this.page = page;
    this.name = name;
    this.colour = colour;
    this.#log = log;
  }

  static async open(browser: Browser, url: string, name: string, colour: Colour, script = ''): Promise<Visitor> {
    const context = await browser.newContext({ viewport: { width: 1100, height: 800 } });
    await useCamera(context, colour);
    await context.addInitScript(script);
    // Nothing but this machine is reached, so what a page wants from elsewhere is missing at once.
    await context.route(
      (to) => to.hostname !== 'localhost',
      (route) => route.abort(),
    );
    // The page of a call dials port 5080, wherever it comes from; that of the player draws a chart by a library from elsewhere.
    await context.addInitScript(`
      const Native = window.WebSocket;
      window.WebSocket = class extends Native {
        constructor(url, ...rest) {
          super(String(url).replace('localhost:5080/', location.host + '/'), ...rest);
        }
      };
      window.Chart = class { data = { labels: [], datasets: [{ data: [] }, { data: [] }] }; update() {} };
    `);
    const page = await context.newPage();
    const log: string[] = [];
    page.on('console', (message) => log.push(message.text()));
    page.on('pageerror', (error) => log.push(`uncaught: ${error.message}`));
    page.on('websocket', (socket) => {
      socket.on('framesent', ({ payload }) => log.push(`→ ${String(payload)}`));
      socket.on('framereceived', ({ payload }) => log.push(`← ${String(payload)}`));
    });
    page.on('dialog', (dialog) => {
      log.push(`dialog: ${dialog.message()}`);
      dialog.dismiss().catch(() => {});
    });
    await page.goto(url);
    return new Visitor(context, page, name, colour, log);
  }

  /** Log of its page, and the messages of its sockets. */
  get log(): readonly string[] {
    return this.#log;
  }

  /** Waits until exactly those are seen by their colours, the own camera aside, each moving; in any place. */
  async sees(...colours: readonly Colour[]): Promise<void> {
    const expected = [...colours].sort().join(', ');
    let last = '';
    try {
      await until('', async () => {
        const tiles = await tilesOf(this.page);
        const others = tiles.filter(({ colour, id }) => colour !== this.colour && !/local/i.test(id));
        last = others.map(({ colour, caption }) => `${colour} (${caption.slice(0, 40)})`).join(', ');
        return (
          others
            .map(({ colour }) => colour)
            .sort()
            .join(', ') === expected
        );
      });
    } catch {
      throw new Error(`${this.name} sees [${last}] instead of [${expected}]`);
    }
    const before = await tilesOf(this.page);
    await until(`a picture that ${this.name} sees stands still`, async () => {
      const now = await tilesOf(this.page);
      return colours.every((colour) => {
        const [first, second] = [before, now].map((tiles) => tiles.find((tile) => tile.colour === colour)?.frames ?? 0);
        return (second ?? 0) > (first ?? 0);
      });
    });
  }

  /** Waits until each of those is seen with their name beside them. */
  async seesNamed(others: readonly Visitor[]): Promise<void> {
    await this.sees(...others.map(({ colour }) => colour));
    let last = '';
    try {
      await until('', async () => {
        const tiles = await tilesOf(this.page);
        last = tiles.map(({ colour, caption }) => `${colour} (${caption.slice(0, 40)})`).join(', ');
        return others.every(({ name, colour }) =>
          tiles.some((tile) => tile.colour === colour && tile.caption.includes(name)),
        );
      });
    } catch {
      throw new Error(`${this.name} sees [${last}] without the names of ${others.map(({ name }) => name).join(', ')}`);
    }
  }

  /** Waits until a text is on the page. */
  reads = (text: string) =>
    until(`${this.name} does not read "${text}"`, async () => {
      const written = await this.page.evaluate(() => {
        const fields = Array.from(document.querySelectorAll('textarea'), ({ value }) => value);
        // biome-ignore lint/performance/useDomNodeTextContent: what is not rendered is not read.
        return [document.body.innerText, ...fields].join(' ');
      });
      return written.includes(text);
    });

  /** The videos that it sees now. */
  tiles = () => tilesOf(this.page);

  click = (selector: string) => this.page.locator(selector).first().click({ timeout: timeoutMs });

  fill = (selector: string, text: string) => this.page.locator(selector).first().fill(text, { timeout: timeoutMs });

  async screenshot(folder: string, name: string): Promise<void> {
    await mkdir(folder, { recursive: true });
    await this.page.screenshot({ path: join(folder, `${name}.png`) });
  }

  saveLog = (folder: string, name: string): Promise<void> =>
    writeFile(join(folder, `${name}.log`), `${this.#log.join('\n')}\n`);

  close = () => this.#context.close();
}

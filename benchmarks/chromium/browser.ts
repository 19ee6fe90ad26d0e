import { existsSync, readFileSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { chromiumOptions } from '../../apps/reference-server/test/chromium.ts';

/** The Chromium of this machine. */
export const { executablePath } = chromiumOptions();
const script = readFileSync(new URL('page.js', import.meta.url), 'utf8');

/** True if Chromium is installed. */
export const hasChromium = (): boolean => existsSync(executablePath);

/** A publisher's statistics of what it sends. */
export interface Sending {
  readonly kbps: number;
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
  readonly targetKbps: number;
  readonly availableKbps: number;
  readonly limitation: string;
}

/** Globals that the script sets on a page. */
export interface BenchmarkWindow {
  publish(url: string, streamId: string): Promise<void>;
  play(url: string, streamId: string): Promise<number>;
  offer(): Promise<string>;
  answer(sdp: string): Promise<string>;
  answered(sdp: string): Promise<void>;
  sending(from: number, to: number): Promise<Sending>;
}

/** Starts a Chromium with a fake camera, restricted to this machine. `program` is a wrapper to start instead. */
export const launchChromium = (program: string = executablePath): Promise<Browser> =>
  chromium.launch({ ...chromiumOptions('fps=30'), executablePath: program });

/** Opens a page of the server, with the script in it. */
export async function openPage(browser: Browser, origin: string): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(`${origin}/metrics`);
  await page.addScriptTag({ content: script });
  return page;
}

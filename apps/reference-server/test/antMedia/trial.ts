import type { Browser } from 'playwright-core';
import type { Colour } from '../tiles.ts';
import { Visitor } from './visitor.ts';

/** Environment of a trial. */
export interface Stage {
  /** Address of the pages. */
  readonly url: string;
  /** Folder for screenshots. */
  readonly screenshots: string;
  /** Opens a page, after a script of the trial if there is one. The page is closed at the end of the trial. */
  open(path: string, name: string, colour: Colour, script?: string): Promise<Visitor>;
}

/** One way in which people use an application. */
export interface Trial {
  readonly name: string;
  readonly run: (stage: Stage) => Promise<void>;
}

/** Runs trials one after another and prints their results. Returns the number of failures. */
export async function runTrials(
  trials: readonly Trial[],
  { browser, url, screenshots }: { browser: Browser; url: string; screenshots: string },
): Promise<number> {
  let failed = 0;
  for (const { name, run } of trials) {
    const visitors: Visitor[] = [];
    const open: Stage['open'] = async (path, visitor, colour, script) => {
      const opened = await Visitor.open(browser, `${url}${path}`, visitor, colour, script);
      visitors.push(opened);
      return opened;
    };
    const began = performance.now();
    const file = name.replaceAll(/[^a-z0-9]+/gi, '-');
    let hasFailed = false;
    try {
      await run({ url, screenshots, open });
      process.stdout.write(`passed  ${name} (${((performance.now() - began) / 1000).toFixed(1)} s)\n`);
    } catch (error) {
      hasFailed = true;
      failed += 1;
      process.stdout.write(`FAILED  ${name}: ${(error as Error).message}\n`);
      for (const visitor of visitors)
        for (const line of visitor.log.slice(-8))
          process.stdout.write(`          ${visitor.name}: ${line.slice(0, 160)}\n`);
    }
    for (const [index, visitor] of visitors.entries()) {
      const own = `${file}-${index}-${visitor.name}`;
      await visitor.screenshot(screenshots, own);
      if (hasFailed) await visitor.saveLog(screenshots, own);
    }
    await Promise.all(visitors.map((visitor) => visitor.close()));
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return failed;
}

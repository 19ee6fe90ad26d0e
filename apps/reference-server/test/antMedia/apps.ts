/**
 * Tries the applications of Ant Media with this server, as they are, in Chromium. Nothing of theirs is in this repository: give it
 * checkouts. See docs/compatibility.md.
 *
 *   node --conditions=@sigchart/source apps/reference-server/test/antMedia/apps.ts --stream-app DIR --circle DIR --react-native DIR
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { launchChromium } from '../chromium.ts';
import { startServer } from '../server.ts';
import { circleTrials } from './circle.ts';
import { circleSites, serveSites, streamAppSites } from './host.ts';
import { reactNativeSite, reactNativeTrials } from './reactNative.ts';
import { streamAppTrials } from './streamApp.ts';
import { runTrials, type Trial } from './trial.ts';

const { values } = parseArgs({
  options: {
    'stream-app': { type: 'string' },
    circle: { type: 'string' },
    'react-native': { type: 'string' },
    /** Folder for screenshots. */
    screenshots: { type: 'string', default: 'screenshots' },
    /** Only trials with this in their name. */
    only: { type: 'string', default: '' },
  },
});
const { circle, screenshots, only, 'stream-app': streamApp, 'react-native': reactNative } = values;
const sdk = fileURLToPath(new URL('../../node_modules/antmedia-sdk-2-16-2/dist/es', import.meta.url));

const trials: readonly Trial[] = [
  ...(streamApp === undefined ? [] : streamAppTrials),
  ...(circle === undefined ? [] : circleTrials),
  ...(reactNative === undefined ? [] : reactNativeTrials),
].filter(({ name }) => name.includes(only));
if (trials.length === 0)
  throw new Error(
    'give --stream-app DIR, --circle DIR or --react-native DIR, and --only a part of the name of a trial',
  );

const [server, browser] = await Promise.all([startServer(), launchChromium()]);
const host = await serveSites(
  [
    ...(streamApp === undefined ? [] : streamAppSites(streamApp, sdk)),
    ...(circle === undefined ? [] : circleSites(circle)),
    ...(reactNative === undefined ? [] : [await reactNativeSite(reactNative)]),
  ],
  Number(new URL(server.http).port),
);
process.exitCode = Math.min(1, await runTrials(trials, { browser, url: host.url, screenshots }));
await browser.close();
await Promise.all([host.close(), server.stop()]);

import { mkdtemp, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import type { Site } from './host.ts';
import type { Stage, Trial } from './trial.ts';

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** React of this repository, in the place of the one that an application brings. */
const { resolve } = createRequire(new URL('../../../../packages/react/package.json', import.meta.url));

/**
 * Serves a page that uses a checkout of `ant-media/WebRTC-React-Native-SDK`. The browser's WebRTC takes the place of
 * `react-native-webrtc`, which has the same interface.
 */
export async function reactNativeSite(checkout: string): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), 'react-native-'));
  await build({
    configFile: false,
    logLevel: 'silent',
    resolve: {
      alias: {
        'react-native-ant-media': join(checkout, 'src/index.tsx'),
        'react-native-webrtc': here('reactNativeWebrtc.js'),
        'react-native-url-polyfill/auto': here('reactNativeWebrtc.js'),
        'react-dom/client': resolve('react-dom/client'),
        react: resolve('react'),
      },
    },
    define: { 'process.env.NODE_ENV': '"production"' },
    build: { outDir: folder, lib: { entry: here('reactNativePage.js'), formats: ['es'], fileName: () => 'page.js' } },
  });
  await writeFile(
    join(folder, 'index.html'),
    '<!doctype html><title>React Native SDK</title><div id="app"></div><script type="module" src="page.js"></script>',
  );
  return { path: '/reactNative', folders: [folder] };
}

const people = [
  ['anna', 'red'],
  ['ben', 'green'],
  ['carla', 'blue'],
] as const;

const enter = (stage: Stage, [name, colour]: (typeof people)[number], query: string) =>
  stage.open(`/reactNative/index.html?publish=${name}&${query}`, name, colour);

/** Uses of the React Native SDK. */
export const reactNativeTrials: readonly Trial[] = [
  {
    name: 'React Native SDK: publish and play',
    async run(stage) {
      const anna = await enter(stage, people[0], '');
      await anna.reads('publish_started');
      const ben = await stage.open('/reactNative/index.html?play=anna', 'ben', 'green');
      await ben.sees('red');
    },
  },
  {
    name: 'React Native SDK: a room of three, of whom one leaves and returns',
    async run(stage) {
      const [anna, ben, carla] = [
        await enter(stage, people[0], 'room=native'),
        await enter(stage, people[1], 'room=native'),
        await enter(stage, people[2], 'room=native'),
      ];
      await anna.sees('green', 'blue');
      await carla.sees('red', 'green');
      await ben.page.evaluate(`window.adaptor.stop('ben'); window.adaptor.stop('native');`);
      await anna.sees('blue');
      await ben.page.reload();
      await anna.sees('green', 'blue');
      await ben.sees('red', 'blue');
    },
  },
  {
    name: 'React Native SDK: a call',
    async run(stage) {
      const anna = await stage.open('/reactNative/index.html?join=call2', 'anna', 'red');
      await anna.reads('joined');
      const ben = await stage.open('/reactNative/index.html?join=call2', 'ben', 'green');
      await anna.sees('green');
      await ben.sees('red');
    },
  },
];

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';

/** Folders of the Ant Media JavaScript SDK's published modules, by version. */
const sdkFolders = {
  '2.5.1': 'antmedia-sdk-2-5-1/src/main/webapp/js/',
  '2.9.0': 'antmedia-sdk-2-9-0/dist/es/',
  '2.11.3': 'antmedia-sdk-2-11-3/dist/es/',
  '2.16.2': 'antmedia-sdk-2-16-2/dist/es/',
} as const;

export type SdkVersion = keyof typeof sdkFolders;

export const sdkVersions = Object.keys(sdkFolders) as readonly SdkVersion[];

/** Serves the SDK below `/sdk/` of an origin, and adds a script that imports it from `window.sdkUrl`. */
export async function addSdk(
  page: Page,
  origin: string,
  script: string,
  version: SdkVersion = '2.16.2',
): Promise<void> {
  const root = fileURLToPath(new URL(`../node_modules/${sdkFolders[version]}`, import.meta.url));
  await page.route('**/sdk/*', (route) =>
    route.fulfill({
      contentType: 'text/javascript',
      body: readFileSync(root + new URL(route.request().url()).pathname.replace('/sdk/', ''), 'utf8'),
    }),
  );
  await page.evaluate((url) => Object.assign(window, { sdkUrl: url }), `${origin}/sdk/webrtc_adaptor.js`);
  await page.addScriptTag({ content: script });
}

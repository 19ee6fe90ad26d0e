import { type Browser, chromium } from 'playwright-core';

/**
 * Options of a Chromium with a fake camera and microphone, restricted to this machine.
 *
 * @param camera - Options of the camera, such as `fps=30`.
 */
export const chromiumOptions = (camera = '') => ({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    `--use-fake-device-for-media-stream${camera === '' ? '' : `=${camera}`}`,
    '--use-fake-ui-for-media-stream',
    '--autoplay-policy=no-user-gesture-required',
    '--disable-features=WebRtcHideLocalIpsWithMdns',
  ],
});

/** Starts a Chromium with {@link chromiumOptions}. */
export const launchChromium = (): Promise<Browser> => chromium.launch(chromiumOptions());

import { type Browser, launch } from 'puppeteer-core';

// The browsers as they are installed. Only WebDriver BiDi can drive such a Firefox.

export type BrowserName = 'Chromium' | 'Firefox';

/** Starts both, each with a camera and a microphone of its own making. */
export async function launchBoth(): Promise<Readonly<Record<BrowserName, Browser>>> {
  const [firefox, chromium] = await Promise.all([
    launch({
      browser: 'firefox',
      executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr',
      extraPrefsFirefox: {
        'media.navigator.streams.fake': true,
        'media.navigator.permission.disabled': true,
        'media.autoplay.default': 0,
      },
    }),
    launch({
      browser: 'chrome',
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-background-networking',
        '--use-fake-device-for-media-stream',
        '--use-fake-ui-for-media-stream',
        '--autoplay-policy=no-user-gesture-required',
        '--disable-features=WebRtcHideLocalIpsWithMdns',
      ],
    }),
  ]);
  return { Chromium: chromium, Firefox: firefox };
}

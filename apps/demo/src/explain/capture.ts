import type { CaptureKind } from '../capture/capture.ts';
import type { Explanation } from './explanation.ts';

const over = (title: string, advice: string): Explanation => ({ title, advice, outlook: 'over' });

const picture = 'choose the test picture';

/** The plain words for a camera, microphone or screen that could not be had, by the name of the `DOMException`. */
export function explainCapture(kind: CaptureKind, name: string, isSecureContext: boolean): Explanation {
  if (!isSecureContext && kind !== 'test')
    return over(
      'Browsers allow camera, microphone and screen only on secure pages.',
      `Open this page over https, or as localhost on the server’s own machine. Or ${picture}: it works here too.`,
    );
  if (kind === 'screen') {
    if (name === 'NotAllowedError')
      return over('The screen was not shared.', 'Start again and pick a screen, a window or a tab.');
    return over('The screen could not be captured.', `This browser may not be able to. Try another, or ${picture}.`);
  }
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return over(
        'Camera and microphone were refused.',
        `Allow them for this page, next to the address or in the system’s privacy settings, and start again. Or ${picture}.`,
      );
    case 'NotFoundError':
    case 'OverconstrainedError':
      return over('No camera or microphone was found.', `Connect one and start again, or ${picture}.`);
    case 'NotReadableError':
    case 'AbortError':
      return over(
        'Camera or microphone are there but do not start.',
        `Another program may be using them. Close it and start again, or ${picture}.`,
      );
    default:
      return over(
        `This source could not be started (${name}).`,
        `Choose another source, for instance the test picture.`,
      );
  }
}

/** Explanation for a capture that ended while it was being published. */
export const explainCaptureEnd = (kind: CaptureKind): Explanation =>
  kind === 'screen'
    ? over('Sharing the screen has ended.', 'Press Start to share it again.')
    : over(
        'The camera or microphone was disconnected.',
        'It was unplugged, or another program took it. Press Start to try again.',
      );

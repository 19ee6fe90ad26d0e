import { drawPicture, picture } from './picture.ts';
import { openTone } from './tone.ts';

const label = 'Sigchart test picture';

/**
 * A generated picture and tone, for machines without a camera, and to see and hear the delay.
 *
 * No wider than `width`, in pixels.
 */
export function openTestPicture(width: number) {
  const scale = Math.min(1, width / picture.width);
  const size = { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) };
  const canvas = Object.assign(document.createElement('canvas'), size);
  const context = canvas.getContext('2d');
  context?.scale(scale, scale);
  const draw = () => {
    if (context !== null) drawPicture(context, new Date(), label);
  };
  draw();
  const clock = new Worker(new URL('./clockWorker.ts', import.meta.url), { type: 'module' });
  clock.addEventListener('message', draw);
  const tone = openTone();
  const stream = canvas.captureStream(picture.frameRate);
  if (tone.track !== undefined) stream.addTrack(tone.track);
  return {
    stream,
    close() {
      for (const track of stream.getTracks()) track.stop();
      clock.terminate();
      tone.close();
    },
  };
}

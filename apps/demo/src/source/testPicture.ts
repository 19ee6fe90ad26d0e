import { drawPicture, picture } from './picture.ts';
import type { Source } from './source.ts';
import { openTone } from './tone.ts';

const label = 'Sigchart test picture';

/** A picture and a tone made here: for machines without a camera, and to see and hear the delay. */
export function openTestPicture(): Source {
  const canvas = Object.assign(document.createElement('canvas'), { width: picture.width, height: picture.height });
  const context = canvas.getContext('2d');
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

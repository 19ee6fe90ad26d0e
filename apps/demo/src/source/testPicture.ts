import { drawPicture, picture } from './picture.ts';
import type { PictureRequest } from './pictureWorker.ts';
import type { Source } from './source.ts';
import { openTone } from './tone.ts';

/** Makes a track out of pictures. In Chromium only, so far, and not yet in TypeScript's DOM. */
interface TrackGenerator extends MediaStreamTrack {
  readonly writable: WritableStream<VideoFrame>;
}

declare global {
  interface Window {
    readonly MediaStreamTrackGenerator?: new (init: { kind: 'video' }) => TrackGenerator;
  }
}

interface Picture {
  readonly track: MediaStreamTrack | undefined;
  close(): void;
}

const label = 'Sigchart test picture';

function openInWorker(Generator: new (init: { kind: 'video' }) => TrackGenerator): Picture {
  const worker = new Worker(new URL('./pictureWorker.ts', import.meta.url), { type: 'module' });
  const track = new Generator({ kind: 'video' });
  const request: PictureRequest = { writable: track.writable, label };
  worker.postMessage(request, [track.writable]);
  return { track, close: () => worker.terminate() };
}

function openInPage(): Picture {
  const canvas = Object.assign(document.createElement('canvas'), { width: picture.width, height: picture.height });
  const context = canvas.getContext('2d');
  const draw = () => {
    if (context !== null) drawPicture(context, new Date(), label);
  };
  draw();
  const timer = setInterval(draw, 1000 / picture.frameRate);
  const [track] = canvas.captureStream(picture.frameRate).getVideoTracks();
  return { track, close: () => clearInterval(timer) };
}

/** A picture and a tone made here: for machines without a camera, and to see and hear the delay. */
export function openTestPicture(): Source {
  const Generator = window.MediaStreamTrackGenerator;
  const image = Generator === undefined ? openInPage() : openInWorker(Generator);
  const tone = openTone();
  const tracks = [image.track, tone.track].filter((track) => track !== undefined);
  return {
    stream: new MediaStream(tracks),
    close() {
      for (const track of tracks) track.stop();
      image.close();
      tone.close();
    },
  };
}

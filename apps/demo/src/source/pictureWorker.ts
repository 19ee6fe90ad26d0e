import { drawPicture, picture } from './picture.ts';

/** What the worker is told, once. */
export interface PictureRequest {
  readonly writable: WritableStream<VideoFrame>;
  readonly label: string;
}

/** Draws in a worker, whose clock goes on at full speed while the page is hidden behind another tab. */
function draw({ writable, label }: PictureRequest): void {
  const context = new OffscreenCanvas(picture.width, picture.height).getContext('2d');
  const writer = writable.getWriter();
  if (context === null) return;
  setInterval(() => {
    // A picture that would have to wait is better not made.
    if ((writer.desiredSize ?? 0) <= 0) return;
    drawPicture(context, new Date(), label);
    const frame = new VideoFrame(context.canvas, { timestamp: performance.now() * 1000 });
    writer.write(frame).catch(() => frame.close());
  }, 1000 / picture.frameRate);
}

addEventListener('message', ({ data }: MessageEvent<PictureRequest>) => draw(data), { once: true });

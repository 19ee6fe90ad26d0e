import { openTestPicture } from './testPicture.ts';

/** What can be published. */
export const sourceKinds = ['camera', 'screen', 'test'] as const;

/** What is published: camera and microphone, a screen, or a picture made here. */
export type SourceKind = (typeof sourceKinds)[number];

/** A source that runs. */
export interface Source {
  readonly stream: MediaStream;
  /** Ends its tracks, and the light of the camera with them. */
  close(): void;
}

/** How large a picture should be, in pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

const hd: PictureSize = { width: 1280, height: 720 };

/** Camera and microphone; where there is only one of the two, that one. */
async function openCamera({ width, height }: PictureSize): Promise<MediaStream> {
  const devices = navigator.mediaDevices;
  const camera = { width: { ideal: width }, height: { ideal: height }, frameRate: { ideal: 30 } };
  try {
    return await devices.getUserMedia({ video: camera, audio: true });
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== 'NotFoundError') throw error;
    const pictureOnly = devices.getUserMedia({ video: camera });
    return await pictureOnly.catch(() => devices.getUserMedia({ audio: true }));
  }
}

const capture: Readonly<Record<Exclude<SourceKind, 'test'>, (size: PictureSize) => Promise<MediaStream>>> = {
  camera: openCamera,
  // Sound comes along where browser and person allow it.
  screen: () => navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { ideal: 30 } }, audio: true }),
};

/** Opens a source; a camera's picture is 1280 × 720 unless told. Rejects with what the browser rejects with, most often a `DOMException`. */
export async function openSource(kind: SourceKind, size: PictureSize = hd): Promise<Source> {
  if (kind === 'test') return openTestPicture(size.width);
  const stream = await capture[kind](size);
  return {
    stream,
    close: () => {
      for (const track of stream.getTracks()) track.stop();
    },
  };
}

import { openTestPicture } from './testPicture.ts';

/** Kinds of capture that can be published. */
export const captureKinds = ['camera', 'screen', 'test'] as const;

/** Camera and microphone, a screen, or a generated picture. */
export type CaptureKind = (typeof captureKinds)[number];

/** A capture that runs. */
export interface Capture {
  readonly stream: MediaStream;
  /** Ends its tracks, and the light of the camera with them. */
  close(): void;
}

/** Preferred size of a picture, in pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** Camera and microphone to open. Default: the browser's. */
export interface DeviceChoice {
  /** The `deviceId` of a camera. */
  readonly camera?: string | undefined;
  /** Preferred camera of a phone, by the direction it faces. */
  readonly facing?: 'user' | 'environment' | undefined;
  /** The `deviceId` of a microphone. */
  readonly microphone?: string | undefined;
}

const hd: PictureSize = { width: 1280, height: 720 };

const cameraOf = ({ width, height }: PictureSize, { camera, facing }: DeviceChoice): MediaTrackConstraints => ({
  width: { ideal: width },
  height: { ideal: height },
  frameRate: { ideal: 30 },
  ...(camera && { deviceId: { ideal: camera } }),
  ...(facing && { facingMode: { ideal: facing } }),
});

const microphoneOf = ({ microphone }: DeviceChoice): MediaTrackConstraints | true =>
  microphone ? { deviceId: { ideal: microphone } } : true;

/** Opens one device. Close the one in use first: most phones open one camera at a time. */
export async function openDevice(
  kind: 'audio' | 'video',
  choice: DeviceChoice,
  size: PictureSize = hd,
): Promise<MediaStreamTrack> {
  const constraints = kind === 'video' ? { video: cameraOf(size, choice) } : { audio: microphoneOf(choice) };
  const [track] = (await navigator.mediaDevices.getUserMedia(constraints)).getTracks();
  if (track === undefined) throw new DOMException('no track', 'NotFoundError');
  return track;
}

/** Camera and microphone; where there is only one of the two, that one. */
async function openCamera(size: PictureSize, choice: DeviceChoice): Promise<MediaStream> {
  const devices = navigator.mediaDevices;
  const camera = cameraOf(size, choice);
  try {
    return await devices.getUserMedia({ video: camera, audio: microphoneOf(choice) });
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== 'NotFoundError') throw error;
    const pictureOnly = devices.getUserMedia({ video: camera });
    return await pictureOnly.catch(() => devices.getUserMedia({ audio: microphoneOf(choice) }));
  }
}

/** Opens a screen, a window or a tab. Sound comes along where browser and person allow it. */
export const openScreen = (): Promise<MediaStream> =>
  navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { ideal: 30 } }, audio: true });

/**
 * Opens a capture; the default size of a camera's picture is 1280 × 720. Rejects with the browser's error, most often a
 * `DOMException`.
 */
export async function openCapture(
  kind: CaptureKind,
  size: PictureSize = hd,
  choice: DeviceChoice = {},
): Promise<Capture> {
  if (kind === 'test') return openTestPicture(size.width);
  const stream = await (kind === 'screen' ? openScreen() : openCamera(size, choice));
  return {
    stream,
    close: () => {
      for (const track of stream.getTracks()) track.stop();
    },
  };
}

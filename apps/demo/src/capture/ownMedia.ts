import { type DeviceButtons, runDeviceButtons } from '../devices.ts';
import { element } from '../element.ts';
import { explainCapture, explainCaptureEnd } from '../explain/capture.ts';
import type { Explanation } from '../explain/explanation.ts';
import { showNotice } from '../notice.ts';
import {
  type Capture,
  type CaptureKind,
  captureKinds,
  openCapture,
  openDevice,
  openScreen,
  type PictureSize,
} from './capture.ts';
import { runDevicePickers } from './devicePickers.ts';

/** Preview of the own media. */
export interface OwnPicture {
  readonly stream: MediaStream;
  /** Source of the picture. That of a camera is shown mirrored. */
  readonly kind: CaptureKind;
}

/** Options for choosing and showing the own media. */
export interface OwnMediaOptions {
  /** Kind of capture in the page's address, `?source=`. */
  readonly source: string | undefined;
  /** True to start with the microphone off. */
  readonly muted: boolean;
  readonly size?: PictureSize;
  /** Shows the own picture, or none. */
  readonly show: (picture: OwnPicture | undefined) => void;
  /** Called when microphone, camera or screen are turned on or off. */
  readonly changed?: () => void;
  /** Called when the capture has ended, with the reason. */
  readonly lost: (explanation: Explanation) => void;
}

/** Replaces the stream being sent. */
type Send = (stream: MediaStream) => Promise<void>;

/** Media of this page: chosen in the form, and previewed before and while it is sent. */
export interface OwnMedia {
  /** Opens what is chosen, or takes over the preview. Returns why that cannot be. */
  open(): Promise<Explanation | undefined>;
  /** Currently open stream. */
  readonly stream: MediaStream | undefined;
  readonly on: DeviceButtons['on'];
  /** Sends changes of the media with `send` until it is closed. */
  sendWith(send: Send): void;
  close(): void;
}

/** Runs the choice of what to capture, the preview, and the buttons for what is sent. */
export function runOwnMedia({ source, muted, size, show, changed, lost }: OwnMediaOptions): OwnMedia {
  const radios = [...document.querySelectorAll<HTMLInputElement>('[name=source]')];
  const preview = element('preview', HTMLButtonElement);
  const share = element('share', HTMLButtonElement);
  const flip = element('flip', HTMLButtonElement);
  const preset = captureKinds.find((kind) => kind === source) ?? 'camera';
  for (const radio of radios) radio.checked = radio.value === preset;

  let open: Capture | undefined;
  let kind: CaptureKind = preset;
  let screen: MediaStream | undefined;
  let send: Send | undefined;
  let facing: 'user' | 'environment' | undefined;
  const devices = runDeviceButtons({ muted, changed: () => changed?.() });
  const pickers = runDevicePickers((picked) => {
    if (picked === 'video') facing = undefined;
    void reopen(picked);
  });

  const chosenKind = () =>
    captureKinds.find((each) => radios.some(({ checked, value }) => checked && value === each)) ?? 'camera';
  const choice = () => (facing === undefined ? pickers.choice : { ...pickers.choice, camera: undefined, facing });
  const explain = (from: CaptureKind, error: unknown) =>
    explainCapture(from, error instanceof Error ? error.name : String(error), isSecureContext);

  /** Picture that is sent and shown: the screen while it is shared, otherwise the camera. */
  const picture = (): OwnPicture | undefined => {
    if (open === undefined) return undefined;
    if (screen === undefined) return { stream: open.stream, kind };
    return { stream: new MediaStream([...screen.getVideoTracks(), ...open.stream.getAudioTracks()]), kind: 'screen' };
  };

  function shown(): void {
    show(picture());
    showButtons();
    changed?.();
  }

  function showButtons(): void {
    pickers.offer((open === undefined ? chosenKind() : kind) === 'camera');
    devices.attach(open?.stream);
    const isLive = send !== undefined;
    preview.textContent = open === undefined ? 'Preview' : 'Stop preview';
    preview.hidden = isLive;
    share.hidden = !isLive || kind === 'screen' || navigator.mediaDevices?.getDisplayMedia === undefined;
    share.classList.toggle('on', screen !== undefined);
    const word = share.querySelector('span');
    if (word !== null) word.textContent = screen === undefined ? 'Share screen' : 'Stop sharing';
    flip.hidden =
      open === undefined || kind !== 'camera' || pickers.cameras < 2 || !matchMedia('(pointer: coarse)').matches;
  }

  /** Shows what has changed, and sends it. */
  async function apply(): Promise<void> {
    shown();
    const own = picture();
    if (own !== undefined) await send?.(own.stream).catch(() => {});
  }

  const ended = () => lost(explainCaptureEnd(kind));
  const watch = (track: MediaStreamTrack) => track.addEventListener('ended', ended);

  async function openChosen(): Promise<Explanation | undefined> {
    if (open !== undefined) return undefined;
    kind = chosenKind();
    try {
      open = await openCapture(kind, size, choice());
    } catch (error) {
      return explain(kind, error);
    }
    for (const track of open.stream.getTracks()) watch(track);
    if (kind === 'camera') await pickers.refresh();
    shown();
    return undefined;
  }

  /** Opens another device instead of the current one. */
  async function reopen(what: 'audio' | 'video'): Promise<void> {
    if (open === undefined || kind !== 'camera') return;
    const { stream } = open;
    const before = stream.getTracks().filter((track) => track.kind === what);
    for (const track of before) {
      track.removeEventListener('ended', ended);
      track.stop();
    }
    try {
      const next = await openDevice(what, choice(), size);
      for (const track of before) stream.removeTrack(track);
      stream.addTrack(next);
      watch(next);
      await apply();
    } catch (error) {
      lost(explain(kind, error));
    }
  }

  function endScreen(): void {
    for (const track of screen?.getTracks() ?? []) track.stop();
    screen = undefined;
  }

  share.addEventListener('click', async () => {
    if (screen !== undefined) {
      endScreen();
    } else {
      // A cancelled browser dialog changes nothing.
      const opened = await openScreen().catch(() => undefined);
      if (opened === undefined) return;
      screen = opened;
      opened.getVideoTracks()[0]?.addEventListener('ended', () => {
        if (screen !== opened) return;
        endScreen();
        void apply();
      });
    }
    await apply();
  });
  flip.addEventListener('click', () => {
    const current = facing ?? open?.stream.getVideoTracks()[0]?.getSettings().facingMode ?? 'user';
    facing = current === 'environment' ? 'user' : 'environment';
    void reopen('video');
  });
  preview.addEventListener('click', async () => {
    if (open !== undefined) {
      close();
      return;
    }
    showNotice(await openChosen());
  });
  for (const radio of radios)
    radio.addEventListener('change', async () => {
      showButtons();
      if (open === undefined) return;
      close();
      showNotice(await openChosen());
    });

  function close(): void {
    endScreen();
    for (const track of open?.stream.getTracks() ?? []) track.removeEventListener('ended', ended);
    open?.close();
    open = undefined;
    send = undefined;
    shown();
  }

  void pickers.refresh();
  showButtons();
  return {
    open: openChosen,
    get stream() {
      return picture()?.stream;
    },
    get on() {
      return screen === undefined ? devices.on : { ...devices.on, camera: true };
    },
    sendWith(next) {
      send = next;
      showButtons();
    },
    close,
  };
}

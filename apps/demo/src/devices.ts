import { element } from './element.ts';
import type { Status } from './status.ts';

/** Own devices that are on. A missing device is off. */
export type Devices = Pick<Status, 'microphone' | 'camera'>;

/** The buttons for the own microphone and camera. */
export interface DeviceButtons {
  /** Turns to the media that is sent, or to none. What was turned off stays off. */
  attach(stream: MediaStream | undefined): void;
  readonly on: Devices;
}

/** Options to run the buttons. */
export interface DeviceButtonOptions {
  /** True to start with the microphone off. */
  readonly muted: boolean;
  /** Called when one is turned on or off. */
  readonly changed: () => void;
}

const words = {
  microphone: { on: 'Mute', off: 'Unmute' },
  camera: { on: 'Camera off', off: 'Camera on' },
} as const;

/** Runs the buttons `#microphone` and `#camera`. They can be pressed before anything is sent: to join muted, or unseen. */
export function runDeviceButtons({ muted, changed }: DeviceButtonOptions): DeviceButtons {
  let stream: MediaStream | undefined;

  const run = (name: keyof Devices, isWantedAtFirst: boolean) => {
    const button = element(name, HTMLButtonElement);
    const word = button.querySelector('span');
    let isWanted = isWantedAtFirst;
    const tracks = () => (name === 'microphone' ? stream?.getAudioTracks() : stream?.getVideoTracks()) ?? [];
    const apply = () => {
      // A track that is not enabled sends silence or black, without a new negotiation.
      for (const track of tracks()) track.enabled = isWanted;
      button.disabled = stream !== undefined && tracks().length === 0;
      button.classList.toggle('off', !isWanted);
      if (word !== null) word.textContent = words[name][isWanted ? 'on' : 'off'];
    };
    button.addEventListener('click', () => {
      isWanted = !isWanted;
      apply();
      changed();
    });
    apply();
    return { apply, isOn: () => isWanted && (stream === undefined || tracks().length > 0) };
  };

  const microphone = run('microphone', !muted);
  const camera = run('camera', true);
  return {
    attach(next) {
      stream = next;
      microphone.apply();
      camera.apply();
    },
    get on() {
      return { microphone: microphone.isOn(), camera: camera.isOn() };
    },
  };
}

import { element } from './element.ts';
import type { Status } from './status.ts';

/** Which of the own devices are on. One that is not there is off. */
export type Devices = Pick<Status, 'microphone' | 'camera'>;

/** The buttons for the own microphone and camera. */
export interface DeviceButtons {
  /** Turns to the media that is sent, or to none. All that is there is on at first. */
  attach(stream: MediaStream | undefined): void;
  readonly on: Devices;
}

const words = {
  microphone: { on: 'Mute', off: 'Unmute' },
  camera: { on: 'Camera off', off: 'Camera on' },
} as const;

/** Runs the buttons `#microphone` and `#camera`. `changed` hears when one is turned on or off. */
export function runDeviceButtons(changed: () => void): DeviceButtons {
  let stream: MediaStream | undefined;

  const run = (name: keyof Devices) => {
    const button = element(name, HTMLButtonElement);
    const word = button.querySelector('span');
    const tracks = () => (name === 'microphone' ? stream?.getAudioTracks() : stream?.getVideoTracks()) ?? [];
    const isOn = () => tracks().some(({ enabled }) => enabled);
    const show = () => {
      const off = tracks().length > 0 && !isOn();
      button.disabled = tracks().length === 0;
      button.classList.toggle('off', off);
      if (word !== null) word.textContent = words[name][off ? 'off' : 'on'];
    };
    button.addEventListener('click', () => {
      const enabled = !isOn();
      // A track that is not enabled sends silence or black, without a new negotiation.
      for (const track of tracks()) track.enabled = enabled;
      show();
      changed();
    });
    return { show, isOn };
  };

  const microphone = run('microphone');
  const camera = run('camera');
  return {
    attach(next) {
      stream = next;
      microphone.show();
      camera.show();
    },
    get on() {
      return { microphone: microphone.isOn(), camera: camera.isOn() };
    },
  };
}

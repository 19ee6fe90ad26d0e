import { element } from '../element.ts';
import { recall, remember } from '../memory.ts';
import type { DeviceChoice } from './capture.ts';

type Picker = 'camera' | 'microphone';

const kinds: Readonly<Record<Picker, MediaDeviceKind>> = { camera: 'videoinput', microphone: 'audioinput' };

/** The pickers of camera and microphone. */
export interface DevicePickers {
  readonly choice: DeviceChoice;
  /** Number of cameras that the browser reports. */
  readonly cameras: number;
  /** Shows the pickers where there is something to pick: browsers name devices only once they may be used. */
  refresh(): Promise<void>;
  /** Offers the pickers, where there is something to pick, or hides them. */
  offer(isOffered: boolean): void;
}

/** Runs the pickers `#cameraDevice` and `#microphoneDevice` in `#devices`. `changed` is called when the user has picked a device. */
export function runDevicePickers(changed: (kind: 'audio' | 'video') => void): DevicePickers {
  const frame = element('devices', HTMLElement);
  const pickers = {
    camera: element('cameraDevice', HTMLSelectElement),
    microphone: element('microphoneDevice', HTMLSelectElement),
  };
  let cameras = 0;
  let isOffered = true;

  const chosenOf = (name: Picker) => pickers[name].value || recall(name);

  async function refresh(): Promise<void> {
    const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
    for (const name of ['camera', 'microphone'] as const) {
      const picker = pickers[name];
      const chosen = chosenOf(name);
      const named = devices.filter(
        ({ kind, label, deviceId }) => kind === kinds[name] && label !== '' && deviceId !== '',
      );
      picker.replaceChildren(...named.map(({ label, deviceId }) => new Option(label, deviceId)));
      if (named.some(({ deviceId }) => deviceId === chosen)) picker.value = chosen ?? '';
      picker.closest('label')?.toggleAttribute('hidden', named.length === 0);
      if (name === 'camera') cameras = named.length;
    }
    show();
  }

  const show = () => {
    frame.hidden = !isOffered || Object.values(pickers).every(({ options }) => options.length === 0);
  };

  for (const name of ['camera', 'microphone'] as const)
    pickers[name].addEventListener('change', () => {
      remember(name, pickers[name].value);
      changed(name === 'camera' ? 'video' : 'audio');
    });
  navigator.mediaDevices?.addEventListener('devicechange', () => void refresh());
  return {
    get choice() {
      return { camera: chosenOf('camera'), microphone: chosenOf('microphone') };
    },
    get cameras() {
      return cameras;
    },
    refresh,
    offer(next) {
      isOffered = next;
      show();
    },
  };
}

import type { RoleSnapshot } from '@sigchart/browser';
import { readAddress } from './address.ts';
import { element } from './element.ts';
import { openField } from './field.ts';
import { createPanels } from './panels.ts';
import { runQualityMenu } from './qualityMenu.ts';
import { runRolePage } from './rolePage.ts';
import { playWithSound, showStream } from './sound.ts';

const address = readAddress(location.search);
const video = element('video', HTMLVideoElement);
const stage = element('stage', HTMLElement);
const sound = element('unmute', HTMLButtonElement);
const fullscreen = element('fullscreen', HTMLButtonElement);
const attach = createPanels();
const quality = runQualityMenu(element('quality', HTMLSelectElement));

const showSound = () => {
  sound.textContent = video.muted ? 'Unmute' : 'Mute';
  sound.classList.toggle('urgent', video.muted);
};

function show({ stream, tracks }: Pick<RoleSnapshot, 'stream' | 'tracks'>): void {
  stage.classList.toggle('filled', tracks.length > 0);
  sound.hidden = !tracks.some(({ kind }) => kind === 'audio');
  void showStream(video, stream).then(showSound);
}

sound.addEventListener('click', () => {
  video.muted = !video.muted;
  void playWithSound(video).then(showSound);
});
fullscreen.addEventListener('click', () => void video.requestFullscreen());

runRolePage({
  role: 'player',
  field: openField('streamId', { given: address.streamId, key: 'streamId' }),
  prepare: async () => ({
    start(client, { id, ...request }) {
      const handle = client.play(id, request);
      attach(handle);
      quality.attach(handle);
      return handle;
    },
    changed(handle) {
      show(handle.getSnapshot());
      quality.show(handle.getSnapshot());
      return undefined;
    },
    release() {
      attach(undefined);
      quality.attach(undefined);
      show({ stream: undefined, tracks: [] });
    },
  }),
});

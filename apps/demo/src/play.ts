import type { RoleSnapshot } from '@sigchart/browser';
import { element } from './element.ts';
import { runRolePage } from './rolePage.ts';

const video = element('video', HTMLVideoElement);
const stage = element('stage', HTMLElement);
const sound = element('unmute', HTMLButtonElement);
const fullscreen = element('fullscreen', HTMLButtonElement);

const showSound = () => {
  sound.textContent = video.muted ? 'Unmute' : 'Mute';
  sound.classList.toggle('urgent', video.muted);
};

/** Plays with sound; where nobody has touched the page yet, browsers only let it play without. */
async function play(): Promise<void> {
  try {
    await video.play();
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== 'NotAllowedError') return;
    video.muted = true;
    await video.play().catch(() => {});
  }
  showSound();
}

function show({ stream, tracks }: Pick<RoleSnapshot, 'stream' | 'tracks'>): void {
  stage.classList.toggle('filled', tracks.length > 0);
  sound.hidden = !tracks.some(({ kind }) => kind === 'audio');
  if (video.srcObject === (stream ?? null)) return;
  video.srcObject = stream ?? null;
  if (stream !== undefined) void play();
}

sound.addEventListener('click', () => {
  video.muted = !video.muted;
  void play();
});
fullscreen.addEventListener('click', () => void video.requestFullscreen());

runRolePage({
  role: 'player',
  streamId: '',
  prepare: async () => ({
    start: (client, { streamId, ...request }) => client.play(streamId, request),
    changed: show,
    release: () => show({ stream: undefined, tracks: [] }),
  }),
});

import { createClient } from '@sigchart/browser';
import { element } from '../element.ts';
import { showStream } from '../sound.ts';
import { readEmbedAddress } from './address.ts';
import { captionOf, waitMs } from './caption.ts';

const { url, streamId, token, controls, sound } = readEmbedAddress(location.href);
const video = element('video', HTMLVideoElement);
const caption = element('caption', HTMLElement);
video.controls = controls;
video.muted = !sound;

// The page waits for streams that are absent, for as long as it is open. A player of its own would give up.
const client = createClient(url, { retryLimit: 0 });

function play(): void {
  const player = client.play(streamId, { token });
  const show = () => {
    const snapshot = player.getSnapshot();
    const words = captionOf(snapshot, caption.textContent);
    if (caption.textContent !== words) caption.textContent = words;
    document.body.classList.toggle('playing', snapshot.tracks.length > 0);
    void showStream(video, snapshot.stream);
  };
  player.subscribe(show);
  show();
  player.finished.catch(() => setTimeout(play, waitMs(player.getSnapshot(), Math.random())));
}

play();

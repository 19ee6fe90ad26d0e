// A page with Ant Media's React Native SDK: publishes, plays or calls as its address states, and shows the videos that arrive.
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { useAntMedia } from 'react-native-ant-media';

const query = new URLSearchParams(location.search);
const [publish, play, join, room] = ['publish', 'play', 'join', 'room'].map((name) => query.get(name));

const write = (text) => document.body.append(`${text} `);

const show = (track) => {
  if (track.kind !== 'video') return;
  const video = Object.assign(document.createElement('video'), { autoplay: true, muted: true, width: 320 });
  video.srcObject = new MediaStream([track]);
  document.body.append(video);
  track.addEventListener('ended', () => video.remove());
};

const params = {
  url: `ws://${location.host}/live/websocket`,
  mediaConstraints: { audio: true, video: true },
  playMode: play !== null,
  debug: true,
  callback(event, data) {
    write(event);
    if (event === 'initiated' && play !== null) this.play(play);
    if (event === 'local_stream_updated' && publish !== null)
      this.publish(publish, undefined, undefined, undefined, publish, room ?? undefined);
    if (event === 'local_stream_updated' && join !== null) this.join(join);
    if (event === 'publish_started' && room !== null) this.play(room);
    if (event === 'newTrackAvailable') show(data.track);
  },
  callbackError: (error) => write(`error ${error}`),
};

function App() {
  window.adaptor = useAntMedia(params);
  return null;
}

createRoot(document.querySelector('#app')).render(createElement(App));

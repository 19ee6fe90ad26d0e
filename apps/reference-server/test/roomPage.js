// A page of a conference as the samples of Ant Media's SDK are: a tile for each track, under the label that its id has, and a name beside it from the
// list of assignments. Runs in a page that knows `sdkUrl`.

const tiles = document.createElement('div');
document.body.replaceChildren(tiles);

/** The texts of the data channel, unchanged. */
window.said = [];

window.enterRoom = (url, room, streamId, plays = { streamId: room }) =>
  import(window.sdkUrl).then(({ WebRTCAdaptor }) => {
    const local = document.createElement('video');
    [local.id, local.muted, local.autoplay] = ['local', true, true];
    local.style.display = 'none';
    document.body.append(local);
    window.adaptor = new WebRTCAdaptor({
      websocket_url: url,
      mediaConstraints: { video: true, audio: true },
      peerconnection_config: { iceServers: [] },
      localVideoElement: local,
      debug: false,
      callback(info, object) {
        if (info === 'initialized') {
          if (streamId !== undefined) window.adaptor.publish(streamId, '', '', '', streamId, room, '{}');
          window.adaptor.play(plays);
        }
        // It has another connection from then on, and other tracks.
        if (info === 'reconnection_attempt_for_player') tiles.replaceChildren();
        if (info === 'newTrackAvailable') show(object);
        if (info === 'data_received') hear(object.data);
      },
      callbackError() {},
    });
  });

window.leaveRoom = (room, streamId) => {
  window.adaptor.stop(streamId);
  window.adaptor.stop(room);
  tiles.replaceChildren();
};

const labelOf = ({ id }) => id.slice('ARDAMSx'.length);

function show({ track, stream }) {
  const label = labelOf(track);
  let tile = document.getElementById(label);
  if (tile === null) {
    tile = document.createElement('div');
    tile.id = label;
    // As the samples have it: who is only heard is not seen.
    if (track.kind === 'audio') tile.style.display = 'none';
    const video = document.createElement('video');
    [video.autoplay, video.muted, video.width] = [true, true, 160];
    video.srcObject = new MediaStream();
    tile.append(video, document.createElement('p'));
    tiles.append(tile);
  }
  tile.querySelector('video').srcObject.addTrack(track);
  stream.onremovetrack = (event) => remove(labelOf(event.track));
}

/** Some of the samples stop what they no longer show, and a track that is stopped stays so. */
function remove(label) {
  const tile = document.getElementById(label);
  for (const track of tile?.querySelector('video').srcObject.getTracks() ?? []) track.stop();
  tile?.remove();
}

function hear(text) {
  window.said.push(text);
  const { eventType, payload } = JSON.parse(text);
  if (eventType !== 'VIDEO_TRACK_ASSIGNMENT_LIST') return;
  for (const { videoLabel, trackId } of payload) {
    const caption = document.getElementById(videoLabel)?.querySelector('p');
    if (caption) caption.textContent = trackId;
  }
}

// A page of an application that uses the Ant Media JavaScript SDK as it is. Runs in a page that knows `sdkUrl`.

window.events = [];
window.tracks = [];

/** Makes an adaptor. Resolves once it is initialized. */
window.sdkOpen = (url, { play = false } = {}) =>
  import(window.sdkUrl).then(
    ({ WebRTCAdaptor }) =>
      new Promise((resolve, reject) => {
        const local = document.createElement('video');
        local.id = 'local';
        local.autoplay = true;
        local.muted = true;
        document.body.append(local);
        window.adaptor = new WebRTCAdaptor({
          websocket_url: url,
          mediaConstraints: play ? { video: false, audio: false } : { video: true, audio: true },
          peerconnection_config: { iceServers: [] },
          sdp_constraints: { OfferToReceiveAudio: play, OfferToReceiveVideo: play },
          isPlayMode: play,
          ...(play ? {} : { localVideoId: 'local', localVideoElement: local }),
          debug: false,
          callback(info, object) {
            window.events.push({ info, streamId: object?.streamId, data: object?.data, trackId: object?.trackId });
            if (info === 'initialized') resolve();
            if (info === 'newTrackAvailable' || info === 'newStreamAvailable') attach(object);
          },
          callbackError(error, message) {
            window.events.push({ info: `error:${error}`, message: String(message?.definition ?? message) });
            if (error === 'WebSocketNotConnected') reject(new Error(error));
          },
        });
      }),
  );

function attach({ track, stream }) {
  window.tracks.push(track?.kind);
  const video = document.createElement('video');
  video.autoplay = true;
  video.muted = true;
  video.srcObject = track ? new MediaStream([track]) : stream;
  document.body.append(video);
}

/** Cuts the WebSocket from under the adaptor, as a network does. */
window.cut = () => {
  for (const socket of window.sockets) socket.close();
};
window.sockets = [];
const Native = window.WebSocket;
window.WebSocket = class extends Native {
  constructor(...args) {
    super(...args);
    window.sockets.push(this);
  }
};

window.sdkReceived = async () => {
  const result = { frames: 0, audioPackets: 0 };
  for (const connection of window.peerConnections) {
    for (const entry of (await connection.getStats()).values()) {
      if (entry.type !== 'inbound-rtp') continue;
      if (entry.kind === 'video') result.frames += entry.framesDecoded ?? 0;
      else result.audioPackets += entry.packetsReceived ?? 0;
    }
  }
  return result;
};
window.peerConnections = [];
const NativeConnection = window.RTCPeerConnection;
window.RTCPeerConnection = class extends NativeConnection {
  constructor(...args) {
    super(...args);
    window.peerConnections.push(this);
  }
};

/** The members of the played room by track id, according to the latest message on the data channel. */
const members = () => {
  const said = window.events.flatMap(({ info, data }) => (info === 'data_received' ? [JSON.parse(data)] : []));
  const lists = said.filter(({ eventType }) => eventType === 'VIDEO_TRACK_ASSIGNMENT_LIST');
  return new Map((lists.at(-1)?.payload ?? []).map(({ videoLabel, trackId }) => [`ARDAMSv${videoLabel}`, trackId]));
};

/** Number of decoded frames of each member of the played room. */
window.receivedByMember = async () => {
  const result = {};
  const byTrack = members();
  for (const connection of window.peerConnections) {
    for (const entry of (await connection.getStats()).values()) {
      if (entry.type === 'inbound-rtp' && entry.kind === 'video') {
        const member = byTrack.get(entry.trackIdentifier);
        if (member !== undefined) result[member] = entry.framesDecoded ?? 0;
      }
    }
  }
  return result;
};

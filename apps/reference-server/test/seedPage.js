// What somebody writes who has read the seed document and nothing else: only its messages, `label` in quotes as it shows it.
// Runs in a page, as it is.

window.connections = {};
window.messages = [];

const sockets = [];

function open(url, handle) {
  const socket = new WebSocket(url);
  sockets.push(socket);
  socket.onmessage = async ({ data }) => {
    const message = JSON.parse(data);
    window.messages.push(message);
    await handle(message);
  };
  return new Promise((resolve, reject) => {
    socket.onopen = () => resolve(socket);
    socket.onerror = reject;
  });
}

function negotiator(socketOf, streamId, connection) {
  const send = (message) => socketOf().send(JSON.stringify(message));
  let ready;
  const described = new Promise((resolve) => {
    ready = resolve;
  });
  connection.onicecandidate = ({ candidate }) => {
    if (!candidate) return;
    send({
      command: 'takeCandidate',
      streamId,
      label: String(candidate.sdpMLineIndex),
      id: candidate.sdpMid,
      candidate: candidate.candidate,
    });
  };
  const describe = async (type) => {
    const description = type === 'offer' ? await connection.createOffer() : await connection.createAnswer();
    await connection.setLocalDescription(description);
    send({ command: 'takeConfiguration', streamId, type, sdp: description.sdp });
  };
  return async (message) => {
    if (message.command === 'start') await describe('offer');
    if (message.command === 'takeConfiguration') {
      await connection.setRemoteDescription({ type: message.type, sdp: message.sdp });
      ready();
      if (message.type === 'offer') await describe('answer');
    }
    if (message.command === 'takeCandidate') {
      await described;
      await connection.addIceCandidate({
        candidate: message.candidate,
        sdpMid: message.id,
        sdpMLineIndex: Number(message.label),
      });
    }
  };
}

/** Publishes the camera. `prefer` is the name of a codec to put first, `media` what to capture. */
window.seedPublish = async (url, streamId, { media = { video: true, audio: true }, prefer } = {}) => {
  const connection = new RTCPeerConnection();
  const stream = await navigator.mediaDevices.getUserMedia(media);
  for (const track of stream.getTracks()) connection.addTrack(track, stream);
  if (prefer) {
    const transceiver = connection.getTransceivers().find(({ sender }) => sender.track?.kind === 'video');
    const { codecs } = RTCRtpSender.getCapabilities('video');
    const first = codecs.filter(({ mimeType }) => mimeType.toLowerCase() === `video/${prefer.toLowerCase()}`);
    if (first.length === 0) return 'unsupported';
    transceiver.setCodecPreferences([...first, ...codecs.filter((codec) => !first.includes(codec))]);
  }
  let socket;
  const handle = negotiator(() => socket, streamId, connection);
  socket = await open(url, handle);
  socket.send(JSON.stringify({ command: 'publish', streamId, token: 'tokenId' }));
  window.connections[`publish ${streamId}`] = { connection, socket, offer: () => handle({ command: 'start' }) };
  return 'asked';
};

/** Plays a stream into a video element of its own. */
window.seedPlay = async (url, streamId, name = streamId) => {
  const connection = new RTCPeerConnection();
  const video = document.createElement('video');
  video.autoplay = true;
  video.muted = true;
  document.body.append(video);
  const stream = new MediaStream();
  video.srcObject = stream;
  const asked = performance.now();
  const state = { connection, video, asked, firstFrame: undefined };
  video.requestVideoFrameCallback(() => {
    state.firstFrame = performance.now() - asked;
  });
  connection.ontrack = ({ track }) => stream.addTrack(track);
  let socket;
  const handle = negotiator(() => socket, streamId, connection);
  socket = await open(url, handle);
  state.socket = socket;
  window.connections[`play ${name}`] = state;
  socket.send(JSON.stringify({ command: 'play', streamId, token: 'tokenId' }));
};

/** Joins a call of two with the camera. */
window.seedJoin = async (url, streamId) => {
  const stream = await navigator.mediaDevices.getUserMedia({ video: true, audio: true });
  const state = { firstFrame: undefined };
  let socket;
  let handle;
  const begin = () => {
    const connection = new RTCPeerConnection();
    for (const track of stream.getTracks()) connection.addTrack(track, stream);
    state.connection = connection;
    handle = negotiator(() => socket, streamId, connection);
  };
  begin();
  socket = await open(url, async (message) => {
    if (message.command === 'stop') {
      state.connection.close();
      begin();
      return;
    }
    await handle(message);
  });
  state.socket = socket;
  window.connections[`play ${streamId}`] = state;
  socket.send(JSON.stringify({ command: 'join', streamId }));
};

/** Enters a conference with the camera: publishes under the assigned id, and plays the other members. */
window.seedEnter = async (url, room) => {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { width: 320, height: 240 }, audio: true });
  const handlers = {};
  let socket;
  const play = (streamId) => {
    const connection = new RTCPeerConnection();
    handlers[streamId] = negotiator(() => socket, streamId, connection);
    window.connections[`play ${streamId}`] = { connection, socket };
    socket.send(JSON.stringify({ command: 'play', streamId, token: '' }));
  };
  const entered = new Promise((resolve) => {
    window.entered = resolve;
  });
  socket = await open(url, async (message) => {
    if (message.definition === 'joinedTheRoom') {
      const { streamId } = message;
      const connection = new RTCPeerConnection();
      for (const track of stream.getTracks()) connection.addTrack(track, stream);
      handlers[streamId] = negotiator(() => socket, streamId, connection);
      window.connections[`publish ${streamId}`] = { connection, socket };
      socket.send(JSON.stringify({ command: 'publish', streamId, token: '' }));
      for (const other of message.streams) play(other);
      window.entered(streamId);
    } else if (message.definition === 'streamJoined') {
      play(message.streamId);
    } else if (message.definition === 'streamLeaved') {
      window.connections[`play ${message.streamId}`]?.connection.close();
      delete window.connections[`play ${message.streamId}`];
    } else {
      await handlers[message.streamId]?.(message);
    }
  });
  window.seedLeave = () => socket.send(JSON.stringify({ command: 'leaveFromRoom', room }));
  socket.send(JSON.stringify({ command: 'joinRoom', room }));
  return entered;
};

/** The ids that are played now. */
window.played = () =>
  Object.keys(window.connections).flatMap((name) => (name.startsWith('play ') ? [name.slice(5)] : []));

/** Sends `stop` as the document has it, and closes the connection. */
window.seedStop = (name, streamId) => {
  const { connection, socket } = window.connections[name];
  socket.send(JSON.stringify({ command: 'stop', streamId }));
  connection.close();
};

/** Media received so far. */
window.received = async (name) => {
  const { connection, firstFrame } = window.connections[name];
  const stats = [...(await connection.getStats()).values()];
  const inbound = (kind) => stats.find((entry) => entry.type === 'inbound-rtp' && entry.kind === kind) ?? {};
  const codec = stats.find((entry) => entry.id === inbound('video').codecId);
  return {
    frames: inbound('video').framesDecoded ?? 0,
    width: inbound('video').frameWidth ?? 0,
    audioPackets: inbound('audio').packetsReceived ?? 0,
    audioEnergy: inbound('audio').totalAudioEnergy ?? 0,
    codec: codec?.mimeType,
    firstFrame,
  };
};

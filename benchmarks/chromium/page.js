// Publishes, plays and calls, and tells what came of it. Runs in a page, as it is.

const camera = () =>
  navigator.mediaDevices.getUserMedia({ video: { width: 1280, height: 720, frameRate: 30 }, audio: false });

async function publishing() {
  const connection = new RTCPeerConnection();
  const stream = await camera();
  const [track] = stream.getTracks();
  const sender = connection.addTrack(track, stream);
  // What the network carries is measured: a busy machine may take frames from it, but not make pictures smaller.
  await sender.setParameters({ ...sender.getParameters(), degradationPreference: 'maintain-resolution' });
  return connection;
}

function playing() {
  const connection = new RTCPeerConnection();
  const video = document.createElement('video');
  video.autoplay = true;
  video.muted = true;
  document.body.append(video);
  connection.ontrack = ({ track }) => {
    video.srcObject = new MediaStream([track]);
  };
  const firstFrame = new Promise((resolve) => {
    video.requestVideoFrameCallback(() => resolve(performance.now()));
  });
  return { connection, firstFrame };
}

/** Does the signalling of one role, which begins with a message. */
async function signal(url, streamId, connection, first) {
  const socket = new WebSocket(url);
  const send = (message) => socket.send(JSON.stringify({ ...message, streamId }));
  const describe = async (type) => {
    await connection.setLocalDescription();
    send({ command: 'takeConfiguration', type, sdp: connection.localDescription.sdp });
  };
  connection.onicecandidate = ({ candidate }) => {
    if (candidate?.candidate)
      send({
        command: 'takeCandidate',
        label: candidate.sdpMLineIndex,
        id: candidate.sdpMid,
        candidate: candidate.candidate,
      });
  };
  let last = Promise.resolve();
  const handle = async ({ command, type, sdp, label, id, candidate }) => {
    if (command === 'start') await describe('offer');
    if (command === 'takeConfiguration') {
      await connection.setRemoteDescription({ type, sdp });
      if (type === 'offer') await describe('answer');
    }
    if (command === 'takeCandidate')
      await connection.addIceCandidate({ candidate, sdpMid: id, sdpMLineIndex: Number(label) });
  };
  socket.onmessage = ({ data }) => {
    last = last.then(() => handle(JSON.parse(data)));
  };
  await new Promise((resolve) => {
    socket.onopen = resolve;
  });
  send(first);
}

async function gathered(connection) {
  while (connection.iceGatheringState !== 'complete')
    await new Promise((resolve) => connection.addEventListener('icegatheringstatechange', resolve, { once: true }));
  return connection.localDescription.sdp;
}

async function connected(connection) {
  while (connection.connectionState !== 'connected')
    await new Promise((resolve) => connection.addEventListener('connectionstatechange', resolve, { once: true }));
}

window.publish = async (url, streamId) => {
  window.connection = await publishing();
  await signal(url, streamId, window.connection, { command: 'publish', video: true, audio: false });
  await connected(window.connection);
};

/** Resolves to the milliseconds from `play` to the first frame. */
window.play = async (url, streamId) => {
  const { connection, firstFrame } = playing();
  const begin = performance.now();
  await signal(url, streamId, connection, { command: 'play' });
  return (await firstFrame) - begin;
};

window.offer = async () => {
  window.connection = await publishing();
  await window.connection.setLocalDescription();
  return gathered(window.connection);
};

window.answer = async (sdp) => {
  const { connection } = playing();
  await connection.setRemoteDescription({ type: 'offer', sdp });
  await connection.setLocalDescription();
  return gathered(connection);
};

window.answered = async (sdp) => {
  await window.connection.setRemoteDescription({ type: 'answer', sdp });
  await connected(window.connection);
};

/** What the publisher sends: kbit/s from one time to another after now, and what it says of that. Seconds. */
window.sending = async (from, to) => {
  const read = async () => {
    const reports = [...(await window.connection.getStats()).values()];
    const { availableOutgoingBitrate } = reports.find(({ type, nominated }) => type === 'candidate-pair' && nominated);
    return {
      ...reports.find(({ type, kind }) => type === 'outbound-rtp' && kind === 'video'),
      availableOutgoingBitrate,
    };
  };
  const wait = (seconds) => new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
  await wait(from);
  const before = await read();
  await wait(to - from);
  const after = await read();
  return {
    kbps: (8 * (after.bytesSent - before.bytesSent)) / (after.timestamp - before.timestamp),
    width: after.frameWidth,
    height: after.frameHeight,
    framesPerSecond: after.framesPerSecond,
    targetKbps: after.targetBitrate / 1000,
    availableKbps: after.availableOutgoingBitrate / 1000,
    limitation: after.qualityLimitationReason,
  };
};

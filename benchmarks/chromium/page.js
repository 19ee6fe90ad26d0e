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

/** Performs the signalling of one role, which starts with the message `first`. */
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

/** Bitrate of the publisher in kbit/s over a period from now, and its statistics. Seconds. */
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

/** A picture in which something moves everywhere, so that it takes the bitrate that it may have. */
function testPicture(width, height, framesPerSecond) {
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d');
  let frame = 0;
  setInterval(() => {
    frame += 1;
    context.fillStyle = `hsl(${frame % 360} 60% 40%)`;
    context.fillRect(0, 0, width, height);
    for (let block = 0; block < 60; block += 1) {
      context.fillStyle = `hsl(${(block * 47) % 360} 80% ${30 + ((block * 13 + frame) % 40)}%)`;
      const x = (block * 97 + frame * (2 + (block % 5))) % width;
      const y = (block * 61 + frame * (1 + (block % 3))) % height;
      context.fillRect(x, y, width / 12, height / 10);
    }
  }, 1000 / framesPerSecond);
  return canvas.captureStream(framesPerSecond).getVideoTracks()[0];
}

function testTone() {
  const context = new AudioContext();
  const oscillator = context.createOscillator();
  const destination = context.createMediaStreamDestination();
  oscillator.connect(destination);
  oscillator.start();
  return destination.stream.getAudioTracks()[0];
}

/** Publishes a test picture with sound, in the encodings that are given, and a codec if one is given. */
window.publishPicture = async (url, streamId, { width, height, framesPerSecond, codec, encodings }) => {
  const connection = new RTCPeerConnection();
  window.connection = connection;
  const stream = new MediaStream();
  connection.addTransceiver(testTone(), { direction: 'sendonly', streams: [stream] });
  const transceiver = connection.addTransceiver(testPicture(width, height, framesPerSecond), {
    direction: 'sendonly',
    streams: [stream],
    sendEncodings: encodings,
  });
  if (codec !== undefined) {
    const { codecs } = RTCRtpSender.getCapabilities('video');
    transceiver.setCodecPreferences(
      codecs.filter(({ mimeType }) => [`video/${codec}`, 'video/rtx'].includes(mimeType)),
    );
  }
  await signal(url, streamId, connection, { command: 'publish', video: true, audio: true });
  await connected(connection);
};

/** Plays picture and sound. Resolves at once. */
window.playPicture = async (url, streamId) => {
  const connection = new RTCPeerConnection();
  window.connection = connection;
  const video = Object.assign(document.createElement('video'), { autoplay: true, muted: true });
  const stream = new MediaStream();
  video.srcObject = stream;
  document.body.append(video);
  connection.ontrack = ({ track }) => stream.addTrack(track);
  const begin = performance.now();
  window.firstPicture = undefined;
  video.requestVideoFrameCallback(() => {
    window.firstPicture = performance.now() - begin;
  });
  await signal(url, streamId, connection, { command: 'play' });
};

/** Media that a player has received so far. */
window.received = async () => {
  const reports = [...(await window.connection.getStats()).values()].filter(({ type }) => type === 'inbound-rtp');
  const [video = {}, audio = {}] = ['video', 'audio'].map((kind) => reports.find((report) => report.kind === kind));
  return {
    frames: video.framesDecoded ?? 0,
    freezes: video.freezeCount ?? 0,
    height: video.frameHeight ?? 0,
    lost: video.packetsLost ?? 0,
    audioPackets: audio.packetsReceived ?? 0,
    audioLost: audio.packetsLost ?? 0,
    bufferMs: 1000 * (video.jitterBufferDelay ?? 0),
    buffered: video.jitterBufferEmittedCount ?? 0,
    bytes: video.bytesReceived ?? 0,
    firstPictureMs: window.firstPicture,
  };
};

/** Number of frames of each height that a publisher has sent so far. */
window.sent = async () => {
  const reports = [...(await window.connection.getStats()).values()];
  return reports
    .filter(({ type, kind }) => type === 'outbound-rtp' && kind === 'video')
    .map(({ frameHeight = 0, framesSent = 0, bytesSent = 0 }) => ({
      height: frameHeight,
      frames: framesSent,
      bytes: bytesSent,
    }));
};

// A publisher or player on a network that a test changes. Runs in a page, as it is. `relayPort` is a function of the test.

window.ends = {};

/** Rewrites the candidates, so that both ends reach each other only through the test's relay. */
const through = (sdp, address, port) =>
  sdp
    .replace(/^a=candidate:.*\r\n/gm, '')
    .replace(/^a=mid:.*\r\n/m, (mid) => `${mid}a=candidate:1 1 udp 2130706431 ${address} ${port} typ host\r\n`);

function message(end, text) {
  end.socket.send(JSON.stringify(text));
}

async function described(end, { type, sdp }) {
  const { connection, streamId, relay } = end;
  let remote = sdp;
  if (relay) {
    const [, , address, port] = /^a=candidate:(\S+) 1 udp \d+ (\d\S+) (\d+) /m.exec(sdp) ?? [];
    if (address) {
      const through = await window.relayTo(end.name, relay, Number(port));
      end.through = [relay, through];
    }
    remote = throughRelay(sdp, end);
  }
  await connection.setRemoteDescription({ type, sdp: remote });
  if (type !== 'offer') return;
  await connection.setLocalDescription(await connection.createAnswer());
  message(end, { command: 'takeConfiguration', streamId, type: 'answer', sdp: own(end) });
}

const throughRelay = (sdp, end) => (end.through ? through(sdp, ...end.through) : sdp);

/** Local description; without candidates if a relay hides this end. */
const own = (end) => {
  const { sdp } = end.connection.localDescription;
  return end.relay ? sdp.replace(/^a=candidate:.*\r\n/gm, '') : sdp;
};

async function offer(end, options, delay = 0) {
  await end.connection.setLocalDescription(await end.connection.createOffer(options));
  end.delay = delay;
  message(end, { command: 'takeConfiguration', streamId: end.streamId, type: 'offer', sdp: own(end) });
}

function listen(end, channel) {
  end.channel = channel;
  channel.onmessage = ({ data }) => end.texts.push(data);
}

/** Publishes or plays. With a `relay`, the address of one, all goes through that. */
window.begin = async (name, url, command, streamId, relay) => {
  const connection = new RTCPeerConnection();
  const end = { name, connection, streamId, relay, texts: [], definitions: [], delay: 0 };
  window.ends[name] = end;
  connection.ondatachannel = ({ channel }) => listen(end, channel);
  connection.ontrack = ({ track }) => {
    if (track.kind !== 'video') return;
    const video = document.createElement('video');
    Object.assign(video, { autoplay: true, muted: true, srcObject: new MediaStream([track]) });
    document.body.append(video);
  };
  connection.onicecandidate = ({ candidate }) => {
    if (!candidate?.candidate || relay) return;
    const { sdpMLineIndex: label, sdpMid: id } = candidate;
    message(end, { command: 'takeCandidate', streamId, label, id, candidate: candidate.candidate });
  };
  if (command === 'publish') {
    const stream = await navigator.mediaDevices.getUserMedia({ video: true, audio: true });
    for (const track of stream.getTracks()) connection.addTrack(track, stream);
    listen(end, connection.createDataChannel(streamId));
  }
  end.socket = new WebSocket(url);
  let chain = Promise.resolve();
  end.socket.onmessage = ({ data }) => {
    chain = chain.then(async () => {
      const text = JSON.parse(data);
      if (text.definition) end.definitions.push(text.definition);
      if (text.command === 'start') await offer(end);
      if (text.command === 'takeConfiguration') {
        await new Promise((resolve) => setTimeout(resolve, end.delay));
        await described(end, text);
      }
      if (text.command === 'takeCandidate' && !relay) {
        const { candidate, id, label } = text;
        await connection.addIceCandidate({ candidate, sdpMid: id, sdpMLineIndex: Number(label) }).catch(() => {});
      }
    });
  };
  await new Promise((resolve) => {
    end.socket.onopen = resolve;
  });
  message(end, { command, streamId, token: '' });
};

/** Restarts ICE, and applies the answer only after a while. */
window.restart = (name, delay) => offer(window.ends[name], { iceRestart: true }, delay);

/** Counters of everything sent and received so far. */
window.progress = async (name) => {
  const { connection, texts, definitions } = window.ends[name];
  const all = [...(await connection.getStats()).values()];
  const sum = (type, field, kind) =>
    all
      .filter((one) => one.type === type && (!kind || one.kind === kind))
      .reduce((total, one) => total + (one[field] ?? 0), 0);
  return {
    state: connection.connectionState,
    frames: sum('inbound-rtp', 'framesDecoded', 'video'),
    // RTCP of the server: reports of what it received.
    reports: sum('remote-inbound-rtp', 'roundTripTimeMeasurements'),
    requests: sum('outbound-rtp', 'pliCount', 'video') + sum('outbound-rtp', 'firCount', 'video'),
    texts: texts.length,
    definitions,
  };
};

window.say = (name, text) => window.ends[name].channel?.readyState === 'open' && window.ends[name].channel.send(text);

window.finish = () => {
  for (const { connection, socket } of Object.values(window.ends)) {
    connection.close();
    socket.close();
  }
};

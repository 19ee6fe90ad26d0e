import { ownTracks, type TrackAssignment } from '@sigchart/core/machines';
import { NoCommonCodecError, type PeerConnectionLike } from '@sigchart/webrtc';
import { afterEach, describe, expect, test } from 'vitest';
import { createMedia } from './index.ts';
import { golden } from './test/golden.ts';
import { answer, offer, Peer, type Published, play, publish, until } from './test/remote.ts';

const media = createMedia({ bindAddress: '127.0.0.1' });
const peers: Peer[] = [];
const keep = (published: Published) => {
  peers.push(published.peer);
  return published;
};

afterEach(async () => {
  await Promise.all(peers.splice(0).map((peer) => peer.close()));
  await media.close();
});

const publisher = (streamId = 'stream') => media.connect('live', { type: 'rtc.open', role: 'publisher', streamId });
const player = (streamId = 'stream') => media.connect('live', { type: 'rtc.open', role: 'player', streamId });

async function answered(server: PeerConnectionLike, sdp: string): Promise<string> {
  await server.setRemoteDescription({ type: 'offer', sdp });
  const { sdp: own = '' } = await server.createAnswer();
  await server.setLocalDescription({ type: 'answer', sdp: own });
  return server.localDescription?.sdp ?? '';
}

const linesOf = (sdp: string, pattern: RegExp) => sdp.split('\r\n').filter((line) => pattern.test(line));

describe('the answer to a publisher', () => {
  test.each([
    ['chromium-offer', ['m=audio 9 UDP/TLS/RTP/SAVPF 111', 'm=video 9 UDP/TLS/RTP/SAVPF 96 97']],
    ['firefox-offer', ['m=audio 9 UDP/TLS/RTP/SAVPF 109', 'm=video 9 UDP/TLS/RTP/SAVPF 120 124']],
    ['aiortc-offer', ['m=audio 9 UDP/TLS/RTP/SAVPF 96', 'm=video 9 UDP/TLS/RTP/SAVPF 97 98']],
    ['gstreamer-max-bundle-offer', ['m=video 9 UDP/TLS/RTP/SAVPF 96', 'm=audio 9 UDP/TLS/RTP/SAVPF 97']],
  ])('to %s has one codec for each of its sections, and receives only', async (name, sections) => {
    const sdp = await answered(await publisher(), golden(name));
    expect(linesOf(sdp, /^m=(audio|video)/)).toEqual(sections);
    expect(linesOf(sdp, /^m=application/).length).toBe(1);
    expect(linesOf(sdp, /^a=(sendrecv|sendonly|recvonly|inactive)/)).toEqual(['a=recvonly', 'a=recvonly']);
    expect(new Set(linesOf(sdp, /^a=setup/))).toEqual(new Set(['a=setup:passive']));
    expect(linesOf(sdp, /^a=group/).length).toBe(1);
    expect(linesOf(sdp, /^a=candidate/)).not.toEqual([]);
    expect(linesOf(sdp, /extmap.*video-orientation/)).toEqual([]);
  });

  test.each([
    ['a GStreamer publisher', golden('gstreamer-none-offer')],
    ['what was a Chromium publisher', golden('chromium-offer').replace(/a=group.*\r\n/, '')],
  ])('to %s that does not bundle does not either', async (_, sdp) => {
    const own = await answered(await publisher(), sdp);
    expect(linesOf(own, /^a=group/)).toEqual([]);
    expect(new Set(linesOf(own, /^a=ice-ufrag/)).size).toBe(linesOf(own, /^m=/).length);
  });

  test.each([
    ['encodings of other names', (sdp: string) => sdp.replaceAll('rid:b', 'rid:c').replace('a;b', 'a;c'), ['a', 'c']],
    ['one encoding less', (sdp: string) => sdp.replace('a=rid:b send\r\n', '').replace('a;b', 'a'), ['a']],
    ['no encodings', (sdp: string) => sdp.replace(/a=(rid|simulcast):.*\r\n/g, ''), []],
    ['another codec of the same number', (sdp: string) => sdp.replace('rtpmap:96 VP8', 'rtpmap:96 VP9'), ['a', 'b']],
  ])('of a video that gets %s is one of another track, which players are offered', async (_, change, rids) => {
    const server = await publisher();
    const sdp = golden('chromium-simulcast-offer');
    await answered(server, sdp);
    const viewer = await player();
    let offers = 0;
    viewer.addEventListener('negotiationneeded', () => {
      offers += 1;
    });
    await viewer.createOffer();
    await answered(server, sdp);
    expect(offers).toBe(0);
    const own = await answered(server, change(sdp));
    expect(linesOf(own, /^a=rid/)).toEqual(rids.map((rid) => `a=rid:${rid} recv`));
    expect(offers).toBe(1);
  });

  test('to a publisher that will not start DTLS starts it', async () => {
    const sdp = await answered(
      await publisher(),
      golden('chromium-offer').replaceAll('setup:actpass', 'setup:passive'),
    );
    expect(new Set(linesOf(sdp, /^a=setup/))).toEqual(new Set(['a=setup:active']));
  });

  test('to an aiortc publisher uses its format for data channels', async () => {
    const sdp = await answered(await publisher(), golden('aiortc-offer'));
    expect(linesOf(sdp, /^m=application|^a=sctpmap/)).toEqual([
      'm=application 9 DTLS/SCTP 5000',
      'a=sctpmap:5000 webrtc-datachannel 65535',
    ]);
  });

  test('rejects a section whose codec is not allowed, and no other', async () => {
    const strict = createMedia({ bindAddress: '127.0.0.1', codecs: ['VP9'] });
    const server = await strict.connect('live', { type: 'rtc.open', role: 'publisher', streamId: 'stream' });
    const sdp = await answered(server, golden('chromium-offer'));
    expect(linesOf(sdp, /^m=|^a=group/)).toEqual([
      'a=group:BUNDLE 1 2',
      'm=audio 0 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126',
      'm=video 9 UDP/TLS/RTP/SAVPF 98 99',
      'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    ]);
    await strict.close();
  });

  test('fails if nothing can be forwarded', async () => {
    const strict = createMedia({ bindAddress: '127.0.0.1', codecs: ['H265'] });
    const server = await strict.connect('live', { type: 'rtc.open', role: 'publisher', streamId: 'stream' });
    const sdp = golden('chromium-offer').replace(/m=application[\s\S]*/, '');
    await expect(server.setRemoteDescription({ type: 'offer', sdp })).rejects.toThrow(NoCommonCodecError);
    await expect(server.createAnswer()).rejects.toThrow();
    await strict.close();
  });

  test('announces another address, and a port of the range', async () => {
    const behind = createMedia({ announcedAddress: '203.0.113.7', portRange: [52_000, 52_100] });
    const server = await behind.connect('live', { type: 'rtc.open', role: 'publisher', streamId: 'stream' });
    const candidates = linesOf(await answered(server, golden('chromium-offer')), /^a=candidate/);
    expect(candidates.length).toBe(1);
    expect(candidates[0]).toMatch(/ udp \d+ 203\.0\.113\.7 52\d{3} typ host$/);
    await behind.close();
  });

  test('fails with a reason if the range has no port left', async () => {
    const narrow = createMedia({ bindAddress: '127.0.0.1', portRange: [52_200, 52_200] });
    const open = () => narrow.connect('live', { type: 'rtc.open', role: 'publisher', streamId: 'stream' });
    await answered(await open(), golden('chromium-offer'));
    await expect(answered(await open(), golden('chromium-offer'))).rejects.toThrow('no port is free');
    await narrow.close();
  });

  test('comes in less than half a second', async () => {
    const server = await publisher();
    const start = performance.now();
    await answered(server, golden('chromium-offer'));
    expect(performance.now() - start).toBeLessThan(500);
  });
});

describe('an offer to a player', () => {
  test('has the publisher’s tracks, under the ids that clients know', async () => {
    keep(await publish(media, 'stream'));
    const server = await player();
    const { sdp = '' } = await server.createOffer();
    expect(linesOf(sdp, /^m=/)).toEqual([
      'm=audio 9 UDP/TLS/RTP/SAVPF 96',
      'm=video 9 UDP/TLS/RTP/SAVPF 97 98',
      'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    ]);
    expect(linesOf(sdp, /^a=msid:/)).toEqual(['a=msid:stream ARDAMSastream', 'a=msid:stream ARDAMSvstream']);
    expect(server.getTransceivers()).toEqual([
      { mid: '0', sender: { track: { id: 'ARDAMSastream' } } },
      { mid: '1', sender: { track: { id: 'ARDAMSvstream' } } },
    ]);
    expect(linesOf(sdp, /rtpmap:97|apt=97|^a=sendonly/)).toEqual([
      'a=sendonly',
      'a=rtpmap:97 VP8/90000',
      'a=fmtp:98 apt=97',
      'a=sendonly',
    ]);
  });

  test('has only a data channel without a publisher', async () => {
    const { sdp = '' } = await (await player()).createOffer();
    expect(linesOf(sdp, /^m=/)).toEqual(['m=application 9 UDP/DTLS/SCTP webrtc-datachannel']);
  });

  test('has only audio or only video if there is no other', async () => {
    keep(await publish(media, 'audio', { video: false }));
    keep(await publish(media, 'video', { audio: false, data: false }));
    const kinds = async (streamId: string) => {
      const { sdp = '' } = await (await player(streamId)).createOffer();
      return linesOf(sdp, /^m=/).map((line) => line.split(' ')[0]);
    };
    expect(await kinds('audio')).toEqual(['m=audio', 'm=application']);
    expect(await kinds('video')).toEqual(['m=video', 'm=application']);
  });

  test('has the very format that the publisher was answered', async () => {
    const server = await publisher('h264');
    const sdp = golden('chromium-offer').replace('SAVPF 96 97 102', 'SAVPF 102');
    expect(linesOf(await answered(server, sdp), /fmtp:108/)).toEqual([
      'a=fmtp:108 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
    ]);
    const offered = await (await player('h264')).createOffer();
    expect(linesOf(offered.sdp ?? '', /H264|profile/)).toEqual([
      'a=rtpmap:97 H264/90000',
      'a=fmtp:97 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
    ]);
  });
});

describe('the answer of a player', () => {
  test.each([
    ['is no description', 'garbage'],
    ['has fewer sections', golden('chromium-answer').replace(/m=application[\s\S]*/, '')],
    ['has other sections', golden('chromium-answer').replace('m=video', 'm=audio')],
    ['has no ICE password', golden('chromium-answer').replaceAll(/a=ice-pwd.*\r\n/g, '')],
    ['has no fingerprint', golden('chromium-answer').replaceAll(/a=fingerprint.*\r\n/g, '')],
  ])('that %s is refused, and the next is taken', async (_, sdp) => {
    keep(await publish(media, 'stream'));
    const server = await player();
    const { sdp: own = '' } = await server.createOffer();
    await server.setLocalDescription({ type: 'offer', sdp: own });
    await expect(server.setRemoteDescription({ type: 'answer', sdp })).rejects.toThrow();
    await server.setRemoteDescription({ type: 'answer', sdp: golden('chromium-answer') });
    await expect(server.setRemoteDescription({ type: 'answer', sdp: golden('chromium-answer') })).rejects.toThrow();
  });

  test.each(['chromium', 'firefox', 'aiortc', 'gstreamer-max-bundle'])('of %s is taken', async (name) => {
    keep(await publish(media, 'stream'));
    const server = await player();
    const { sdp = '' } = await server.createOffer();
    await server.setLocalDescription({ type: 'offer', sdp });
    await server.setRemoteDescription({ type: 'answer', sdp: golden(`${name}-answer`) });
  });

  describe('that does not bundle', () => {
    const unbundled = golden('chromium-answer').replace(/a=group.*\r\n/, '');

    async function divided(sdp = unbundled) {
      keep(await publish(media, 'stream'));
      const server = await player();
      const mids: (string | null)[] = [];
      server.addEventListener('icecandidate', ({ candidate }) => mids.push(candidate?.sdpMid ?? null));
      const { sdp: own = '' } = await server.createOffer();
      await server.setLocalDescription({ type: 'offer', sdp: own });
      mids.length = 0;
      await server.setRemoteDescription({ type: 'answer', sdp });
      return { server, own, mids: new Set(mids) };
    }

    test('has a transport for each section, with the credentials that were offered and candidates of its own', async () => {
      const { server, own, mids } = await divided();
      expect([...mids]).toEqual(['1', '2']);
      const described = server.localDescription?.sdp ?? '';
      const [credentials, ...others] =
        linesOf(described, /ice-(ufrag|pwd)/)
          .join()
          .match(/a=ice-ufrag.*?,a=ice-pwd[^,]*/g) ?? [];
      expect(new Set(others)).toEqual(new Set([credentials]));
      expect(own).toContain(credentials?.split(',')[0]);
      const ports = described
        .split('m=')
        .slice(1)
        .map((section) => linesOf(section, /^a=candidate/)[0]?.split(' ')[5]);
      expect(new Set(ports).size).toBe(3);
      expect(ports).not.toContain(undefined);
    });

    test('keeps them in the next offer, where new sections are bundled with the first', async () => {
      const { server } = await divided();
      keep(await publish(media, 'more'));
      server.setTracks?.([ownTracks('stream'), ownTracks('more')]);
      const { sdp = '' } = await server.createOffer();
      expect(linesOf(sdp, /a=group/)).toEqual(['a=group:BUNDLE 0 3 4', 'a=group:BUNDLE 1', 'a=group:BUNDLE 2']);
    });

    test('and rejects the first, ignores the candidates of the first', async () => {
      const { server, mids } = await divided(unbundled.replace('m=audio 53697', 'm=audio 0'));
      expect([...mids]).toEqual(['1', '2']);
      expect(linesOf(server.localDescription?.sdp ?? '', /^m=/)[0]).toMatch(/^m=audio 0 /);
    });
  });

  test('that takes none of the tracks is refused', async () => {
    keep(await publish(media, 'stream'));
    const server = await player();
    const { sdp = '' } = await server.createOffer();
    await server.setLocalDescription({ type: 'offer', sdp });
    const rejecting = golden('chromium-answer').replaceAll(/m=(audio|video) \d+/g, 'm=$1 0');
    await expect(server.setRemoteDescription({ type: 'answer', sdp: rejecting })).rejects.toThrow(NoCommonCodecError);
  });
});

describe('a later offer of a publisher', () => {
  test('that is invalid leaves running media unchanged', async () => {
    const { peer, server } = keep(await publish(media, 'stream'));
    for (const sdp of [
      'garbage',
      golden('chromium-offer').replaceAll(/a=ice-pwd.*\r\n/g, ''),
      // The same connection, with a section less.
      (peer.connection.localDescription?.sdp ?? '')
        .split(/^(?=m=)/m)
        .slice(0, -1)
        .join(''),
    ])
      await expect(server.setRemoteDescription({ type: 'offer', sdp })).rejects.toThrow();
    expect(server.connectionState).toBe('connected');
    const { peer: watcher } = keep(await play(media, 'stream'));
    await until(() => {
      void peer.send({ payloadType: 100, ssrc: 1, sequenceNumber: peer.rtcp.length }, Buffer.from('frame'));
      return watcher.rtp.length > 0;
    }, 'a packet');
  });

  test('without the tagged section has a new transport, with the previous credentials', async () => {
    const server = await publisher();
    const mids: (string | null)[] = [];
    server.addEventListener('icecandidate', ({ candidate }) => mids.push(candidate?.sdpMid ?? null));
    const before = await answered(server, golden('chromium-offer'));
    const stopped = golden('chromium-offer')
      .replace('BUNDLE 0 1 2', 'BUNDLE 1 2')
      .replace(/m=audio \d+/, 'm=audio 0');
    const after = await answered(server, stopped);
    const again = await answered(server, stopped);
    const credentials = [before, after, again].map((sdp) => new Set(linesOf(sdp, /^a=ice-(ufrag|pwd)/)));
    expect(credentials[1]).toEqual(credentials[0]);
    expect(credentials[2]).toEqual(credentials[0]);
    expect(mids).toEqual(['0', '1']);
  });

  test('that needs another port when none is free ends the connection', async () => {
    const port = 50_300;
    const narrow = createMedia({ bindAddress: '127.0.0.1', portRange: [port, port] });
    const { peer, server } = keep(await publish(narrow, 'stream'));
    const stopped = peer.connection.localDescription?.sdp ?? '';
    const sdp = stopped.replace(/BUNDLE \S+ /, 'BUNDLE ').replace(/m=(\w+) \d+/, 'm=$1 0');
    await expect(answered(server, sdp)).rejects.toThrow('no port is free');
    expect(server.connectionState).toBe('failed');
    await narrow.close();
  });

  test('adds and removes tracks, and triggers another offer to players', async () => {
    const { peer, server } = keep(await publish(media, 'stream', { video: false }));
    const watcher = keep(await play(media, 'stream'));
    let needed = 0;
    watcher.server.addEventListener('negotiationneeded', () => {
      needed += 1;
    });
    const added = peer.connection.addTransceiver('video', { direction: 'sendonly' });
    await offer(peer, server);
    expect(needed).toBe(1);
    await answer(watcher.peer, watcher.server);
    expect(watcher.server.getTransceivers().map(({ sender }) => sender.track?.id)).toEqual([
      'ARDAMSastream',
      'ARDAMSvstream',
    ]);
    added.setDirection('inactive');
    await offer(peer, server);
    expect(needed).toBe(2);
    const { sdp = '' } = await watcher.server.createOffer();
    expect(linesOf(sdp, /^a=(sendonly|inactive)/)).toEqual(['a=sendonly', 'a=inactive']);
    expect(linesOf(sdp, /^a=mid/)).toEqual(['a=mid:0', 'a=mid:1', 'a=mid:2']);
  });

  test('with other ICE credentials restarts ICE on the same ports, and stays connected', async () => {
    const { peer, server } = keep(await publish(media, 'stream'));
    const portOf = (sdp = '') => /a=candidate:\S+ 1 udp \d+ \S+ (\d+)/.exec(sdp)?.[1];
    const fragmentOf = (sdp = '') => /a=ice-ufrag:(\S+)/.exec(sdp)?.[1];
    const before = server.localDescription?.sdp;
    const states: string[] = [];
    server.addEventListener('connectionstatechange', () => states.push(server.connectionState));
    peer.connection.restartIce();
    await offer(peer, server);
    expect(portOf(server.localDescription?.sdp)).toBe(portOf(before));
    expect(fragmentOf(server.localDescription?.sdp)).not.toBe(fragmentOf(before));
    expect(media.open.sockets).toBe(1);
    const { peer: watcher } = keep(await play(media, 'stream'));
    await until(() => {
      void peer.send({ payloadType: 100, ssrc: 1, sequenceNumber: peer.rtcp.length }, Buffer.from('frame'));
      return watcher.rtp.length > 0;
    }, 'a packet');
    expect(states).toEqual([]);
  });
});

describe('a player of several streams', () => {
  test('gets tracks as they come and go, over one connection', async () => {
    const first = keep(await publish(media, 'one', { audio: false }));
    keep(await publish(media, 'two', { audio: false }));
    const { peer, server } = keep(await play(media, 'room', [ownTracks('one')]));
    const setTracks = (...ids: readonly string[]) => server.setTracks?.(ids.map(ownTracks));
    let needed = 0;
    server.addEventListener('negotiationneeded', () => {
      needed += 1;
    });
    const ufrag = () => linesOf(server.localDescription?.sdp ?? '', /ice-ufrag|fingerprint/)[0];
    const before = ufrag();
    setTracks('one');
    expect(needed).toBe(0);
    setTracks('one', 'two');
    expect(needed).toBe(1);
    await answer(peer, server);
    const tracks = () => server.getTransceivers().map(({ sender }) => sender.track?.id);
    expect(tracks()).toEqual(['ARDAMSvone', 'ARDAMSvtwo']);
    expect(ufrag()).toBe(before);
    setTracks('two');
    await answer(peer, server);
    expect(tracks()).toEqual([undefined, 'ARDAMSvtwo']);
    keep(await publish(media, 'three', { audio: false }));
    setTracks('two', 'three');
    await answer(peer, server);
    // A browser gives the track of a section no other id, so three has a section of its own in the place of that of one.
    expect(tracks()).toEqual(['ARDAMSvthree', 'ARDAMSvtwo']);
    expect(server.getTransceivers().map(({ mid }) => mid)).toEqual(['3', '2']);
    setTracks('one', 'two', 'three');
    await answer(peer, server);
    expect(tracks()).toEqual(['ARDAMSvthree', 'ARDAMSvtwo', 'ARDAMSvone']);
    expect(server.connectionState).toBe('connected');
    expect(first.server.connectionState).toBe('connected');
  });
});

describe('a player of a room', () => {
  const slot = (number: number, streamId: string, isSeen = true): TrackAssignment => ({
    streamId,
    videoLabel: isSeen ? `videoTrack${number}` : undefined,
    audioLabel: `audioTrack${number}`,
    mediaStreamId: `slot${number}`,
    isReserved: false,
  });

  test('gets tracks under the labels of their slots, video first', async () => {
    for (const id of ['one', 'two']) keep(await publish(media, id));
    const { peer, server } = keep(await play(media, 'room', [slot(0, 'one')]));
    const tracks = () => server.getTransceivers().map(({ sender }) => sender.track?.id);
    const sections = () => (server.localDescription?.sdp ?? '').split('m=').slice(1);
    const ssrcs = () => sections().map((section) => linesOf(section, /^a=ssrc:\d+ cname/)[0]);
    expect(tracks()).toEqual(['ARDAMSvvideoTrack0', 'ARDAMSaaudioTrack0']);
    expect(linesOf(server.localDescription?.sdp ?? '', /^a=msid:/)).toEqual([
      'a=msid:slot0 ARDAMSvvideoTrack0',
      'a=msid:slot0 ARDAMSaaudioTrack0',
    ]);
    const before = ssrcs();
    server.setTracks?.([slot(0, 'two'), slot(1, 'one', false)]);
    await answer(peer, server);
    expect(tracks()).toEqual(['ARDAMSvvideoTrack0', 'ARDAMSaaudioTrack0', 'ARDAMSaaudioTrack1']);
    const after = ssrcs();
    expect(after[1]).toMatch(/two$/);
    expect(after[3]).toMatch(/one$/);
    // A track that moves to another section gets another SSRC: a browser refuses an SSRC in two sections.
    expect(new Set([...before, ...after].filter(Boolean)).size).toBe(5);
  });
});

describe('a connection', () => {
  test('is only for its role', async () => {
    await expect((await publisher()).createOffer()).rejects.toThrow();
    await expect((await player()).createAnswer()).rejects.toThrow();
    await expect((await publisher()).createAnswer()).rejects.toThrow();
    await expect((await player()).setLocalDescription({ type: 'offer', sdp: '' })).rejects.toThrow();
    const peer = { type: 'rtc.open', role: 'peer', streamId: 'stream' } as never;
    await expect(media.connect('live', peer)).rejects.toThrow(TypeError);
  });

  test('accepts a candidate only once it has a description', async () => {
    const server = await publisher();
    const candidate = { candidate: 'candidate:1 1 udp 1 127.0.0.1 9 typ host', sdpMid: '0', sdpMLineIndex: 0 };
    await expect(server.addIceCandidate(candidate)).rejects.toThrow();
    await server.setRemoteDescription({ type: 'offer', sdp: golden('chromium-offer') });
    await server.addIceCandidate(candidate);
    await server.addIceCandidate({ ...candidate, candidate: '' });
    await server.addIceCandidate({ ...candidate, sdpMid: null, sdpMLineIndex: 7 });
    await expect(server.addIceCandidate({ ...candidate, candidate: 'garbage' })).rejects.toThrow();
  });

  test('does not wait until a name on the local network is resolved', async () => {
    const server = await publisher();
    await answered(server, golden('chromium-offer'));
    const name = '0a1b2c3d-1111-4222-8333-123456789abc.local';
    const added = server
      .addIceCandidate({ candidate: `candidate:1 1 udp 1 ${name} 9 typ host`, sdpMid: '0', sdpMLineIndex: 0 })
      .then(() => 'added');
    // Nothing answers for it, which is detected after 10 s.
    const waits = new Promise((resolve) => setTimeout(resolve, 5_000, 'waits'));
    expect(await Promise.race([added, waits])).toBe('added');
  });
});

test('a peer that is not who it claims to be fails the connection', async () => {
  const { peer, server } = keep({ peer: new Peer(), server: await publisher() });
  peer.connection.addTransceiver('audio', { direction: 'sendonly' });
  await peer.connection.setLocalDescription(await peer.connection.createOffer());
  const fingerprint = Array.from({ length: 32 }, () => '00').join(':');
  const sdp = (peer.connection.localDescription?.sdp ?? '').replaceAll(/sha-256 \S+/g, `sha-256 ${fingerprint}`);
  await peer.connection.setRemoteDescription({ type: 'answer', sdp: await answered(server, sdp) });
  await until(() => server.connectionState === 'failed', 'the impostor refused');
});

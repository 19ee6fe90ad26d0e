import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type MediaStreamTrack, RTCPeerConnection } from 'werift';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Served } from './serve.ts';

type Message = { readonly [field: string]: unknown };

interface Stream {
  readonly connection: RTCPeerConnection;
  readonly tracks: MediaStreamTrack[];
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** Passes a request for a key frame on to the publisher of a track. */
function requestKeyFrame(publisher: RTCPeerConnection, track: MediaStreamTrack): void {
  const receivers = publisher.getTransceivers().map(({ receiver }) => receiver);
  const receiver = receivers.find(({ tracks }) => tracks.includes(track));
  if (track.ssrc !== undefined) receiver?.sendRtcpPLI(track.ssrc).catch(() => {});
}

/** One app's worth of a server of the original document. */
class Documented {
  readonly #publishing = new Map<string, Stream & { readonly by: WebSocket }>();
  readonly #playing = new Map<string, RTCPeerConnection>();
  readonly #numbers = new Map<WebSocket, number>();
  readonly #calls = new Map<string, WebSocket[]>();
  readonly #rooms = new Map<string, Map<WebSocket, string>>();

  #send(to: WebSocket, message: Message): void {
    to.send(JSON.stringify(message), () => {});
  }

  #error(to: WebSocket, definition: string): void {
    this.#send(to, { command: 'error', definition });
  }

  #open(to: WebSocket, streamId: string): RTCPeerConnection {
    const connection = new RTCPeerConnection({ iceServers: [], iceAdditionalHostAddresses: ['127.0.0.1'] });
    connection.onIceCandidate.subscribe((candidate) => {
      if (candidate === undefined) return;
      const { candidate: line, sdpMLineIndex, sdpMid } = candidate;
      const label = String(sdpMLineIndex ?? 0);
      this.#send(to, { command: 'takeCandidate', streamId, label, id: sdpMid, candidate: line });
    });
    return connection;
  }

  #playerKey = (socket: WebSocket, streamId: string) => `${this.#numbers.get(socket)} ${streamId}`;

  #connectionOf(socket: WebSocket, streamId: string): RTCPeerConnection | undefined {
    const stream = this.#publishing.get(streamId);
    return (
      this.#playing.get(this.#playerKey(socket, streamId)) ?? (stream?.by === socket ? stream.connection : undefined)
    );
  }

  #publish(socket: WebSocket, streamId: string): void {
    const connection = this.#open(socket, streamId);
    const tracks: MediaStreamTrack[] = [];
    connection.onTrack.subscribe((track) => tracks.push(track));
    this.#publishing.set(streamId, { connection, tracks, by: socket });
    this.#send(socket, { command: 'start', streamId });
  }

  async #play(socket: WebSocket, streamId: string): Promise<void> {
    const stream = this.#publishing.get(streamId);
    // The document does not specify the answer for a missing stream.
    if (stream === undefined) return;
    const connection = this.#open(socket, streamId);
    this.#playing.set(this.#playerKey(socket, streamId), connection);
    for (const track of stream.tracks) {
      const { sender } = connection.addTransceiver(track, { direction: 'sendonly' });
      sender.onPictureLossIndication.subscribe(() => requestKeyFrame(stream.connection, track));
    }
    const offer = await connection.createOffer();
    this.#send(socket, { command: 'takeConfiguration', streamId, type: 'offer', sdp: offer.sdp });
    await connection.setLocalDescription(offer);
  }

  async #describe(socket: WebSocket, streamId: string, { type, sdp }: Message): Promise<void> {
    const peers = this.#calls.get(streamId);
    const connection = this.#connectionOf(socket, streamId);
    if (peers?.includes(socket)) this.#relay(socket, streamId, { command: 'takeConfiguration', streamId, type, sdp });
    else if (connection === undefined) this.#error(socket, 'no_peer_associated_before');
    else {
      await connection.setRemoteDescription({ type: type as 'offer' | 'answer', sdp: String(sdp) });
      if (type !== 'offer') return;
      const answer = await connection.createAnswer();
      this.#send(socket, { command: 'takeConfiguration', streamId, type: 'answer', sdp: answer.sdp });
      await connection.setLocalDescription(answer);
    }
  }

  #relay(from: WebSocket, streamId: string, message: Message): void {
    const other = this.#calls.get(streamId)?.find((peer) => peer !== from);
    if (other === undefined) this.#error(from, 'no_peer_associated_before');
    else this.#send(other, message);
  }

  #join(socket: WebSocket, streamId: string): void {
    const peers = this.#calls.get(streamId) ?? [];
    const [first] = peers;
    if (first !== undefined) this.#send(first, { command: 'start', streamId });
    this.#calls.set(streamId, [...peers, socket]);
  }

  #leave(socket: WebSocket, streamId: string): void {
    const peers = this.#calls.get(streamId);
    if (!peers?.includes(socket)) this.#error(socket, 'no_peer_associated_before');
    else
      this.#calls.set(
        streamId,
        peers.filter((peer) => peer !== socket),
      );
  }

  #stop(socket: WebSocket, streamId: string): void {
    void this.#connectionOf(socket, streamId)?.close();
    const wasPlaying = this.#playing.delete(this.#playerKey(socket, streamId));
    if (!wasPlaying && this.#publishing.get(streamId)?.by === socket) this.#publishing.delete(streamId);
  }

  #joinRoom(socket: WebSocket, room: string): void {
    const members = this.#rooms.get(room) ?? new Map<WebSocket, string>();
    const streamId = randomUUID();
    const streams = [...members.values()].filter((id) => this.#publishing.has(id));
    for (const member of members.keys())
      this.#send(member, { command: 'notification', definition: 'streamJoined', streamId });
    this.#rooms.set(room, members.set(socket, streamId));
    this.#send(socket, { command: 'notification', definition: 'joinedTheRoom', streamId, streams });
  }

  #leaveFromRoom(socket: WebSocket, room: string): void {
    const members = this.#rooms.get(room);
    const streamId = members?.get(socket);
    if (members === undefined || streamId === undefined) return;
    this.#stop(socket, streamId);
    members.delete(socket);
    for (const member of members.keys())
      this.#send(member, { command: 'notification', definition: 'streamLeaved', streamId });
  }

  async #hear(socket: WebSocket, message: Message): Promise<void> {
    const { command, label, id, candidate } = message;
    if (command === 'joinRoom' || command === 'leaveFromRoom') {
      const room = text(message.room);
      if (room === undefined) this.#error(socket, 'no_room_specified');
      else if (command === 'joinRoom') this.#joinRoom(socket, room);
      else this.#leaveFromRoom(socket, room);
      return;
    }
    const known = ['publish', 'play', 'join', 'leave', 'stop', 'takeConfiguration', 'takeCandidate'];
    if (!known.includes(String(command))) return;
    const streamId = text(message.streamId);
    if (streamId === undefined) this.#error(socket, 'noStreamNameSpecified');
    else if (command === 'publish') this.#publish(socket, streamId);
    else if (command === 'play') await this.#play(socket, streamId);
    else if (command === 'join') this.#join(socket, streamId);
    else if (command === 'leave') this.#leave(socket, streamId);
    else if (command === 'stop') this.#stop(socket, streamId);
    else if (command === 'takeConfiguration') await this.#describe(socket, streamId, message);
    else if (this.#calls.get(streamId)?.includes(socket))
      this.#relay(socket, streamId, { command, streamId, label, id, candidate });
    else
      await this.#connectionOf(socket, streamId)?.addIceCandidate({
        candidate: String(candidate),
        sdpMLineIndex: Number(label),
        sdpMid: String(id),
      });
  }

  connected(socket: WebSocket): void {
    this.#numbers.set(socket, this.#numbers.size);
    socket.on('message', (data) => {
      try {
        this.#hear(socket, JSON.parse(String(data)) as Message).catch(() => {});
      } catch {}
    });
    socket.on('close', () => {
      for (const [streamId, peers] of this.#calls) if (peers.includes(socket)) this.#leave(socket, streamId);
      for (const [room] of this.#rooms) this.#leaveFromRoom(socket, room);
      for (const [streamId, { by }] of this.#publishing) if (by === socket) this.#stop(socket, streamId);
    });
  }

  close(): void {
    for (const { connection } of this.#publishing.values()) void connection.close();
    for (const connection of this.#playing.values()) void connection.close();
  }
}

/**
 * A server that follows only the original document of the protocol: no `ping`, no `publish_started`, no questions, no answer to a
 * `play` of a missing stream, a `label` in quotes. It shares no code with this project's server.
 */
export async function serveDocument(): Promise<Served> {
  const documented = new Documented();
  const server = createServer();
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => documented.connected(socket));
  await new Promise<void>((resolve) => server.listen(0, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      documented.close();
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

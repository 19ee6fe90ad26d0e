import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { freePort } from '../process.ts';
import type { Peer } from './peer.ts';
import { type MediaServer, onlyStream } from './server.ts';

const program = '/usr/bin/janus';
const library = '/usr/lib/x86_64-linux-gnu/janus';

/** True if Debian's package `janus` is installed. */
export const hasJanus = (): boolean => existsSync(program) && existsSync(library);

/** Janus ends a session that says nothing for a minute. */
const keepaliveMs = 20_000;

/** `eventLoops` 0 is a thread for each connection, which is its default. */
const configurationOf = (folder: string, port: number, eventLoops: number) => ({
  'janus.jcfg': `general: {
    configs_folder = "${folder}"
    plugins_folder = "${library}/plugins"
    transports_folder = "${library}/transports"
    events_folder = "${library}/events"
    loggers_folder = "${library}/loggers"
    debug_level = 2
    ${eventLoops > 0 ? `event_loops = ${eventLoops}` : ''}
  }
  nat: { ice_enforce_list = "lo" }
  plugins: { disable = "libjanus_audiobridge.so,libjanus_duktape.so,libjanus_echotest.so,libjanus_lua.so,libjanus_nosip.so,libjanus_recordplay.so,libjanus_sip.so,libjanus_streaming.so,libjanus_textroom.so,libjanus_videocall.so,libjanus_voicemail.so" }
  transports: { disable = "libjanus_http.so,libjanus_mqtt.so,libjanus_nanomsg.so,libjanus_pfunix.so,libjanus_rabbitmq.so" }
  `,
  'janus.transport.websockets.jcfg': `general: { json = "compact", ws = true, ws_port = ${port}, ws_ip = "127.0.0.1", wss = false }\n`,
  'janus.plugin.videoroom.jcfg': 'general: {}\n',
});

interface Message {
  readonly janus: string;
  readonly transaction?: string;
  readonly data?: { readonly id: number };
  readonly sender?: number;
  readonly jsep?: { readonly sdp: string };
  readonly plugindata?: { readonly data: { readonly id?: number; readonly error?: string } };
}

async function dial(port: number): Promise<WebSocket> {
  for (let attempt = 1; ; attempt += 1) {
    const webSocket = new WebSocket(`ws://127.0.0.1:${port}`, 'janus-protocol');
    try {
      await once(webSocket, 'open');
      return webSocket;
    } catch (error) {
      if (attempt === 50) throw error;
      await setTimeout(100);
    }
  }
}

/** Starts Janus, whose video rooms are created as they are needed. @see https://janus.conf.meetecho.com/docs/videoroom.html */
export async function startJanus({ eventLoops }: { readonly eventLoops: number }): Promise<MediaServer> {
  const folder = mkdtempSync(join(tmpdir(), 'janus-'));
  const port = await freePort();
  for (const [name, text] of Object.entries(configurationOf(folder, port, eventLoops)))
    writeFileSync(join(folder, name), text);
  const child = spawn(program, ['--configs-folder', folder], { stdio: ['ignore', 'ignore', 'inherit'] });
  const exited = once(child, 'exit');
  const webSocket = await dial(port);

  let transactions = 0;
  const listeners = new Set<(message: Message) => void>();
  webSocket.on('message', (text) => {
    const message: Message = JSON.parse(String(text));
    for (const listener of listeners) listener(message);
  });
  /** Resolves with the first message of a kind. */
  const hears = (is: (message: Message) => boolean): Promise<Message> =>
    new Promise((resolve) => {
      const listener = (message: Message) => {
        if (!is(message)) return;
        listeners.delete(listener);
        resolve(message);
      };
      listeners.add(listener);
    });
  /** Sends a request and resolves with the first message that is not an acknowledgement. */
  const ask = async (request: object): Promise<Message> => {
    transactions += 1;
    const transaction = String(transactions);
    const answer = hears((message) => message.transaction === transaction && message.janus !== 'ack');
    webSocket.send(JSON.stringify({ ...request, transaction }));
    const message = await answer;
    const error = message.janus === 'error' ? JSON.stringify(message) : message.plugindata?.data.error;
    if (error !== undefined) throw new Error(error);
    return message;
  };
  const { data: session } = await ask({ janus: 'create' });
  const session_id = session?.id;
  const keepalive = setInterval(
    () => webSocket.send(JSON.stringify({ janus: 'keepalive', session_id, transaction: 'keepalive' })),
    keepaliveMs,
  );
  const attach = async () => {
    const { data } = await ask({ janus: 'attach', session_id, plugin: 'janus.plugin.videoroom' });
    const handle_id = data?.id;
    const connected = hears(({ janus, sender }) => janus === 'webrtcup' && sender === handle_id);
    const say = (body: object, jsep?: object) =>
      ask({ janus: 'message', session_id, handle_id, body, ...(jsep && { jsep: { ...jsep, trickle: false } }) });
    return { say, connected };
  };

  /** The room of each room, or stream without a room, by number, and its publishers by the ids of their streams. */
  const rooms = new Map<string, { readonly room: number; readonly feeds: Map<string, number | undefined> }>();
  const { say: manage } = await attach();
  const open = async (name: string) => {
    const found = rooms.get(name);
    if (found !== undefined) return found;
    const opened = { room: rooms.size + 1, feeds: new Map<string, number | undefined>() };
    rooms.set(name, opened);
    await manage({ request: 'create', room: opened.room, publishers: 100, videocodec: 'vp8', fir_freq: 0 });
    return opened;
  };
  return {
    pid: child.pid ?? 0,
    async publish(peer: Peer, streamId = onlyStream, name = streamId) {
      const { say, connected } = await attach();
      const { room, feeds } = await open(name);
      const { plugindata } = await say({ request: 'join', ptype: 'publisher', room });
      feeds.set(streamId, plugindata?.data.id);
      const { jsep } = await say({ request: 'publish' }, { type: 'offer', sdp: await peer.offer() });
      await peer.answered(jsep?.sdp ?? '');
      await Promise.all([peer.connected(), connected]);
    },
    async play(peer: Peer, name = onlyStream, withoutStreamId?: string) {
      const { say, connected } = await attach();
      const { room, feeds } = await open(name);
      const streams = [...feeds].filter(([id]) => id !== withoutStreamId).map(([, feed]) => ({ feed }));
      const { jsep } = await say({ request: 'join', ptype: 'subscriber', room, streams });
      await say({ request: 'start' }, { type: 'answer', sdp: await peer.answer(jsep?.sdp ?? '') });
      await Promise.all([peer.connected(), connected]);
    },
    async stop() {
      clearInterval(keepalive);
      webSocket.terminate();
      child.kill('SIGTERM');
      await exited;
      rmSync(folder, { recursive: true });
    },
  };
}

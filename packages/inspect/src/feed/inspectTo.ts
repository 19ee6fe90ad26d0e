import { createRecorder, type Recorder, type RecorderOptions } from '../recorder/recorder.ts';
import { tokenProtocol, traceProtocol } from './protocol.ts';
import { momentOf, readAtOnce, Viewer } from './viewer.ts';

/** Interval at which new records are sent. Milliseconds. */
const sendMs = 200;

/** Time to wait before it is tried again, when the feed cannot be reached. Milliseconds. */
const retryMs = 3_000;

/** Records, and sends it to a feed. */
export interface Inspecting extends Recorder {
  /** Stops sending. */
  close(): void;
}

/** Number of ended runs stored while the feed is not reachable. */
const ended = 100;

/**
 * Records in a browser, or anywhere there is a `WebSocket`, and adds it to the feed of a server. A feed that cannot be
 * reached is tried again; nothing else notices.
 *
 * @param url - Such as `ws://localhost:5080/inspector/feed?token=…`. The token is shown as a subprotocol, so that it stays out of logs.
 *
 * @example
 * ```ts
 * const client = createClient(url, { inspect: inspectTo('ws://localhost:5080/inspector/feed') });
 * ```
 */
export function inspectTo(url: string, options: RecorderOptions = {}): Inspecting {
  const { name = 'client', limits } = options;
  const recorder = createRecorder({ ...options, name, limits: { ended, ...limits } });
  const { location } = globalThis as { readonly location?: { readonly href: string } };
  const address = new URL(url, location?.href);
  const token = address.searchParams.get('token');
  address.searchParams.delete('token');
  const protocols = token === null ? [traceProtocol] : [traceProtocol, tokenProtocol(token)];
  let closed = false;
  let webSocket: WebSocket | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;

  const connect = () => {
    const socket = new WebSocket(address, protocols);
    webSocket = socket;
    let stop = () => {};
    socket.onopen = () => {
      const viewer = new Viewer(socket, recorder, recorder.header, true);
      const stopListening = recorder.listen({
        changed: (run) => viewer.changed(run),
        forgotten: (runs) => viewer.forgotten(runs),
      });
      const tell = () => {
        const moment = momentOf(recorder, { transitions: readAtOnce });
        viewer.tellRuns(moment);
        viewer.tellTransitions(moment);
      };
      tell();
      const interval = setInterval(tell, sendMs);
      stop = () => {
        clearInterval(interval);
        stopListening();
      };
    };
    // `error` adds nothing to the `close` after it.
    socket.onclose = () => {
      stop();
      if (!closed) retry = setTimeout(connect, retryMs);
    };
  };
  connect();

  return {
    ...recorder,
    close() {
      closed = true;
      clearTimeout(retry);
      webSocket?.close();
    },
  };
}

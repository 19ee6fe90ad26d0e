import { effect, signal } from '@preact/signals';
import { decodeLines, feedProtocol, type RunRecord, tokenProtocol } from '@sigchart/inspect';
import { look, selected } from '../look/selection.ts';
import { input, startOver, take } from './input.ts';

/** Time to wait before the feed is dialled again: at first, and at most. Milliseconds. */
const [firstDelayMs, lastDelayMs] = [500, 8_000];

/** The runs whose transitions are wanted. */
export const watched = signal<readonly string[]>([]);

/** The address of the feed beside a page. */
export function feedAddress(page: { readonly href: string }): string {
  const address = new URL('feed', page.href);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  address.search = '';
  address.hash = '';
  return address.href;
}

/** Reads a feed until it is closed, and dials it again whenever it is lost. Returns how to close it. @see docs/trace.md § The feed */
export function openFeed(address: string, token: string | undefined): () => void {
  const protocols = token === undefined ? [feedProtocol] : [feedProtocol, tokenProtocol(token)];
  let socket: WebSocket | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let delay = firstDelayMs;
  let isClosed = false;
  let said = '';

  const say = () => {
    const text = JSON.stringify({ watch: watched.value });
    if (socket?.readyState !== WebSocket.OPEN || text === said) return;
    said = text;
    socket.send(text);
  };
  const stopWatching = effect(say);

  const dial = () => {
    const own = new WebSocket(address, protocols);
    let wasOpen = false;
    /** Selected run before everything was reset. */
    let before: RunRecord | undefined;
    socket = own;
    said = '';
    own.onopen = () => {
      wasOpen = true;
      before = selected.value?.record;
      delay = firstDelayMs;
      // Each feed starts with all data, and may be that of another server.
      startOver();
      input.value = { kind: 'live' };
      say();
    };
    own.onmessage = ({ data }) => {
      take(decodeLines(String(data)).records);
      const now = selected.value;
      // A restarted server counts from the start: a run of the same id is another one.
      if (before !== undefined && now?.record.run === before.run && now.record.time !== before.time)
        look({ run: undefined, seq: undefined });
      if (now !== undefined) before = undefined;
    };
    own.onclose = () => {
      if (isClosed) return;
      // A browser does not say why a handshake failed.
      input.value = wasOpen || input.value.kind === 'lost' ? { kind: 'lost' } : { kind: 'refused' };
      timer = setTimeout(dial, delay);
      delay = Math.min(2 * delay, lastDelayMs);
    };
  };
  dial();
  return () => {
    isClosed = true;
    stopWatching();
    clearTimeout(timer);
    socket?.close();
  };
}

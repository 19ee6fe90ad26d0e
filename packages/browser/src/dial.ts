import type { MessageSocket, SocketListener } from '@sigchart/core/session';

/** Opens a WebSocket as a session needs it. */
export const dial =
  (url: string) =>
  (listener: SocketListener): MessageSocket => {
    const webSocket = new WebSocket(url);
    webSocket.onopen = () => listener.opened();
    webSocket.onmessage = ({ data }) => {
      if (typeof data === 'string') listener.received(data);
    };
    // `error` adds nothing to the `close` after it.
    webSocket.onclose = () => listener.closed();
    return {
      send: (text) => {
        if (webSocket.readyState === WebSocket.OPEN) webSocket.send(text);
      },
      close: () => webSocket.close(),
    };
  };

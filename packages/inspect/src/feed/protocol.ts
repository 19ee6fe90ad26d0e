/** Where a feed is, by default. */
export const feedPath = '/inspector/feed';

/** The WebSocket subprotocol of those who view. */
export const feedProtocol = 'sigchart.feed.1';

/** The WebSocket subprotocol of those who send their own trace. */
export const traceProtocol = 'sigchart.trace.1';

import type { Logger } from 'pino';

/**
 * Keeps the process alive when something throws where nobody catches it: logs the cause and counts it.
 *
 * The last line of defence. What belongs to a socket, a role, a stream or a request is caught where it belongs, and ends that alone
 * (`failed` of `createSignallingServer`). What comes here is a defect of a timer or of a media library, and belongs to nobody known: its
 * sessions end by their own timeouts, and everybody else goes on.
 */
export function surviveUncaught(log: Logger, count: (origin: NodeJS.UncaughtExceptionOrigin) => void): void {
  // Rejections that nobody handles come here as well.
  process.on('uncaughtException', (error, origin) => {
    try {
      count(origin);
      log.error({ err: error, origin }, 'an exception that nothing caught was survived');
    } catch {
      // Nobody is left to hear of it.
    }
  });
}

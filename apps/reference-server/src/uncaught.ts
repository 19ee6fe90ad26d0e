import type { Logger } from 'pino';

/**
 * Keeps the process alive after an uncaught exception: logs and counts it.
 *
 * This is the last line of defence. Exceptions of a socket, role, stream or request are caught where they occur, and end only
 * that (`failed` of `createSignallingServer`). What arrives here is a defect of a timer or of a media library. It cannot be
 * attributed to a session; affected sessions end by their own timeouts, and all others continue.
 */
export function surviveUncaught(log: Logger, count: (origin: NodeJS.UncaughtExceptionOrigin) => void): void {
  // Unhandled rejections arrive here as well.
  process.on('uncaughtException', (error, origin) => {
    try {
      count(origin);
      log.error({ err: error, origin }, 'an exception that nothing caught was survived');
    } catch {
      // No listener is left.
    }
  });
}

import type { Tracing } from '@sigchart/server/tracing';

/**
 * Creates the spans of OpenTelemetry, if they are asked for. Without, nothing of it is loaded.
 *
 * @throws {Error} if the optional package is not installed.
 */
export async function tracingOf({ traces }: { readonly traces?: boolean }): Promise<Tracing | undefined> {
  if (traces !== true) return undefined;
  const { createTracing } = await import('@sigchart/server/tracing');
  try {
    return createTracing(await import('@opentelemetry/api'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new Error('traces need the package @opentelemetry/api: npm install @opentelemetry/api');
  }
}

/** A body that is not read to its end, and the status that says why. */
export class BodyError extends Error {
  override readonly name = 'BodyError';
  readonly status: 408 | 413;

  constructor(status: 408 | 413, message: string) {
    super(message);
    this.status = status;
  }
}

/** Limits for reading a body. */
export interface BodyLimits {
  readonly maxBytes: number;
  /** Time the client may take to send it. */
  readonly timeoutMs: number;
}

/**
 * Reads the body of a request as text, whatever length its sender announced.
 *
 * @throws {BodyError} when it is too long, or takes too long to arrive.
 */
export async function readBody(request: Request, { maxBytes, timeoutMs }: BodyLimits): Promise<string> {
  const tooLong = () => new BodyError(413, `The body is longer than ${maxBytes} bytes.`);
  if (Number(request.headers.get('content-length')) > maxBytes) throw tooLong();
  const reader = request.body?.getReader();
  if (reader === undefined) return '';
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new BodyError(408, `The body did not arrive within ${timeoutMs / 1000} s.`)),
      timeoutMs,
    );
  });
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), late]);
      if (done) return Buffer.concat(chunks).toString();
      size += value.length;
      if (size > maxBytes) throw tooLong();
      chunks.push(value);
    }
  } catch (error) {
    reader.cancel().catch(() => {});
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

import { useEffect } from 'react';

/** A handle of a role that sends. */
interface SendingHandle {
  replaceStream(stream: MediaStream): Promise<void>;
}

/** Media to send: `null` is none, `undefined` is not known yet. */
export type StreamToSend = MediaStream | null | undefined;

/** Media that each handle sends, or was last asked to send. */
const sent = new WeakMap<SendingHandle, StreamToSend>();

/** Notes what a role starts with. */
export function sending<Handle extends SendingHandle>(handle: Handle, stream: StreamToSend): Handle {
  sent.set(handle, stream);
  return handle;
}

/** The stream as an option of the client. */
export const streamOption = (stream: StreamToSend): { readonly stream?: MediaStream } => (stream ? { stream } : {});

/** A role whose stream may change. */
export interface UseStreamOptions {
  readonly handle: SendingHandle | undefined;
  readonly restart: () => void;
  readonly stream: StreamToSend;
  /** True if the role has to start again to change from one to the other. Default: never. */
  readonly needsRestart?: (before: StreamToSend, after: StreamToSend) => boolean;
}

const never = () => false;

/**
 * Sends another stream when it changes. A change that the connection refuses, such as a new kind of media in a call, starts the role
 * again.
 */
export function useStream({ handle, restart, stream, needsRestart = never }: UseStreamOptions): void {
  useEffect(() => {
    if (handle === undefined || stream === undefined) return;
    const before = sent.get(handle);
    if (before === stream) return;
    sent.set(handle, stream);
    if (needsRestart(before, stream)) {
      restart();
      return;
    }
    handle.replaceStream(stream ?? new MediaStream()).catch(() => {
      if (sent.get(handle) === stream) restart();
    });
  }, [handle, stream, restart, needsRestart]);
}

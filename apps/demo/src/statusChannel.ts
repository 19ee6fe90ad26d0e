import type { RoleHandle } from '@sigchart/browser';
import { readStatus, type Status, statusQuestion, statusTexts } from './status.ts';

/** Calls `opened` each time the data channel of a role opens, now if it is. Returns how to end that. */
function whenOpen(handle: RoleHandle, opened: () => void): () => void {
  let open = false;
  const look = () => {
    const { dataChannel } = handle.getSnapshot();
    if (dataChannel && !open) opened();
    open = dataChannel;
  };
  look();
  return handle.subscribe(look);
}

/** Sends the own status over the data channel of a role: when it opens, and on request. */
export function tellStatus(handle: RoleHandle, statusOf: () => Status): { tell(): void; end(): void } {
  const tell = () => {
    for (const text of statusTexts(handle.streamId, statusOf())) handle.send(text);
  };
  const ends = [
    whenOpen(handle, tell),
    handle.onData((data) => {
      if (readStatus(data) === 'question') tell();
    }),
  ];
  return {
    tell,
    end() {
      for (const end of ends) end();
    },
  };
}

/** Requests the status of the remote when the data channel of a role opens, and reports its changes. Returns a function that stops. */
export function hearStatus(handle: RoleHandle, heard: (news: Partial<Status>) => void): () => void {
  const ends = [
    whenOpen(handle, () => handle.send(statusQuestion(handle.streamId))),
    handle.onData((data) => {
      const read = readStatus(data);
      if (typeof read === 'object') heard(read.news);
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
}

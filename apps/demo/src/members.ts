import type { RoleHandle, RoleSnapshot } from '@sigchart/browser';
import { explainRole } from './explain/role.ts';
import { everyMs, inShort } from './figures.ts';
import { measureConnection } from './measure.ts';
import { showStream } from './sound.ts';
import type { Status } from './status.ts';
import { hearStatus } from './statusChannel.ts';
import { createTile } from './tile.ts';

/** Text of a tile without a picture. */
function noteOf(snapshot: RoleSnapshot, established: boolean): string {
  if (snapshot.state === 'playing') return '';
  const explained = explainRole({
    ...snapshot,
    role: 'player',
    established,
    url: '',
    wasOpen: true,
    wasLost: snapshot.socket !== 'open',
  });
  return explained?.title ?? 'Connecting …';
}

/** Called with data of a member, and the member's name. */
type Heard = (who: string, data: string | ArrayBuffer) => void;

/** Shows one other member in the grid. Returns how to take it out. */
function showMember(grid: HTMLElement, handle: RoleHandle, heard: Heard): () => void {
  const tile = createTile(handle.streamId);
  let status: Status = { name: '', microphone: true, camera: true, hand: false };
  let established = false;
  const show = () => {
    const snapshot = handle.getSnapshot();
    established ||= snapshot.state === 'playing';
    // A member without a name is shown by its stream id. A name, if there is one, arrives with the picture.
    const name = status.name || (established ? handle.streamId : '');
    tile.show({ ...status, name, note: noteOf(snapshot, established) });
    void showStream(tile.video, snapshot.stream);
  };
  const measure = measureConnection('inbound', () => handle.getSnapshot().connection);
  const measuring = setInterval(async () => tile.measured(inShort(await measure())), everyMs);
  const ends = [
    handle.subscribe(show),
    hearStatus(handle, (news) => {
      status = { ...status, ...news };
      show();
    }),
    handle.onData((data) => heard(status.name || handle.streamId, data)),
    () => clearInterval(measuring),
  ];
  grid.append(tile.root);
  show();
  return () => {
    for (const end of ends) end();
    tile.video.srcObject = null;
    tile.root.remove();
  };
}

/** Keeps the others' tiles in the grid: those of `players`, whenever it is called. */
export function createMembers(grid: HTMLElement, heard: Heard): (players: readonly RoleHandle[]) => void {
  const shown = new Map<RoleHandle, () => void>();
  return (players) => {
    for (const [handle, remove] of shown)
      if (!players.includes(handle)) {
        remove();
        shown.delete(handle);
      }
    for (const handle of players) if (!shown.has(handle)) shown.set(handle, showMember(grid, handle, heard));
  };
}

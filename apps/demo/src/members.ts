import type { PlayerHandle, RoleSnapshot } from '@sigchart/browser';
import { explainRole } from './explain/role.ts';
import { everyMs, inShort } from './figures.ts';
import { measureConnection } from './measure.ts';
import { heightToShow } from './pictureHeight.ts';
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
type DataListener = (who: string, data: string | ArrayBuffer) => void;

/** Shows one other member in the grid. Returns how to take it out. */
function showMember(grid: HTMLElement, handle: PlayerHandle, heard: DataListener): () => void {
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
  let wanted = 0;
  /** Requests a picture no larger than its tile. */
  const fit = () => {
    const heights = handle.getSnapshot().quality?.tracks[0]?.heights ?? [];
    const height = heightToShow(tile.video.clientHeight * devicePixelRatio, heights);
    if (heights.length === 0 || height === wanted) return;
    wanted = height;
    handle.preferHeight(height);
  };
  const resized = new ResizeObserver(fit);
  resized.observe(tile.video);
  const measure = measureConnection('inbound', () => handle.getSnapshot().connection);
  const measuring = setInterval(async () => tile.measured(inShort(await measure())), everyMs);
  const ends = [
    handle.subscribe(show),
    handle.subscribe(fit),
    () => resized.disconnect(),
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
export function createMembers(grid: HTMLElement, heard: DataListener): (players: readonly PlayerHandle[]) => void {
  const shown = new Map<PlayerHandle, () => void>();
  return (players) => {
    for (const [handle, remove] of shown)
      if (!players.includes(handle)) {
        remove();
        shown.delete(handle);
      }
    for (const handle of players) if (!shown.has(handle)) shown.set(handle, showMember(grid, handle, heard));
  };
}

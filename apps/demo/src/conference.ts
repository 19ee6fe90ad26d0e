import type { ConferenceHandle, RoleHandle } from '@sigchart/browser';
import { linkTo, readAddress } from './address.ts';
import { runDeviceButtons } from './devices.ts';
import { element } from './element.ts';
import type { Explanation } from './explain/explanation.ts';
import { explainRole } from './explain/role.ts';
import { openField } from './field.ts';
import { showFigures } from './figures.ts';
import { showLink } from './link.ts';
import { createMembers } from './members.ts';
import { randomId } from './randomId.ts';
import { runRolePage } from './rolePage.ts';
import { offerSources, preview } from './source/choice.ts';
import { tellStatus } from './statusChannel.ts';
import { createTile } from './tile.ts';

const address = readAddress(location.search);
const stage = element('stage', HTMLElement);
const grid = element('members', HTMLOListElement);
const count = element('count', HTMLElement);
const field = openField('room', { given: address.room, key: 'room', otherwise: randomId() });
const name = openField('name', { given: address.name, key: 'name' });
// Of nine pictures none is large; every member receives all of them.
const size = { width: 640, height: 360 };
const openChosen = offerSources({ given: address.source, size, lost: (explanation) => page.stop(explanation) });

const showPlayers = createMembers(grid);
const devices = runDeviceButtons(() => {
  telling?.tell();
  showOwn();
});
let telling: ReturnType<typeof tellStatus> | undefined;
let publisher: RoleHandle | undefined;
let publisherEstablished = false;
let showOwn = () => {};

const ownName = () => name.input.value.trim();

/** Turns to the own publisher, as soon as there is one, and to the next after that. */
function publishWith(next: RoleHandle | undefined): void {
  if (next === publisher) return;
  telling?.end();
  publisher = next;
  publisherEstablished = false;
  telling = next && tellStatus(next, () => ({ name: ownName(), ...devices.on }));
  next?.subscribe(() => page.refresh());
}

/** What is wrong with the own publisher, while all is well with the member itself. */
function explainPublisher(): Explanation | undefined {
  if (publisher === undefined) return undefined;
  const snapshot = publisher.getSnapshot();
  publisherEstablished ||= snapshot.state === 'publishing';
  return explainRole({
    ...snapshot,
    role: 'publisher',
    established: publisherEstablished,
    url: '',
    wasOpen: true,
    wasLost: snapshot.socket !== 'open',
  });
}

showFigures(() => publisher?.getSnapshot().connection);

const page = runRolePage<ConferenceHandle>({
  role: 'member',
  field,
  async prepare() {
    name.remember();
    const chosen = await openChosen();
    if ('title' in chosen) return chosen;
    const ends: (() => void)[] = [() => chosen.close()];
    return {
      start(client, { id, ...request }) {
        const tile = createTile('');
        tile.root.classList.add('self');
        showOwn = () => tile.show({ name: ownName() ? `${ownName()} (you)` : 'You', ...devices.on, note: '' });
        tile.video.muted = true;
        ends.push(preview(tile.root, tile.video, chosen), () => tile.root.remove());
        void tile.video.play().catch(() => {});
        grid.append(tile.root);
        stage.classList.add('filled');
        devices.attach(chosen.stream);
        showOwn();
        return client.enter(id, { ...request, stream: chosen.stream, ...(ownName() && { streamName: ownName() }) });
      },
      changed(handle) {
        const { players, publisher, state } = handle.getSnapshot();
        showPlayers(players);
        publishWith(publisher);
        const others = players.length;
        count.textContent =
          state !== 'entered' ? '' : others === 0 ? 'Nobody else is here yet' : `${others + 1} people are here`;
        return explainPublisher();
      },
      release() {
        showPlayers([]);
        publishWith(undefined);
        devices.attach(undefined);
        for (const end of ends) end();
        showOwn = () => {};
        count.textContent = '';
        stage.classList.remove('filled');
      },
    };
  },
});

const link = showLink(field.input, (room) => linkTo('conference.html', location.href, address, ['room', room]));
element('another', HTMLButtonElement).addEventListener('click', () => {
  field.input.value = randomId();
  link.refresh();
});

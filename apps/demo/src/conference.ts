import type { ConferenceHandle, RoleHandle } from '@sigchart/browser';
import { linkTo, readAddress } from './address.ts';
import { type OwnPicture, runOwnMedia } from './capture/ownMedia.ts';
import { createChat } from './chat.ts';
import { element } from './element.ts';
import type { Explanation } from './explain/explanation.ts';
import { explainRole } from './explain/role.ts';
import { openField } from './field.ts';
import { showFigures } from './figures.ts';
import { runHandButton } from './hand.ts';
import { showLink } from './link.ts';
import { createMembers } from './members.ts';
import { runPins } from './pins.ts';
import { randomId } from './randomId.ts';
import { runRolePage } from './rolePage.ts';
import { tellStatus } from './statusChannel.ts';
import { createTile } from './tile.ts';

const address = readAddress(location.search);
const stage = element('stage', HTMLElement);
const grid = element('members', HTMLOListElement);
const count = element('count', HTMLElement);
const field = openField('room', { given: address.room, key: 'room', otherwise: randomId() });
const name = openField('name', { given: address.name, key: 'name' });
const ownTile = createTile('');
ownTile.root.classList.add('self');
ownTile.video.muted = true;

const chat = createChat();
const showPlayers = createMembers(grid, chat.heard);
runPins(grid);
const hand = runHandButton(() => changed());
let telling: ReturnType<typeof tellStatus> | undefined;
let publisher: RoleHandle | undefined;
let publisherEstablished = false;

const ownName = () => name.input.value.trim();

const media = runOwnMedia({
  source: address.source,
  muted: address.muted,
  // Of nine pictures none is large, and one that is pinned has the space of four.
  size: { width: 640, height: 360 },
  show: showOwn,
  changed: () => changed(),
  lost: (explanation) => page.stop(explanation),
});

/** Shows the own tile while there is a picture of one's own, before joining too. */
function showOwn(picture: OwnPicture | undefined): void {
  ownTile.video.srcObject = picture?.stream ?? null;
  ownTile.root.dataset.source = picture?.kind ?? '';
  if (picture === undefined) {
    ownTile.root.remove();
  } else {
    if (!ownTile.root.isConnected) grid.prepend(ownTile.root);
    void ownTile.video.play().catch(() => {});
  }
  stage.classList.toggle('filled', picture !== undefined);
}

/** Displays a change of one's own status and sends it to the others. */
function changed(): void {
  ownTile.show({ name: ownName() ? `${ownName()} (you)` : 'You', ...media.on, hand: hand.isRaised, note: '' });
  telling?.tell();
}

/** Turns to the own publisher, as soon as there is one, and to the next after that. */
function publishWith(next: RoleHandle | undefined): void {
  if (next === publisher) return;
  telling?.end();
  publisher = next;
  publisherEstablished = false;
  chat.attach(next);
  telling = next && tellStatus(next, () => ({ name: ownName(), ...media.on, hand: hand.isRaised }));
  next?.subscribe(() => page.refresh());
}

/** Explanation of a problem of the own publisher while the member itself is fine. */
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

showFigures(() => publisher?.getSnapshot());

const page = runRolePage<ConferenceHandle>({
  role: 'member',
  field,
  async prepare() {
    name.remember();
    const problem = await media.open();
    if (problem !== undefined) return problem;
    return {
      start(client, { id, ...request }) {
        const { stream } = media;
        const handle = client.enter(id, {
          ...request,
          ...(stream && { stream }),
          simulcast: true,
          ...(ownName() && { streamName: ownName() }),
        });
        media.sendWith((next) => handle.replaceStream(next));
        hand.attach(true);
        return handle;
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
        hand.attach(false);
        media.close();
        count.textContent = '';
      },
    };
  },
});

const link = showLink(field.input, (room) => linkTo('conference.html', location.href, address, { room }));
element('another', HTMLButtonElement).addEventListener('click', () => {
  field.input.value = randomId();
  link.refresh();
});
name.input.addEventListener('input', changed);
changed();

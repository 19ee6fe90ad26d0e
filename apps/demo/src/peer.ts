import type { RoleHandle } from '@sigchart/browser';
import { linkTo, readAddress } from './address.ts';
import { runOwnMedia } from './capture/ownMedia.ts';
import { element } from './element.ts';
import { openField } from './field.ts';
import { runHandButton } from './hand.ts';
import { showLink } from './link.ts';
import { createPanels } from './panels.ts';
import { randomId } from './randomId.ts';
import { runRolePage } from './rolePage.ts';
import { showStream } from './sound.ts';
import type { Status } from './status.ts';
import { hearStatus, tellStatus } from './statusChannel.ts';

const address = readAddress(location.search);
const stage = element('stage', HTMLElement);
const video = element('video', HTMLVideoElement);
const own = element('own', HTMLVideoElement);
const ownFrame = element('ownFrame', HTMLElement);
const placeholder = element('placeholder', HTMLElement);
const otherStatus = element('otherStatus', HTMLElement);
const field = openField('callId', { given: address.streamId, key: 'callId', otherwise: randomId() });
const attach = createPanels();

const hints: Readonly<Record<string, string>> = {
  waiting: 'Nobody else is here yet. Send the link to the person you want to talk to.',
  connecting: 'The other participant is here. Connecting …',
};
const firstHint = placeholder.textContent ?? '';

const nothingKnown = { microphone: true, camera: true, hand: false };
let other: Partial<Status> = nothingKnown;
let telling: ReturnType<typeof tellStatus> | undefined;

function showOther(news: Partial<Status>): void {
  other = { ...other, ...news };
  const off = [other.microphone === false ? 'microphone' : '', other.camera === false ? 'camera' : ''].filter(Boolean);
  const devices =
    off.length === 0 ? '' : `The other participant’s ${off.join(' and ')} ${off.length > 1 ? 'are' : 'is'} off`;
  const hand = other.hand ? 'The other participant raised a hand' : '';
  otherStatus.textContent = [hand, devices].filter(Boolean).join(' · ');
  otherStatus.hidden = otherStatus.textContent === '';
}

function show(handle: RoleHandle): void {
  const { state, stream, tracks } = handle.getSnapshot();
  stage.classList.toggle('filled', tracks.length > 0);
  placeholder.textContent = hints[state] ?? firstHint;
  void showStream(video, stream);
  if (stream === undefined) showOther(nothingKnown);
}

const hand = runHandButton(() => telling?.tell());
const media = runOwnMedia({
  source: address.source,
  muted: address.muted,
  show(picture) {
    own.srcObject = picture?.stream ?? null;
    ownFrame.dataset.source = picture?.kind ?? '';
    ownFrame.classList.toggle('filled', picture !== undefined);
  },
  changed: () => telling?.tell(),
  lost: (explanation) => page.stop(explanation),
});

const page = runRolePage<RoleHandle>({
  role: 'peer',
  field,
  async prepare() {
    const problem = await media.open();
    if (problem !== undefined) return problem;
    const ends: (() => void)[] = [];
    return {
      start(client, { id, ...request }) {
        const { stream } = media;
        const handle = client.join(id, { ...request, ...(stream && { stream }) });
        media.sendWith((next) => handle.replaceStream(next));
        attach(handle);
        hand.attach(true);
        telling = tellStatus(handle, () => ({ name: '', ...media.on, hand: hand.isRaised }));
        ends.push(telling.end, hearStatus(handle, showOther));
        return handle;
      },
      changed(handle) {
        show(handle);
        return undefined;
      },
      release() {
        attach(undefined);
        telling = undefined;
        for (const end of ends) end();
        media.close();
        hand.attach(false);
        showOther(nothingKnown);
        placeholder.textContent = firstHint;
        stage.classList.remove('filled');
        video.srcObject = null;
      },
    };
  },
});

const link = showLink(field.input, (id) => linkTo('peer.html', location.href, address, { id }));
element('another', HTMLButtonElement).addEventListener('click', () => {
  field.input.value = randomId();
  link.refresh();
});

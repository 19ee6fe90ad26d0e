import type { RoleHandle } from '@sigchart/browser';
import { linkTo, readAddress } from './address.ts';
import { runDeviceButtons } from './devices.ts';
import { element } from './element.ts';
import { openField } from './field.ts';
import { showLink } from './link.ts';
import { createPanels } from './panels.ts';
import { randomId } from './randomId.ts';
import { runRolePage } from './rolePage.ts';
import { showStream } from './sound.ts';
import { offerSources, preview } from './source/choice.ts';
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
const openChosen = offerSources({ given: address.source, lost: (explanation) => page.stop(explanation) });

const hints: Readonly<Record<string, string>> = {
  waiting: 'Nobody else is here yet. Send the link to whom you want to talk to.',
  connecting: 'The other is here. Connecting …',
};
const firstHint = placeholder.textContent ?? '';

const nothingKnown = { microphone: true, camera: true };
let other: Partial<Status> = nothingKnown;

function showOther(news: Partial<Status>): void {
  other = { ...other, ...news };
  const off = [other.microphone === false ? 'microphone' : '', other.camera === false ? 'camera' : ''].filter(Boolean);
  otherStatus.hidden = off.length === 0;
  otherStatus.textContent =
    off.length === 0 ? '' : `The other’s ${off.join(' and ')} ${off.length > 1 ? 'are' : 'is'} off`;
}

function show(handle: RoleHandle): void {
  const { state, stream, tracks } = handle.getSnapshot();
  stage.classList.toggle('filled', tracks.length > 0);
  placeholder.textContent = hints[state] ?? firstHint;
  void showStream(video, stream);
  if (stream === undefined) showOther(nothingKnown);
}

const devices = runDeviceButtons(() => telling?.tell());
let telling: ReturnType<typeof tellStatus> | undefined;

const page = runRolePage<RoleHandle>({
  role: 'peer',
  field,
  async prepare() {
    const chosen = await openChosen();
    if ('title' in chosen) return chosen;
    const ends: (() => void)[] = [() => chosen.close()];
    return {
      start(client, { id, ...request }) {
        ends.push(preview(ownFrame, own, chosen));
        devices.attach(chosen.stream);
        const handle = client.join(id, { ...request, stream: chosen.stream });
        attach(handle);
        telling = tellStatus(handle, () => ({ name: '', ...devices.on }));
        ends.push(telling.end, hearStatus(handle, showOther));
        return handle;
      },
      changed(handle) {
        show(handle);
        return undefined;
      },
      release() {
        attach(undefined);
        devices.attach(undefined);
        telling = undefined;
        for (const end of ends) end();
        showOther(nothingKnown);
        placeholder.textContent = firstHint;
        stage.classList.remove('filled');
        video.srcObject = null;
      },
    };
  },
});

const link = showLink(field.input, (id) => linkTo('peer.html', location.href, address, ['id', id]));
element('another', HTMLButtonElement).addEventListener('click', () => {
  field.input.value = randomId();
  link.refresh();
});

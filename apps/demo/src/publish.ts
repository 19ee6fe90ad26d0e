import { linkTo, readAddress } from './address.ts';
import { element } from './element.ts';
import { explainCapture, explainCaptureEnd } from './explain/capture.ts';
import { showLink } from './link.ts';
import { randomId } from './randomId.ts';
import { type Ready, runRolePage } from './rolePage.ts';
import { openSource, type Source, type SourceKind, sourceKinds } from './source/source.ts';

const address = readAddress(location.search);
const form = element('controls', HTMLFormElement);
const streamId = element('streamId', HTMLInputElement);
const video = element('video', HTMLVideoElement);
const stage = element('stage', HTMLElement);

/** Read from the radio buttons, since a form leaves out what is disabled. */
const chosen = (): SourceKind => {
  const value = form.querySelector<HTMLInputElement>('[name=source]:checked')?.value;
  return sourceKinds.find((kind) => kind === value) ?? 'camera';
};

for (const radio of form.querySelectorAll<HTMLInputElement>('[name=source]'))
  radio.checked = radio.value === (sourceKinds.find((kind) => kind === address.source) ?? 'camera');

/** What a source is while it runs: shown as the preview, sent by the role, watched for its end. */
function preview(kind: SourceKind, source: Source): Ready {
  const { stream } = source;
  const lost = () => page.stop(explainCaptureEnd(kind));
  return {
    start(client, { streamId: id, ...request }) {
      for (const track of stream.getTracks()) track.addEventListener('ended', lost);
      video.srcObject = stream;
      stage.dataset.source = kind;
      stage.classList.add('filled');
      return client.publish(id, { ...request, stream });
    },
    changed: () => {},
    release() {
      for (const track of stream.getTracks()) track.removeEventListener('ended', lost);
      source.close();
      // A start that was called off may end while the next one is shown.
      if (video.srcObject !== stream) return;
      video.srcObject = null;
      stage.classList.remove('filled');
    },
  };
}

const page = runRolePage({
  role: 'publisher',
  streamId: randomId(),
  async prepare() {
    const kind = chosen();
    try {
      return preview(kind, await openSource(kind));
    } catch (error) {
      const name = error instanceof Error ? error.name : String(error);
      return explainCapture(kind, name, isSecureContext);
    }
  },
});

const link = showLink(streamId, (id) => linkTo('play.html', location.href, address, ['id', id]));
element('another', HTMLButtonElement).addEventListener('click', () => {
  streamId.value = randomId();
  link.refresh();
});

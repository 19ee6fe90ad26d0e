import { linkTo, readAddress } from './address.ts';
import { runOwnMedia } from './capture/ownMedia.ts';
import { element } from './element.ts';
import { openField } from './field.ts';
import { showLink } from './link.ts';
import { createPanels } from './panels.ts';
import { randomId } from './randomId.ts';
import { runRolePage } from './rolePage.ts';

const address = readAddress(location.search);
const video = element('video', HTMLVideoElement);
const stage = element('stage', HTMLElement);
const field = openField('streamId', { given: address.streamId, key: 'streamId', otherwise: randomId() });
const attach = createPanels();
const media = runOwnMedia({
  source: address.source,
  muted: address.muted,
  show(picture) {
    video.srcObject = picture?.stream ?? null;
    stage.dataset.source = picture?.kind ?? '';
    stage.classList.toggle('filled', picture !== undefined);
  },
  lost: (explanation) => page.stop(explanation),
});

const page = runRolePage({
  role: 'publisher',
  field,
  async prepare() {
    const problem = await media.open();
    if (problem !== undefined) return problem;
    return {
      start(client, { id, ...request }) {
        const { stream } = media;
        const handle = client.publish(id, { ...request, ...(stream && { stream }) });
        media.sendWith((next) => handle.replaceStream(next));
        attach(handle);
        return handle;
      },
      changed: () => undefined,
      release() {
        attach(undefined);
        media.close();
      },
    };
  },
});

const link = showLink(field.input, (id) => linkTo('play.html', location.href, address, { id, auto: '' }));
element('another', HTMLButtonElement).addEventListener('click', () => {
  field.input.value = randomId();
  link.refresh();
});

import { linkTo, readAddress } from './address.ts';
import { element } from './element.ts';
import { openField } from './field.ts';
import { showLink } from './link.ts';
import { createPanels } from './panels.ts';
import { randomId } from './randomId.ts';
import { runRolePage } from './rolePage.ts';
import { offerSources, preview } from './source/choice.ts';

const address = readAddress(location.search);
const video = element('video', HTMLVideoElement);
const stage = element('stage', HTMLElement);
const field = openField('streamId', { given: address.streamId, key: 'streamId', otherwise: randomId() });
const attach = createPanels();
const openChosen = offerSources({ given: address.source, lost: (explanation) => page.stop(explanation) });

const page = runRolePage({
  role: 'publisher',
  field,
  async prepare() {
    const chosen = await openChosen();
    if ('title' in chosen) return chosen;
    let unshow = () => {};
    return {
      start(client, { id, ...request }) {
        unshow = preview(stage, video, chosen);
        const handle = client.publish(id, { ...request, stream: chosen.stream });
        attach(handle);
        return handle;
      },
      changed: () => undefined,
      release() {
        attach(undefined);
        unshow();
        chosen.close();
      },
    };
  },
});

const link = showLink(field.input, (id) => linkTo('play.html', location.href, address, ['id', id]));
element('another', HTMLButtonElement).addEventListener('click', () => {
  field.input.value = randomId();
  link.refresh();
});

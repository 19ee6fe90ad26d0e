import { element } from './element.ts';
import type { Status } from './status.ts';

/** Content of a member's tile. */
export interface TileContent extends Status {
  /** Reason why there is no picture, other than a camera that is off; `""` without one. */
  readonly note: string;
}

/** One member's place in the grid. */
export interface Tile {
  readonly root: HTMLElement;
  readonly video: HTMLVideoElement;
  show(content: TileContent): void;
  /** Shows a measure of its picture. */
  measured(text: string): void;
}

const initialsOf = (name: string): string =>
  name
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .slice(0, 2)
    .map((word) => [...word][0] ?? '')
    .join('')
    .toUpperCase();

const template = () => element('member', HTMLTemplateElement).content.firstElementChild;

/** Makes the tile of a member, out of the page's template. */
export function createTile(streamId: string): Tile {
  const root = template()?.cloneNode(true);
  if (!(root instanceof HTMLElement)) throw new Error('#member is empty');
  root.dataset.streamId = streamId;
  const part = (name: string) => root.querySelector<HTMLElement>(`.${name}`) ?? document.createElement('i');
  const [name, note, figures, initials] = [part('name'), part('note'), part('measure'), part('initials')];
  const pin = part('pin');
  return {
    root,
    video: root.querySelector('video') ?? document.createElement('video'),
    show(content) {
      name.textContent = content.name;
      initials.textContent = initialsOf(content.name.replace(/ \(you\)$/, ''));
      note.textContent = content.note;
      root.classList.toggle('silent', !content.microphone);
      root.classList.toggle('raised', content.hand);
      pin.setAttribute('aria-label', `Pin ${content.name}`);
      root.classList.toggle('dark', !content.camera || content.note !== '');
      const off = [
        content.microphone ? '' : 'microphone off',
        content.camera ? '' : 'camera off',
        content.hand ? 'hand raised' : '',
        content.note,
      ];
      root.setAttribute('aria-label', [content.name, ...off.filter((each) => each !== '')].join(', '));
    },
    measured(text) {
      figures.textContent = text;
    },
  };
}

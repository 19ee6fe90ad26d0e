import type { Plugin } from 'vite';

/** One page of this app. */
export interface Page {
  /** The file, beside this one, and its address. */
  readonly file: string;
  /** What the navigation calls it. */
  readonly title: string;
  /** Its icon, as the content of a 24 × 24 SVG. */
  readonly icon: string;
  /** What it is for, in one sentence. */
  readonly summary: string;
}

/** The pages in the order of the navigation. A new page is a file and an entry here. */
export const pages: readonly Page[] = [
  {
    file: 'index.html',
    title: 'Start',
    icon: '',
    summary: 'WebRTC signalling as executable statecharts: publish and play live video from a browser.',
  },
  {
    file: 'publish.html',
    title: 'Publish',
    icon: '<rect x="2.5" y="6" width="12.5" height="12" rx="2.5"/><path d="m15 11 6.5-3.5v9L15 13"/>',
    summary: 'Send your camera, your screen or a test picture.',
  },
  {
    file: 'play.html',
    title: 'Play',
    icon: '<rect x="2.5" y="5" width="19" height="14" rx="2.5"/><path d="m10 9 5 3-5 3z"/>',
    summary: 'Watch a stream that somebody publishes.',
  },
];

/** Two states, and the way there and back. */
const mark =
  '<circle cx="5.5" cy="12" r="2.8" fill="currentColor"/><circle cx="18.5" cy="12" r="2.8"/><path d="M7.5 8c2.2-3 6.8-3 9 0M16.5 16c-2.2 3-6.8 3-9 0"/>';

const svg = (content: string, color = 'currentColor') =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" color="${color}" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${content}</svg>`;

const favicon = `data:image/svg+xml,${encodeURIComponent(svg(mark, '#12908a'))}`;

const head = ({ file, title, summary }: Page) => `
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <meta name="description" content="${summary}" />
    <title>${file === 'index.html' ? 'Sigchart' : `${title} · Sigchart`}</title>
    <link rel="icon" href="${favicon}" />`;

const header = (current: Page) => `
    <header class="masthead">
      <a class="brand" href="./">${svg(mark)}Sigchart</a>
      <nav aria-label="Pages">
        ${pages
          .filter(({ file }) => file !== 'index.html')
          .map((page) => {
            const here = page === current ? ' aria-current="page"' : '';
            return `<a href="${page.file}"${here}>${page.title}</a>`;
          })
          .join('\n        ')}
      </nav>
    </header>`;

const cards = () =>
  pages
    .filter(({ icon }) => icon !== '')
    .map(
      ({ file, title, icon, summary }) => `
        <a class="card door" href="${file}">${svg(icon)}<strong>${title}</strong><span>${summary}</span></a>`,
    )
    .join('');

/** Fills in what all pages share, where a page says `<!-- head -->`, `<!-- header -->` or `<!-- cards -->`. */
export const fillFrame = (): Plugin => ({
  name: 'frame',
  transformIndexHtml: {
    order: 'pre',
    handler(html, { path }) {
      const page = pages.find(({ file }) => path.endsWith(file));
      if (page === undefined) return html;
      return html
        .replace('<!-- head -->', () => head(page))
        .replace('<!-- header -->', () => header(page))
        .replace('<!-- cards -->', cards);
    },
  },
});

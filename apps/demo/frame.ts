import type { Plugin } from 'vite';
import { type Entry, entries, pages } from './pages.ts';

/** Two states, and the way there and back. */
const mark =
  '<circle cx="5.5" cy="12" r="2.8" fill="currentColor"/><circle cx="18.5" cy="12" r="2.8"/><path d="M7.5 8c2.2-3 6.8-3 9 0M16.5 16c-2.2 3-6.8 3-9 0"/>';

const svg = (content: string, color = 'currentColor') =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" color="${color}" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${content}</svg>`;

const favicon = `data:image/svg+xml,${encodeURIComponent(svg(mark, '#12908a'))}`;

const isStart = ({ address }: Entry) => address === 'index.html';

const head = (page: Entry) => `
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <meta name="description" content="${page.summary}" />
    <title>${isStart(page) ? 'Sigchart' : `${page.title} · Sigchart`}</title>
    <link rel="icon" href="${favicon}" />`;

const header = (current: Entry) => `
    <header class="masthead">
      <a class="brand" href="./">${svg(mark)}Sigchart</a>
      <nav aria-label="Pages">
        ${entries
          .filter((entry) => !isStart(entry))
          .map((entry) => {
            const here = entry === current ? ' aria-current="page"' : '';
            return `<a href="${entry.address}"${here}>${entry.title}</a>`;
          })
          .join('\n        ')}
      </nav>
    </header>`;

const cards = () =>
  entries
    .filter((entry) => !isStart(entry))
    .map(
      ({ address, title, icon, summary }) => `
        <a class="card door" href="${address}">${svg(icon)}<strong>${title}</strong><span>${summary}</span></a>`,
    )
    .join('');

const machine = () => `
        <section class="card machine" aria-labelledby="machineTitle">
          <h2 id="machineTitle">State machine</h2>
          <div id="chart" class="chart"></div>
          <h3>Transitions</h3>
          <ol id="transitions" class="transitions" aria-label="Transitions, the newest first"></ol>
        </section>`;

const source = () => `
          <fieldset>
            <legend>Source</legend>
            <div class="segments">
              <label><input type="radio" name="source" value="camera" checked /><span>Camera</span></label>
              <label><input type="radio" name="source" value="screen" /><span>Screen</span></label>
              <label><input type="radio" name="source" value="test" /><span>Test picture</span></label>
            </div>
          </fieldset>`;

/** What a page may ask for, as in `<!-- header -->`. */
const parts: Readonly<Record<string, (page: Entry) => string>> = { head, header, cards, machine, source };

/** Fills in what pages share. */
export const fillFrame = (): Plugin => ({
  name: 'frame',
  transformIndexHtml: {
    order: 'pre',
    handler(html, { path }) {
      const page = pages.find(({ address }) => path.endsWith(address));
      if (page === undefined) return html;
      return html.replace(/<!-- (\w+) -->/g, (comment, name) => parts[name]?.(page) ?? comment);
    },
  },
});

import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';
import { serveBelowAnyPrefix } from './anyPrefix.ts';

const repository = 'https://github.com/sigchart/sigchart';
const root = fileURLToPath(new URL('../..', import.meta.url));
const docs = resolve(root, 'docs');

const isRelative = (link: string) => !/^(?:[a-z]+:|\/|#)/i.test(link);

/** A link from a page to a file outside docs/ leads to the repository, which is where such a file can be read. */
function hrefOf(link: string, page: string): string {
  if (!isRelative(link)) return link;
  const [path = '', ...anchor] = link.split('#');
  const target = resolve(docs, page, '..', path);
  if (!relative(docs, target).startsWith('..')) return link;
  return [`${repository}/blob/main/${relative(root, target)}`, ...anchor].join('#');
}

/** The anchor that GitHub gives a heading, so that links work in both places. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_\- ]/gu, '')
    .replaceAll(' ', '-');

const base = '/docs/';

export default defineConfig({
  buildEnd: ({ outDir }) => serveBelowAnyPrefix(outDir, base),
  outDir: 'dist',
  base,
  title: 'Sigchart',
  description: 'WebRTC signalling as executable statecharts.',
  cleanUrls: true,
  // None, so that browsers do not ask for /favicon.ico outside of the site.
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  // The server's Content-Security-Policy allows no inline script.
  appearance: false,
  metaChunk: true,
  rewrites: { 'decisions/README.md': 'decisions/index.md' },
  markdown: {
    anchor: { slugify: anchorOf },
    config(md) {
      // Code shows placeholders such as {{id:name}}, which are no Vue expressions.
      md.renderer.rules.code_inline = (tokens, index) =>
        `<code v-pre>${md.utils.escapeHtml(tokens[index]?.content ?? '')}</code>`;
      md.core.ruler.push('outside', ({ tokens, env }) => {
        for (const { children } of tokens)
          for (const token of children ?? []) {
            const href = token.type === 'link_open' ? token.attrGet('href') : null;
            if (href !== null) token.attrSet('href', hrefOf(href, env.relativePath));
          }
      });
    },
  },
  themeConfig: {
    search: { provider: 'local' },
    socialLinks: [{ icon: 'github', link: repository }],
    nav: [
      { text: 'Start', link: '/guide/start' },
      { text: 'Protocol', link: '/protocol' },
      { text: 'REST', link: '/rest' },
    ],
    sidebar: [
      {
        text: 'Guides',
        items: [
          { text: 'Start in five minutes', link: '/guide/start' },
          { text: 'Publish and play', link: '/guide/publish-and-play' },
          { text: 'Calls and conferences', link: '/guide/calls-and-conferences' },
          { text: 'React', link: '/guide/react' },
          { text: 'Embed', link: '/embed' },
          { text: 'WHIP and WHEP', link: '/whip' },
          { text: 'Decide who may do what', link: '/guide/tokens' },
          { text: 'Webhooks', link: '/guide/webhooks' },
          { text: 'Record a stream', link: '/guide/recording' },
          { text: 'Run on your own runtime', link: '/guide/own-runtime' },
          { text: 'Watch your own machines', link: '/guide/watch-your-machines' },
          { text: 'Generate tests', link: '/guide/model-tests' },
          { text: 'Migrate from Ant Media', link: '/guide/migrate' },
          { text: 'Troubleshooting', link: '/guide/troubleshooting' },
        ],
      },
      {
        text: 'Reference',
        items: [
          {
            text: 'Protocol',
            link: '/protocol',
            items: ['Messages', 'Framing', 'Routing', 'Authorization', 'Tracks', 'Timers', 'Client', 'Quirks'].map(
              (name) => ({ text: name, link: `/protocol/${name.toLowerCase()}` }),
            ),
          },
          { text: 'Errors', link: '/errors' },
          { text: 'REST and webhooks', link: '/rest' },
          { text: 'Operate', link: '/operate' },
          { text: 'Options', link: '/options' },
          { text: 'Limits', link: '/limits' },
          { text: 'Compatibility', link: '/compatibility' },
          { text: 'Conformance', link: '/conformance' },
          { text: 'Trace format', link: '/trace' },
          { text: 'Glossary', link: '/glossary' },
        ],
      },
      {
        text: 'Machines',
        collapsed: true,
        items: ['socket', 'publisher', 'player', 'peer', 'conference', 'stream'].map((name) => ({
          text: name,
          link: `/machines/${name}`,
        })),
      },
      {
        text: 'Design',
        items: [
          { text: 'Security', link: '/security' },
          { text: 'Networks', link: '/networks' },
          { text: 'Performance', link: '/performance' },
          { text: 'Decisions', link: '/decisions/' },
        ],
      },
    ],
  },
});

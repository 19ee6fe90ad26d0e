import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const isOurs = (path: string) => !/(^|\/)(node_modules|dist)(\/|$)/.test(path);
const pages = globSync('{*,{apps,benchmarks,docs,examples,packages}/**/*}.md', {
  cwd: root,
  exclude: (path) => !isOurs(path),
});

/** Text of a page without what is code. */
const proseOf = (path: string) => readFileSync(path, 'utf8').replace(/^```.*?^```/gms, '');

/** The anchor that GitHub gives a heading. The site uses the same (.vitepress/config.ts). */
const anchorOf = (heading: string) =>
  heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_\- ]/gu, '')
    .replaceAll(' ', '-');

const anchors = (path: string) =>
  [...proseOf(path).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));

const linksOf = (path: string) =>
  [
    ...proseOf(path)
      .replace(/`[^`\n]*`/g, '')
      .matchAll(/\]\(([^)\s]+)\)/g),
  ]
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/.test(link));

test('pages with links are found', () => {
  expect(pages.flatMap((page) => linksOf(resolve(root, page))).length).toBeGreaterThan(200);
});

test.each(pages)('the links of %s lead to files and headings', (page) => {
  const path = resolve(root, page);
  const broken = linksOf(path).filter((link) => {
    const [file = '', anchor] = link.split('#');
    const target = file === '' ? path : resolve(dirname(path), file);
    if (!existsSync(target)) return true;
    return anchor !== undefined && target.endsWith('.md') && !anchors(target).includes(anchor);
  });
  expect(broken).toEqual([]);
});

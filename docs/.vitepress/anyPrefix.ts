import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

// A proxy may serve the site below a prefix that nobody knows at build time: `location /sig/ { proxy_pass …; }`. VitePress writes its base
// into every page and script, so that it is replaced here by what leads there from each file.

/** Way from a file up to the folder of the site. */
const up = (file: string) => '../'.repeat(file.split('/').length - 1) || './';

/** Base of the site, as a script computes it from its own address. A pathname has no quotes and no backslashes. */
const declaration = (file: string) => `const siteBase=new URL(${JSON.stringify(up(file))},import.meta.url).pathname;`;

/**
 * Makes the links of a page absolute before the application starts, because it keeps those of the header and the sidebar as it goes to
 * pages in other folders.
 */
const resolution = `for(const link of document.querySelectorAll('a[href^="."]'))link.href=link.href;`;

/** Scripts that know the base, and how they write it. */
const scripts = [
  { files: 'assets/chunks/framework.*.js', written: (base: string) => [`"${base}"`, '(siteBase)'] },
  { files: 'assets/chunks/metadata.*.js', written: (base: string) => [`:\\"${base}\\"`, ':\\""+siteBase+"\\"'] },
  { files: 'assets/chunks/@localSearchIndex*.js', written: (base: string) => [`"${base}`, `"\${siteBase}`] },
] as const;

/**
 * Replaces the base in what was built.
 *
 * @throws {Error} if a file that should have it does not, as after an update of VitePress.
 */
export function serveBelowAnyPrefix(folder: string, base: string): void {
  for (const { files, written } of scripts) {
    const [found = '', replacement = ''] = written(base);
    const paths = globSync(files, { cwd: folder });
    if (paths.length === 0) throw new Error(`no file ${files}`);
    for (const path of paths) {
      const text = readFileSync(join(folder, path), 'utf8');
      if (!text.includes(found)) throw new Error(`${path} does not have the base of the site`);
      const start = path.includes('metadata') ? declaration(path) + resolution : declaration(path);
      writeFileSync(join(folder, path), start + text.replaceAll(found, replacement));
    }
  }
  for (const sheet of globSync('**/*.css', { cwd: folder })) {
    const text = readFileSync(join(folder, sheet), 'utf8');
    writeFileSync(join(folder, sheet), text.replaceAll(`url(${base}`, `url(${up(sheet)}`));
  }
  for (const page of globSync('**/*.html', { cwd: folder })) {
    const text = readFileSync(join(folder, page), 'utf8');
    const relative = text.replaceAll(`="${base}`, `="${up(page)}`);
    // The server's policy allows no script in a page. This one shows another key for the search on a Mac.
    writeFileSync(join(folder, page), relative.replace(/<script id="check-mac-os">.*?<\/script>/, ''));
  }
}

// Puts the built pages into the package, from where the installed server serves them.
import { cpSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

const pages = { demo: '../../demo/dist', inspector: '../../inspector/dist', docs: '../../../docs/dist' };

for (const [name, folder] of Object.entries(pages)) {
  rmSync(at(`../dist/pages/${name}`), { recursive: true, force: true });
  cpSync(at(folder), at(`../dist/pages/${name}`), { recursive: true });
}

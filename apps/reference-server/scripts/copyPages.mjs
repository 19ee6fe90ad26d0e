// Puts the built pages into the package, from where the installed server serves them.
import { cpSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

for (const app of ['demo', 'inspector']) {
  rmSync(at(`../dist/pages/${app}`), { recursive: true, force: true });
  cpSync(at(`../../${app}/dist`), at(`../dist/pages/${app}`), { recursive: true });
}

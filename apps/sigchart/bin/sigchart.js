#!/usr/bin/env node
// Installed, this runs what was built. In a checkout it runs the source, with the Node that is pinned there.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const oldestNode = 22;
const source = fileURLToPath(new URL('../src/main.ts', import.meta.url));
if (existsSync(source)) {
  const pinned = fileURLToPath(new URL('../../../node_modules/.bin/node', import.meta.url));
  const child = spawn(
    existsSync(pinned) ? pinned : process.execPath,
    ['--conditions=@sigchart/source', '--disable-warning=ExperimentalWarning', source, ...process.argv.slice(2)],
    { stdio: 'inherit' },
  );
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => process.exit(code ?? 1));
} else if (Number(process.versions.node.split('.')[0]) < oldestNode) {
  process.stderr.write(`sigchart needs Node ${oldestNode} or later; this is ${process.version}.\n`);
  process.exit(2);
} else {
  await import('../dist/main.js');
}

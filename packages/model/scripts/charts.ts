// Writes docs/machines/<role>.md from the machines.
import { mkdirSync, writeFileSync } from 'node:fs';
import { pageOf, roles } from '../src/charts/page.ts';

const folder = new URL('../../../docs/machines/', import.meta.url);
mkdirSync(folder, { recursive: true });
for (const [name, role] of Object.entries(roles)) writeFileSync(new URL(`${name}.md`, folder), pageOf(role));

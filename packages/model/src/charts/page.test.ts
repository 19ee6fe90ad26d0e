import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { pageOf, roles } from './page.ts';

test.each(Object.entries(roles))(
  'docs/machines/%s.md is what the machines say; `npm run charts` writes it',
  (name, role) => {
    const page = readFileSync(new URL(`../../../../docs/machines/${name}.md`, import.meta.url), 'utf8');
    expect(page).toBe(pageOf(role));
  },
);

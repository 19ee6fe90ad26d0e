import { expect, test } from 'vitest';

// Core is compiled without Node, so it is the test runner's bundler that reads files.
const files = import.meta.glob<string>(['./*.ts', '!./*.test.ts'], { eager: true, query: '?raw', import: 'default' });

test('every effect and event of a port starts with its name', () => {
  const prefixes = Object.entries(files).map(([path, text]) => [
    path,
    [...new Set(Array.from(text.matchAll(/\btype: [^;]*?['`](\w+)\./g), ([, prefix]) => `./${prefix}.ts`))],
  ]);
  expect(prefixes.length).toBeGreaterThan(10);
  expect(prefixes).toEqual(Object.keys(files).map((path) => [path, [path]]));
});

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { mutants } from './mutants.ts';

const conditions = ['@sigchart/source'];
const root = fileURLToPath(new URL('../../', import.meta.url));
const mutant = mutants[Number(process.env.SIGCHART_MUTANT)];

/** Runs tests with one limit removed. Changes no file. */
export default defineConfig({
  root,
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  plugins: [
    {
      name: 'sigchart-mutant',
      enforce: 'pre',
      transform: (code, id) =>
        mutant !== undefined && id === `${root}${mutant.file}` ? code.replace(mutant.from, () => mutant.to) : undefined,
    },
  ],
  // The cache does not know that a mutant changes what a file becomes.
  test: {
    fsModuleCache: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    bail: 1,
    exclude: ['**/node_modules/**', '**/dist/**'],
  },
});

import { defineConfig } from 'vitest/config';

const conditions = ['@sigchart/source'];
const whole = 'apps/reference-server/test/*.test.ts';

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    // Far more than anything takes: a test that waits for an event fails by what it expects, not by the machine it runs on.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    exclude: ['**/node_modules/**', '**/dist/**'],
    projects: [
      {
        extends: true,
        test: {
          name: 'parts',
          include: ['{packages,apps,examples,benchmarks,docs}/**/*.test.{ts,tsx}'],
          exclude: ['**/node_modules/**', '**/dist/**', whole],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        // Each file runs a server, and browsers that encode and decode video: one at a time. Browsers miss a beat when the machine is
        // busy with something else, so a test that fails is run once more. `npm test` lists such tests at its end.
        test: { name: 'whole', include: [whole], fileParallelism: false, retry: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
});

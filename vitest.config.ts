import { defineConfig } from 'vitest/config';

const conditions = ['@sigchart/source'];
const whole = 'apps/reference-server/test/**/*.test.ts';

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
          include: ['{packages,apps,examples,benchmarks}/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/dist/**', whole],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        // Each file runs a server, and clients that encode and decode video: one at a time.
        test: { name: 'whole', include: [whole], fileParallelism: false, sequence: { groupOrder: 1 } },
      },
    ],
  },
});

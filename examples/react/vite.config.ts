import { defaultClientConditions, defineConfig } from 'vite';

export default defineConfig({
  base: './',
  // Inside this repository the packages are used from source. An app of your own needs no configuration.
  resolve: { conditions: ['@sigchart/source', ...defaultClientConditions] },
  build: { target: 'baseline-widely-available' },
});

import { defaultClientConditions, defineConfig } from 'vite';
import { bringLayouts } from './layouts.ts';

/** Proxy to the server while the page comes from Vite. */
const feed = { '/inspector/feed': { target: 'ws://localhost:5080', ws: true } };

export default defineConfig({
  // Relative, so that the page works wherever it is put.
  base: './',
  resolve: { conditions: ['@sigchart/source', ...defaultClientConditions] },
  plugins: [bringLayouts()],
  build: { target: 'baseline-widely-available', assetsInlineLimit: 0 },
  server: { proxy: feed },
  preview: { proxy: feed },
});

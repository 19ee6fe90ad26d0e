import { defaultClientConditions, defineConfig } from 'vite';
import { fillFrame } from './frame.ts';
import { pages } from './pages.ts';

/** Proxy to the signalling server while the pages come from Vite. */
const signalling = { '^/[^/]+/websocket': { target: 'ws://localhost:5080', ws: true } };

/** The page of `/<app>/play/<streamId>`: two folders deep, as its address is, so that its relative links hold there. */
const embeddable = 'embed/play/stream.html';

export default defineConfig({
  // Relative, so that the pages work wherever they are put.
  base: './',
  resolve: { conditions: ['@sigchart/source', ...defaultClientConditions] },
  plugins: [fillFrame()],
  worker: { format: 'es' },
  build: {
    target: 'baseline-widely-available',
    rolldownOptions: { input: [...pages.map(({ address }) => address), embeddable] },
  },
  server: { proxy: signalling },
  preview: { proxy: signalling },
});

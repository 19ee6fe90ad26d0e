import { effect } from '@preact/signals';
import { render } from 'preact';
import { App } from './App.tsx';
import { feedAddress, openFeed, watched } from './feed/feed.ts';
import { input } from './feed/input.ts';
import { tokenOf } from './feed/token.ts';
import { listenForKeys } from './keys.ts';
import { related } from './ladder/LadderView.tsx';
import { followAddress } from './look/selection.ts';

// Before anything reads the address.
const token = tokenOf(window);
render(<App />, document.body);
followAddress();
listenForKeys();

effect(() => {
  const wanted = related.value;
  if (wanted.join() !== watched.peek().join()) watched.value = wanted;
});

const close = openFeed(feedAddress(location), token);
const end = input.subscribe(({ kind }) => {
  // A file that is opened takes the place of the feed.
  if (kind === 'file') queueMicrotask(() => [close(), end()]);
});

/** Storage key of the inspector's token, shared with the inspector's page of the same origin (`apps/inspector/src/feed/token.ts`). */
const storageKey = 'sigchart.token';

/** Stores the token of the printed link, and removes it from the address so that it is not shared by accident. */
const url = new URL(location.href);
const token = url.searchParams.get('token');
if (token !== null) {
  localStorage.setItem(storageKey, token);
  url.searchParams.delete('token');
  history.replaceState(history.state, '', url);
}

/**
 * Where the token that opens the inspector is kept, for the inspector's page at the same origin to find
 * (`apps/inspector/src/feed/token.ts`).
 */
const storageKey = 'sigchart.token';

/** Keeps the token of the link that the server printed, and removes it from the address, so that nobody passes it on. */
const url = new URL(location.href);
const token = url.searchParams.get('token');
if (token !== null) {
  localStorage.setItem(storageKey, token);
  url.searchParams.delete('token');
  history.replaceState(history.state, '', url);
}

/** Where the pages of one origin keep the token that opens the feed. */
const storageKey = 'sigchart.token';

/** What a page has of its browser. */
interface Page {
  readonly location: { readonly href: string };
  readonly history: { replaceState(state: unknown, unused: string, url: string): void };
  readonly localStorage: Pick<Storage, 'getItem' | 'setItem'>;
}

/**
 * The token that opens the feed. One that the address brings is kept, and removed from the address, so that nobody passes it on;
 * without one, the one that was kept.
 */
export function tokenOf({ location, history, localStorage }: Page): string | undefined {
  const url = new URL(location.href);
  const token = url.searchParams.get('token');
  if (token === null) return localStorage.getItem(storageKey) ?? undefined;
  localStorage.setItem(storageKey, token);
  url.searchParams.delete('token');
  history.replaceState(undefined, '', url.href);
  return token;
}

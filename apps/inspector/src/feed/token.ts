/** Storage key of the feed's token, shared by the pages of one origin. */
const storageKey = 'sigchart.token';

/** Browser objects that a page needs. */
interface Page {
  readonly location: { readonly href: string };
  readonly history: { replaceState(state: unknown, unused: string, url: string): void };
  readonly localStorage: Pick<Storage, 'getItem' | 'setItem'>;
}

/**
 * The token for the feed. A token in the address is stored and removed from the address, so that it is not shared by accident;
 * without one, the stored token.
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

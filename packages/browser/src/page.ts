/** Listener for the lifecycle of a page. */
export interface PageListener {
  /** The page enters the back/forward cache, from which it may return. */
  suspended(): void;
  /** The page is back from there, or unfrozen, or the network of the device is. */
  resumed(): void;
}

/**
 * Listens to the lifecycle of the page. Returns a function that stops listening. Does nothing outside of a page, as in a worker
 * or on a server.
 *
 * A browser puts a page into the back/forward cache only if it has no open socket or connection, so `suspended` closes them. A
 * page that is merely frozen keeps them, and its media continues.
 *
 * @see https://developer.chrome.com/docs/web-platform/page-lifecycle-api
 */
export function listenToPage({ suspended, resumed }: PageListener): () => void {
  if (typeof window === 'undefined') return () => {};
  const listening = new AbortController();
  const { signal } = listening;
  const onPage = (listener: () => void) => (event: PageTransitionEvent) => {
    if (event.persisted) listener();
  };
  window.addEventListener('pagehide', onPage(suspended), { signal });
  window.addEventListener('pageshow', onPage(resumed), { signal });
  window.addEventListener('online', resumed, { signal });
  document.addEventListener('resume', resumed, { signal });
  return () => listening.abort();
}

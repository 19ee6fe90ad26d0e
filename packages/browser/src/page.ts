/** What a page tells of its life. */
export interface PageListener {
  /** The page is put away, and may come back as it is (the back/forward cache). */
  suspended(): void;
  /** The page is back from there, or unfrozen, or the network of the device is. */
  resumed(): void;
}

/**
 * Listens to the life of the page. Returns how to end that. Where there is no page, in a worker or on a server, nothing happens.
 *
 * A browser keeps a page for the way back only if it holds no socket and no connection, so those are closed as it is put away. A page
 * that is merely frozen keeps them: its media goes on.
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

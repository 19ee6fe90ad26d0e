import type { ServerResponse } from 'node:http';

/** Content security policy of the pages: own scripts, styles and workers, images in style sheets, downloads, and signalling. */
const contentPolicy = (frameAncestors: readonly string[], styles: string): string =>
  [
    "default-src 'self'",
    `style-src 'self'${styles}`,
    "img-src 'self' data: blob:",
    "media-src 'self' blob: mediastream:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${frameAncestors.length === 0 ? "'self'" : frameAncestors.join(' ')}`,
  ].join('; ');

/**
 * Creates a function that sets the headers of every page: no foreign content, no type sniffing, no referrer.
 *
 * @param frameAncestors - Origins whose pages may embed these, as in CSP. Empty: only the server's own pages.
 * @param options - `inlineStyles`: allow styles in the page itself, as highlighted code has. Default `false`.
 */
export function pageHeaders(frameAncestors: readonly string[], { inlineStyles = false } = {}) {
  const policy = contentPolicy(frameAncestors, inlineStyles ? " 'unsafe-inline'" : '');
  return (response: ServerResponse): void => {
    response.setHeader('content-security-policy', policy);
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('referrer-policy', 'no-referrer');
  };
}

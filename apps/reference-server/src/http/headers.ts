import type { ServerResponse } from 'node:http';

/** What the pages need: scripts, styles and workers of their own, pictures in style sheets, files to save, and signalling. */
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
 * Makes what sets the headers of every page: no content of others, no guessing of types, and no address told to others.
 *
 * @param frameAncestors - The origins whose pages may embed these, as CSP has them. None for the server's own pages only.
 * @param options - `inlineStyles`: whether styles may stand in the page itself, as those of highlighted code do. Default `false`.
 */
export function pageHeaders(frameAncestors: readonly string[], { inlineStyles = false } = {}) {
  const policy = contentPolicy(frameAncestors, inlineStyles ? " 'unsafe-inline'" : '');
  return (response: ServerResponse): void => {
    response.setHeader('content-security-policy', policy);
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('referrer-policy', 'no-referrer');
  };
}

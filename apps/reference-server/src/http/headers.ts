import type { ServerResponse } from 'node:http';

/** What the pages need: scripts, styles and workers of their own, pictures in style sheets, files to save, and signalling. */
const contentPolicy = (frameAncestors: readonly string[]): string =>
  [
    "default-src 'self'",
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
 */
export function pageHeaders(frameAncestors: readonly string[]) {
  const policy = contentPolicy(frameAncestors);
  return (response: ServerResponse): void => {
    response.setHeader('content-security-policy', policy);
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('referrer-policy', 'no-referrer');
  };
}

/** The headers of the pages that a laptop serves. */

/** Of every page and file. */
export const SHARED_HEADERS = {
  vary: 'accept-encoding',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

/**
 * The policy of a page that brings everything it needs in files of its own: no script or style inside it, nothing from
 * another host, and no HTML made of texts. `url` is where media are, which is not the page's origin when it was opened
 * under another name of this machine.
 */
export function strictPolicy(url: string): string {
  return [
    ...["default-src 'none'", "script-src 'self'", "style-src 'self'"],
    ...[`img-src 'self' data: ${url}`, `media-src 'self' ${url}`, `connect-src 'self' ${url}`],
    ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
    "require-trusted-types-for 'script'",
  ].join('; ');
}

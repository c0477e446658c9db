/** Tells whether a request comes from a foreign page in a browser on this machine. */

/** The names of this machine as they stand in `Host`, with or without a port. */
const OWN_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?$/i;

/** Whether a `Host` header names this machine. */
export function isOwnHost(host: string): boolean {
  return OWN_HOST.test(host);
}

/**
 * Whether the request comes from a page of another origin. A simulator makes money and people out of nothing, so such a
 * page must not reach it.
 *
 * A page cannot leave out or forge `Origin` and `Sec-Fetch-Site`. If its name was made to resolve to this machine (DNS
 * rebinding), `Host` shows that name. Clients other than browsers (the product, `curl`) send neither header and pass. A
 * page served by the simulator itself and an address typed by hand pass too.
 */
export function isForeign(headers: Readonly<Record<string, string>>): boolean {
  const { host = '', origin, 'sec-fetch-site': site } = headers;
  if (!isOwnHost(host)) return true;
  if (origin !== undefined && origin !== `http://${host}`) return true;
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}

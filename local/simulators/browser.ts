/** Whether a request comes from a page of somebody else in a browser on this machine. */

/** The names of this machine, as they stand in `Host`, with or without a port. */
const OWN_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?$/i;

/**
 * A simulator makes money and people out of nothing, so a page that happens to be open in a browser must not reach it.
 * Such a page is known by `Origin` or `Sec-Fetch-Site`, which a page cannot leave out or forge; and when its name is
 * made to lead to this machine (DNS rebinding), by its name in `Host`. What is no browser (the product, `curl`) sends
 * neither header; a page that the simulator itself had served, or an address typed by hand, is let through.
 */
export function isForeign(headers: Readonly<Record<string, string>>): boolean {
  const { host = '', origin, 'sec-fetch-site': site } = headers;
  if (!OWN_HOST.test(host)) return true;
  if (origin !== undefined && origin !== `http://${host}`) return true;
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}

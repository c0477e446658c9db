/**
 * The media domain of a laptop. Stored addresses of covers are of a name that exists nowhere, because a cover's address
 * must be https and must not change with the port. Browsers get them as addresses of this server.
 */
import type { Endpoint, HttpResponse } from '../shared/runtime/exchange.ts';
import type { Routed } from '../shared/runtime/router.ts';
import { isOwnHost } from './simulators/browser.ts';

/** What stands in stored addresses for this server. */
export const MEDIA_DOMAIN = 'https://static.zhike.example';

/** The address under which a browser reached this server, when the request names one of this machine. */
function originOf(host: string | undefined, url: string): string {
  return host !== undefined && isOwnHost(host) ? `http://${host}` : url;
}

function withOwnAddresses(response: HttpResponse, origin: string, url: string): HttpResponse {
  if (typeof response.body !== 'string') return response;
  const body = response.body.replaceAll(`${MEDIA_DOMAIN}/`, `${origin}/`);
  return { ...response, body: origin === url ? body : body.replaceAll(`${url}/`, `${origin}/`) };
}

/** The body with stored addresses in place of this server's. A body without any stays as it is, byte for byte. */
function withStoredAddresses(rawBody: Uint8Array | null, origin: string): Uint8Array | null {
  if (rawBody === null) return null;
  const bytes = Buffer.from(rawBody.buffer, rawBody.byteOffset, rawBody.byteLength);
  if (!bytes.includes(origin)) return rawBody;
  const paths = ['/covers/', '/media/covers/'];
  const text = paths.reduce(
    (sent, path) => sent.replaceAll(origin + path, MEDIA_DOMAIN + path),
    bytes.toString('utf8'),
  );
  return Buffer.from(text);
}

/**
 * The endpoints, which answer covers with addresses that a browser on this machine can open, and take them back as they
 * are stored. `url` is the server's own address.
 */
export function withOwnMedia(routed: readonly Routed[], url: string): readonly Routed[] {
  const around = (endpoint: Endpoint): Endpoint => ({
    ...endpoint,
    handle: async (exchange) => {
      const origin = originOf(exchange.request.headers.host, url);
      const rawBody = withStoredAddresses(exchange.request.rawBody, origin);
      const inner = { ...exchange, request: { ...exchange.request, rawBody } };
      await endpoint.handle(inner);
      exchange.response = inner.response === null ? null : withOwnAddresses(inner.response, origin, url);
    },
  });
  return routed.map(({ route, endpoint }) => ({
    route,
    endpoint: endpoint.kind === 'http' ? around(endpoint) : endpoint,
  }));
}

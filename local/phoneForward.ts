/**
 * Hands `/phone/…` and `/control/…` on to the simulators, so that a page of this server reaches them as its own origin.
 * Only a laptop has this.
 */
import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { isForeign } from './simulators/browser.ts';

const FORWARDED = /^\/(phone|control)\//;

function refuse(outgoing: ServerResponse, status: number, error: string): void {
  outgoing
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8', connection: 'close' })
    .end(JSON.stringify({ error }));
}

/** Sends the request on, and its answer back. Its headers stay here, except the type of the body. */
async function forward(incoming: IncomingMessage, outgoing: ServerResponse, to: URL): Promise<void> {
  const { method = 'GET', headers } = incoming;
  const type = headers['content-type'];
  const asked = request(to, { method, headers: type === undefined ? {} : { 'content-type': type } });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    asked.once('response', resolve);
    asked.once('error', reject);
  });
  const [answer] = await Promise.all([answered, pipeline(incoming, asked)]);
  outgoing.writeHead(answer.statusCode ?? 502, {
    'content-type': answer.headers['content-type'] ?? 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
  });
  await pipeline(answer, outgoing);
}

/**
 * Refuses a request of a page of another origin; false for any other request. `Origin` and `Host` can be seen here, and
 * no longer by who answers a forwarded request.
 */
export function refusedAsForeign(incoming: IncomingMessage, outgoing: ServerResponse): boolean {
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
  );
  if (!isForeign(headers)) return false;
  refuse(outgoing, 403, 'not for pages of others');
  return true;
}

/**
 * Makes what forwards. It answers false for any other path. A page of another origin is refused here, because the
 * simulators cannot see where a forwarded request comes from.
 */
export function phoneForward(
  simulatorsUrl: string,
): (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<boolean> {
  return async (incoming, outgoing) => {
    const { url = '/' } = incoming;
    if (!FORWARDED.test(url)) return false;
    if (refusedAsForeign(incoming, outgoing)) return true;
    try {
      await forward(incoming, outgoing, new URL(url, simulatorsUrl));
    } catch {
      if (outgoing.headersSent) outgoing.destroy();
      else refuse(outgoing, 502, 'the simulators do not answer');
    }
    return true;
  };
}

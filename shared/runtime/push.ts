/**
 * The broker's HTTP push: `POST /bus/<key>/<consumer>`. The broker does not sign it, so a secret key in the path
 * authenticates it.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { fail } from '../errors.ts';
import { type ConsumerOf, runConsumer } from './consumer.ts';
import { errorToResponse } from './errorToResponse.ts';
import { chain, type Endpoint, type Exchange, type HttpResponse } from './exchange.ts';
import { countAddress } from './limit.ts';
import { messageOfPush } from './messages.ts';
import { observe } from './observe.ts';
import { PUSH_BODY_BYTES_MAX } from './router.ts';

const OK: HttpResponse = {
  status: 200,
  headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
  body: '{"code":"SUCCESS"}',
};

function isSame(sent: string, key: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(sent), digest(key));
}

async function pushed(consumerOf: ConsumerOf, exchange: Exchange): Promise<HttpResponse> {
  const { ports, params, request } = exchange;
  const { busPushKeys } = ports.settings;
  if (busPushKeys.length === 0) throw fail('route.not_found');
  if (!busPushKeys.some((key) => isSame(params.key ?? '', key))) {
    await countAddress(ports, request.address);
    throw fail('bus.key_invalid');
  }
  const name = params.consumer ?? '';
  const consumer = await consumerOf(name);
  if (consumer === undefined) throw fail('route.not_found');
  const rawBody = request.rawBody ?? new Uint8Array(0);
  if (rawBody.length > PUSH_BODY_BYTES_MAX)
    throw fail('request.too_large', { params: { bytesMax: PUSH_BODY_BYTES_MAX } });
  const message = messageOfPush(rawBody);
  if ('unreadable' in message) throw message.unreadable;
  await runConsumer(name, consumer, message.eventId, ports);
  return OK;
}

/** The endpoint for all consumers of a host. For any status other than 2xx the broker pushes again. */
export function pushEndpoint(consumerOf: ConsumerOf): Endpoint {
  const run = async (exchange: Exchange): Promise<HttpResponse> => {
    exchange.response = await pushed(consumerOf, exchange);
    return exchange.response;
  };
  const steps = [observe, errorToResponse(['bus.key_invalid', 'notice.malformed'])];
  return { name: 'push', kind: 'push', bodyBytesMax: PUSH_BODY_BYTES_MAX, handle: chain(run, steps) };
}

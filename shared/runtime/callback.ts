/** Runs a `callback` function. A platform calls it with raw bytes, and reads an answer in its own format. */
import { fail } from '../errors.ts';
import type { CallbackAnswer, CallbackFunction } from '../function.ts';
import { errorToResponse } from './errorToResponse.ts';
import { chain, type Endpoint, type Exchange, type ExchangeRequest, type Step } from './exchange.ts';
import { observe } from './observe.ts';
import { invalid } from './strictJson.ts';

const NO_BYTES = new Uint8Array(0);

/** The query of a platform's call, in which every parameter is given once. @throws request.invalid */
function singleValued(query: Exchange['request']['query']): Record<string, string> {
  const single: Record<string, string> = {};
  for (const [key, value] of Object.entries(query)) {
    if (typeof value !== 'string') throw invalid('repeated', key.slice(0, 100));
    single[key] = value;
  }
  return single;
}

const toResponse: Step = {
  after: (request: ExchangeRequest) => {
    const { status, body, contentType }: CallbackAnswer = request.response;
    request.event.response = {
      status,
      headers: {
        'content-type': contentType,
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'x-request-id': request.event.requestId,
      },
      body,
    };
    request.response = request.event.response;
  },
};

/** The endpoint of a callback. It has no rate limit; the platform's signature is the check. */
export function callbackEndpoint(name: string, own: CallbackFunction): Endpoint {
  const { contract } = own;
  const { bodyBytesMax } = contract;
  const run = ({ request, now, ports, requestId }: Exchange): Promise<CallbackAnswer> => {
    const rawBody = request.rawBody ?? NO_BYTES;
    if (rawBody.length > bodyBytesMax)
      throw fail('request.too_large', { params: { bytesMax: bodyBytesMax } });
    const query = singleValued(request.query);
    return own.run({ headers: request.headers, rawBody, query, now, ports, requestId });
  };
  const steps = [observe, errorToResponse(contract.errors), toResponse];
  return { name, kind: 'callback', bodyBytesMax, handle: chain(run, steps) };
}

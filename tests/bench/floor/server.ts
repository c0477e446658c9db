/**
 * The floor: the journey of a buyer, written by hand with only the unavoidable work. It uses a bare `node:http`,
 * `JSON.parse` and `JSON.stringify`, one prepared statement for each document that must be durable, and commits that
 * share an fsync, on the same engine with the same `synchronous = FULL`.
 *
 * It does the following as the product does. Paths, bodies and headers are the same. It makes the same calls to
 * simulated WeChat and WeChat Pay, and the same RSA, AES and HMAC operations. It reads session and user at each
 * request. Whatever it promises is committed before the answer: who logged in and by which code, the welcome coupon and
 * the claimed one with their stocks, the order with what it holds, its payment, the receipt, the journal, the points
 * with their ledger, the access, and that a lesson was opened. A code, an order and a transaction count once, by their
 * ids.
 *
 * It leaves out schemas, error codes, limits, the log, and bounds on connections. It has only list, limited and flash
 * prices and one coupon. It has no refunds, timers or tasks: the effects of a payment are written with the payment,
 * because none of them is outside. Its catalogue never changes: it is read once.
 *
 * `DATA_DIR` is the data folder of the product whose keys and catalogue it uses. `SIMULATORS` is the URL of the
 * simulators.
 */
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { LocalKeys } from '../../../local/keys.ts';
import { readCatalogue } from './catalogue.ts';
import { openOutside } from './outside.ts';
import { openShop } from './shop.ts';
import { FloorStore } from './store.ts';

const { DATA_DIR = '', SIMULATORS = '' } = process.env;
const keys = JSON.parse(readFileSync(join(DATA_DIR, 'keys.json'), 'utf8')) as LocalKeys;

const JSON_HEADERS = {
  'content-type': 'application/json; charset=utf-8',
  'x-content-type-options': 'nosniff',
};

type Shop = ReturnType<typeof openShop>;

function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('error', reject);
    incoming.on('end', () => resolve(Buffer.concat(chunks)));
  });
}

/** The answer to a request. The path is split into its segments after `/api/`. */
async function answerOf(shop: Shop, incoming: IncomingMessage, body: Buffer): Promise<unknown> {
  const { method, url = '', headers } = incoming;
  const [path = '', query = ''] = url.split('?');
  const [, , noun, id = '', verb] = path.split('/');
  const input = body.length > 0 ? JSON.parse(body.toString()) : {};
  if (noun === 'login') return shop.logIn(input.code);
  if (id === 'search') return shop.search(decodeURIComponent(query.slice('q='.length)));
  const caller = shop.callerOf(headers.authorization);
  const asked = method === 'GET' ? noun : `${noun}/${verb ?? id}`;
  if (asked === 'courses') return shop.course(caller, id);
  if (asked === 'coupons') return shop.listCoupons(caller);
  if (asked === 'coupons/receive') return shop.receiveCoupon(caller, input.templateId);
  if (asked === 'orders/quote') return { quote: shop.quote(caller, input) };
  if (asked === 'orders/') return shop.createOrder(caller, input);
  if (asked === 'orders/pay') return shop.payOrder(caller, id);
  if (asked === 'orders') return shop.order(caller, id);
  if (asked === 'lessons') return shop.openLesson(caller, id);
  if (asked === 'me' && id === 'points') return shop.points(caller);
  throw new Error(`there is no ${method} ${url}`);
}

async function respond(shop: Shop, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const body = await bodyOf(incoming);
  const requestId = `req_${randomBytes(13).toString('hex')}`;
  const send = (status: number, text: string, more: Record<string, string>) => {
    const length = String(Buffer.byteLength(text));
    const own = { 'x-request-id': requestId, 'content-length': length };
    outgoing.writeHead(status, { ...JSON_HEADERS, ...more, ...own });
    outgoing.end(text);
  };
  try {
    if (incoming.url === '/api/pay/notify') {
      await shop.settle(incoming.headers, body);
      return send(200, '{"code":"SUCCESS","message":"成功"}', { 'cache-control': 'no-store' });
    }
    const data = JSON.stringify(await answerOf(shop, incoming, body));
    const isForAll = incoming.url?.startsWith('/api/courses/search') === true;
    const shared = isForAll && {
      'cache-control': 'no-cache',
      etag: `W/"${createHash('sha1').update(data).digest('base64url')}"`,
    };
    return send(
      200,
      `{"requestId":"${requestId}","data":${data}}`,
      shared || { 'cache-control': 'no-store' },
    );
  } catch (caught) {
    const code = caught instanceof Error ? caught.message : 'internal';
    return send(400, JSON.stringify({ requestId, error: { code, message: '', params: {} } }), {});
  }
}

const store = new FloorStore(join(DATA_DIR, 'floor.db'));
// No connection ends while the product is measured.
const server = createServer({ keepAliveTimeout: 600_000 }, (incoming, outgoing) => {
  void respond(shop, incoming, outgoing);
});
let shop: Shop;
server.listen(0, '127.0.0.1', () => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const outside = openOutside(keys, SIMULATORS, `${url}/api/pay/notify`);
  shop = openShop({ store, outside, url, catalogue: readCatalogue(join(DATA_DIR, 'zhike.db')) });
  console.log(`API        ${url}`);
});
process.once('SIGTERM', () => {
  store.close();
  process.exit(0);
});

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LocalKeys } from '../../local/keys.ts';
import { Wire } from '../../local/simulators/wxpay/wire.ts';
import { SECOND_MS, timeMs } from '../../shared/schemas/base.ts';
import { exchange, type Running } from '../load/measure.ts';
import { keptPort } from '../support/keptPort.ts';
import { ENGINES } from '../support/keptStore.ts';
import { seeded } from '../support/seeded.ts';
import type { Export } from './auditor.ts';
import { bar, lanes } from './bar.ts';
import {
  auditAtRest,
  booksOf,
  build,
  JSON_HEADERS,
  logIn,
  type Outside,
  placeOrder,
  post,
  readStore,
  startOutside,
  startProduct,
} from './processes.ts';

/** Orders that are paid between two kills of the product. */
const ORDERS_EACH = 8;
const COPIES = 2;
const REST_MAX_MS = 60 * SECOND_MS;

interface Notice {
  readonly orderId: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A new buyer places an order and pays it. Answers the order's id. */
async function payOne(api: string, phone: string, name: string, random: () => number): Promise<string> {
  const client = await logIn(api, phone, name);
  const orderId = await placeOrder(client, random);
  const { payment } = await client.payOrder({ orderId });
  await post(`${phone}/phone/pay`, { ...payment, name, decision: 'confirm' });
  return orderId;
}

/** Genuine notices of these orders, signed by the platform. */
async function noticesOf(
  outside: Outside,
  orders: readonly string[],
  random: () => number,
): Promise<Notice[]> {
  const text = await readFile(join(outside.folder, 'keys.json'), 'utf8');
  const { simulators: keys } = JSON.parse(text) as LocalKeys;
  const wire = new Wire({ keys, clock: { now: () => timeMs(Date.now()) }, random });
  const { transactions } = await booksOf(outside.phone);
  return orders.flatMap((orderId) => {
    const paid = transactions.find(({ orderNumber }) => orderNumber === orderId);
    if (paid === undefined) throw new Error(`${orderId} is not in the books`);
    const { transactionId, totalFen: total, openid } = paid;
    const words = {
      appid: keys.appid,
      mchid: keys.merchantId,
      out_trade_no: orderId,
      transaction_id: transactionId,
      trade_type: 'JSAPI',
      trade_state: 'SUCCESS',
      success_time: new Date().toISOString(),
      payer: { openid },
      amount: { total, payer_total: total, currency: 'CNY' },
    };
    return Array.from({ length: COPIES }, () => {
      const body = JSON.stringify({
        id: `EV-${wire.letters(12)}`,
        event_type: 'TRANSACTION.SUCCESS',
        resource_type: 'encrypt-resource',
        resource: { original_type: 'transaction', ...wire.sealed(JSON.stringify(words), 'transaction') },
      });
      return { orderId, body, headers: { ...JSON_HEADERS, ...wire.signed(body, 'public_key', 0) } };
    });
  });
}

/**
 * Delivers all of them concurrently, and kills the product once enough of them were answered with success. Answers
 * which.
 */
async function tellAndKill(
  api: string,
  product: Running,
  notices: readonly Notice[],
  answersMax: number,
): Promise<Set<string>> {
  const acknowledged = new Set<string>();
  const ended = new Promise((resolve) => product.child.once('exit', resolve));
  await Promise.all(
    notices.map(async ({ orderId, headers, body }) => {
      const answer = await exchange('POST', `${api}/api/pay/notify`, headers, body).catch(() => null);
      if (answer?.status !== 200 && answer?.status !== 204) return;
      acknowledged.add(orderId);
      if (acknowledged.size >= answersMax) product.child.kill('SIGKILL');
    }),
  );
  product.child.kill('SIGKILL');
  await ended;
  return acknowledged;
}

/** The acknowledged orders that are not stored as paid on disk. */
function forgotten(store: Export, acknowledged: ReadonlySet<string>): string[] {
  const settled = new Set(
    store
      .all('receipts')
      .filter(({ kind }) => kind === 'settled')
      .map(({ orderId }) => String(orderId)),
  );
  return [...acknowledged]
    .filter((id) => !settled.has(id) || store.find('orders', id)?.state !== 'paid')
    .map((id) => `I10: ${id} was acknowledged, and is ${String(store.find('orders', id)?.state)}`);
}

/**
 * The documents are read from the file while the product is dead, so they are what was on disk when it answered.
 * Notices that were not acknowledged are repeated, or the payment is found by asking the rail.
 *
 * Seen red: with a product that answers notices before it processes them, acknowledged payments are not on disk.
 */
export const R16 = bar({
  proves: 'a product that is killed as soon as its answer has left has kept what it answered',
  flags: { ackKill: 12 },
  engines: ENGINES,
  run: async ({ seed, flags, engine, note }) => {
    const random = seeded(seed);
    build();
    const outside = await startOutside(engine);
    const { phone } = outside;
    const port = await keptPort(random);
    const violations: string[] = [];
    const all = new Set<string>();
    let kills = 0;
    let product: Running | null = null;
    try {
      for (; kills < flags.ackKill; kills += 1) {
        product = await startProduct(outside, port);
        const api = product.lines.API ?? '';
        const names = Array.from({ length: ORDERS_EACH }, (_, n) => `buyer${kills}x${n}`);
        const orders = await lanes(names, ORDERS_EACH, (name) => payOne(api, phone, name, random));
        const notices = await noticesOf(outside, orders, random);
        const answersMax = 1 + Math.floor(random() * ORDERS_EACH);
        const acknowledged = await tellAndKill(api, product, notices, answersMax);
        if (acknowledged.size === 0) violations.push(`nothing was acknowledged before kill ${kills + 1}`);
        for (const id of acknowledged) all.add(id);
        violations.push(...forgotten(await readStore(outside), all));
      }
      note(`${kills} kills, ${all.size} payments acknowledged`);
      product = await startProduct(outside, port);
      violations.push(...(await auditAtRest(outside, REST_MAX_MS)));
    } finally {
      await product?.stop();
      await outside.close();
    }
    const measured = {
      kills,
      payments: kills * ORDERS_EACH,
      acknowledged: all.size,
      violations: [...new Set(violations)].slice(0, 20),
    };
    return { pass: violations.length === 0, measured };
  },
});

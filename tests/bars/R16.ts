import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeId } from '../../client/id.ts';
import type { LocalKeys } from '../../local/keys.ts';
import { Wire } from '../../local/simulators/wechatpay.wire.ts';
import { sqliteDatabase } from '../../shared/adapters/database.sqlite.ts';
import { collections } from '../../shared/data/collections.ts';
import { SECOND_MS, timeMs } from '../../shared/schemas/base.ts';
import { clientOf } from '../load/buyer.ts';
import { exchange, type Running, startNode } from '../load/measure.ts';
import { seeded } from '../support/seeded.ts';
import { atRest, type Books, Export } from './auditor.ts';
import { bar, lanes } from './bar.ts';

const ROOT = join(__dirname, '..', '..');
const START = join(ROOT, 'dist', 'local', 'start.js');
/** Orders that are paid in one life of the product. */
const ORDERS_EACH = 8;
const COPIES = 2;
const REST_MAX_MS = 60 * SECOND_MS;

const json = { 'content-type': 'application/json' };

interface Notice {
  readonly orderId: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The product and the simulated outside as processes of their own. */
interface Stack {
  readonly folder: string;
  readonly phone: string;
  readonly outside: Running;
  readonly env: Readonly<Record<string, string>>;
}

async function post(url: string, body: unknown): Promise<string> {
  const answer = await exchange('POST', url, json, JSON.stringify(body));
  if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}: ${answer.body}`);
  return answer.body;
}

async function startOutside(port: number): Promise<Stack> {
  execFileSync('npx', ['tsx', 'esbuild.config.ts', '--local'], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const folder = await mkdtemp(join(tmpdir(), 'zhike-ack-'));
  const outside = await startNode(
    START,
    { ROLE: 'simulators', PORT: '0', DATA_DIR: folder, CLOCK_FACTOR: '100' },
    ['Phone'],
  );
  const phone = outside.lines.Phone ?? '';
  // Nobody but this bar tells of payments.
  await post(`${phone}/control/faults`, { lose: 1 });
  const env = {
    ROLE: 'product',
    PORT: String(port),
    DATA_DIR: folder,
    SIMULATORS: phone,
    LOG: 'off',
    TRUSTED_PROXIES: '1',
  };
  return { folder, phone, outside, env };
}

/** Somebody new orders the first course that costs something, and pays; answers the order's id. */
async function payOne(stack: Stack, api: string, name: string, random: () => number): Promise<string> {
  const login = JSON.parse(await post(`${stack.phone}/phone/login`, { name })) as { code: string };
  let token: string | null = null;
  const client = clientOf({ api }, () => token, name);
  token = (await client.login({ code: login.code })).token;
  const course = (await client.listCourses({})).items.find(({ listFen }) => listFen > 0);
  if (course === undefined) throw new Error('nothing costs anything');
  const orderId = makeId('ord', Date.now(), random);
  const asked = { orderId, lines: [{ productId: course.id }], couponId: null, shownFen: course.listFen };
  await client.createOrder(asked);
  const { payment } = await client.payOrder({ orderId });
  await post(`${stack.phone}/phone/pay`, { ...payment, name, decision: 'confirm' });
  return orderId;
}

interface BothBooks extends Books {
  readonly transactions: readonly (Books['transactions'][number] & { readonly openid: string })[];
  readonly xpay: Books;
}

async function booksOf({ phone }: Stack): Promise<BothBooks> {
  const { body } = await exchange('GET', `${phone}/control/books`);
  return JSON.parse(body) as BothBooks;
}

/** Notices of these orders, in the platform's own hand. */
async function noticesOf(stack: Stack, orders: readonly string[], random: () => number): Promise<Notice[]> {
  const text = await readFile(join(stack.folder, 'keys.json'), 'utf8');
  const { simulators: keys } = JSON.parse(text) as LocalKeys;
  const wire = new Wire({ keys, clock: { now: () => timeMs(Date.now()) }, random });
  const { transactions } = await booksOf(stack);
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
      return { orderId, body, headers: { ...json, ...wire.signed(body, 'public_key', 0) } };
    });
  });
}

/** The raw documents as they are on disk, read by another process than wrote them. */
async function readStore(folder: string): Promise<Export> {
  const database = sqliteDatabase({ path: join(folder, 'zhike.db'), collections, random: Math.random });
  try {
    return await Export.of(database.exportAll());
  } finally {
    await database.close();
  }
}

/** Tells of them all at once, and kills the product as soon as so many have been answered well; answers which. */
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

/** Which of what was acknowledged is not so on disk. */
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

/** Lets the last life finish what waits, and judges everything. */
async function audit(stack: Stack): Promise<string[]> {
  const until = Date.now() + REST_MAX_MS;
  let found: string[] = [];
  do {
    await new Promise((resolve) => setTimeout(resolve, SECOND_MS));
    const { xpay, ...wxpay } = await booksOf(stack);
    const books = {
      transactions: [...wxpay.transactions, ...xpay.transactions],
      refunds: [...wxpay.refunds, ...xpay.refunds],
    };
    found = atRest(await readStore(stack.folder), books);
  } while (found.length > 0 && Date.now() < until);
  return found;
}

/**
 * The documents are read from the file while the product is dead: what is in them then is what it had on disk when it
 * answered. What was not acknowledged is told again, or found by asking.
 *
 * Seen red: with a product that answers notices before it works on them, acknowledged payments are not on disk.
 */
export const R16 = bar({
  proves: 'a product that is killed as soon as its answer has left has kept what it answered',
  flags: { ackKill: 12 },
  run: async ({ seed, flags, note }) => {
    const random = seeded(seed);
    const stack = await startOutside(20_000 + Math.floor(random() * 20_000));
    const violations: string[] = [];
    const all = new Set<string>();
    let kills = 0;
    let product: Running | null = null;
    try {
      for (; kills < flags.ackKill; kills += 1) {
        product = await startNode(START, stack.env, ['API']);
        const api = product.lines.API ?? '';
        const names = Array.from({ length: ORDERS_EACH }, (_, n) => `buyer${kills}x${n}`);
        const orders = await lanes(names, ORDERS_EACH, (name) => payOne(stack, api, name, random));
        const notices = await noticesOf(stack, orders, random);
        const answersMax = 1 + Math.floor(random() * ORDERS_EACH);
        const acknowledged = await tellAndKill(api, product, notices, answersMax);
        if (acknowledged.size === 0) violations.push(`nothing was acknowledged before kill ${kills + 1}`);
        for (const id of acknowledged) all.add(id);
        violations.push(...forgotten(await readStore(stack.folder), all));
      }
      note(`${kills} kills, ${all.size} payments acknowledged`);
      product = await startNode(START, stack.env, ['API']);
      violations.push(...(await audit(stack)));
    } finally {
      await product?.stop();
      await stack.outside.stop();
      await rm(stack.folder, { recursive: true, force: true });
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

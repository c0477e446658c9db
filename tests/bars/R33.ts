import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../shared/ports/database.ts';
import { SECOND_MS } from '../../shared/schemas/base.ts';
import type { OrderView } from '../../shared/schemas/orders/order.ts';
import type { Buyer } from '../support/given/order.ts';
import { Export } from './auditor.ts';
import { bar } from './bar.ts';
import { hashOf } from './exported.ts';
import { openShop, type Shop } from './shop.ts';

const INQUIRY = 'xpay_subscribe_ios_refund_query_notify';
const REFUND = 'xpay_refund_notify';
const ROOT = join(__dirname, '..', '..');
const ANSWERED_WITHIN_MS = 3 * SECOND_MS;
const REVOKED_WITHIN_MS = 5 * SECOND_MS;
const NOTICES = 5;
/** Longer than Apple waits. */
const SLOW_MS = 4 * SECOND_MS;

/** The state of the database while Apple asks. */
const MOODS = ['well', 'slow', 'silent', 'failing'] as const;
type Mood = (typeof MOODS)[number];

/** A database whose reads can really be slow or hang. */
function moody(inner: Database, mood: { now: Mood }): Database {
  const late = async <T>(ask: () => Promise<T>): Promise<T> => {
    if (mood.now === 'failing') throw new Error('the store is away');
    if (mood.now === 'silent') await new Promise<never>(() => undefined);
    if (mood.now === 'slow') await sleep(SLOW_MS, undefined, { ref: false });
    return ask();
  };
  return {
    find: (collection, id) => late(() => inner.find(collection, id)),
    findMany: (collection, ids) => late(() => inner.findMany(collection, ids)),
    list: (collection, query) => late(() => inner.list(collection, query)),
    tx: (work) => late(() => inner.tx(work)),
    metered: (meter) => moody(inner.metered(meter), mood),
    exportAll: () => inner.exportAll(),
    close: () => inner.close(),
  };
}

/**
 * The longest time, in milliseconds, that one of `rounds` new processes needs until it can answer pushes, as deployed.
 */
function coldMs(rounds: number): number {
  execFileSync('npx', ['tsx', 'esbuild.config.ts'], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
  const unit = join(ROOT, 'dist', 'pay', 'index.js');
  const took = Array.from({ length: rounds }, () => {
    const from = performance.now();
    execFileSync(process.execPath, ['-e', `require(${JSON.stringify(unit)});process.exit(0)`]);
    return performance.now() - from;
  });
  return Math.round(Math.max(...took));
}

interface Bought {
  readonly order: OrderView;
  readonly buyer: Buyer;
}

/** An order that was paid to Apple. The platform's fault `lose` decides whether we hear of it. */
async function boughtThroughApple(shop: Shop, name: string): Promise<Bought> {
  const buyer = await shop.buyer(name);
  const order = await shop.order(buyer, { platform: 'ios' });
  if (!(await shop.pay(buyer, order))) throw new Error(`${order.id} was not paid`);
  await shop.world.drain();
  return { order, buyer };
}

/** Whether the buyer may use it, by the raw documents. */
async function isOpen(shop: Shop, { order, buyer }: Bought): Promise<boolean> {
  const store = await Export.of(shop.world.ports.database.exportAll());
  const access = store.find('entitlements', `${buyer.userId}:${order.lines[0]?.productId ?? ''}`);
  const sources: readonly { state?: unknown }[] = Array.isArray(access?.sources) ? access.sources : [];
  return sources.some(({ state }) => state === 'active');
}

/**
 * Asks as Apple does, in each state of the database. Answers the longest wait, and the answers that Apple could not
 * use.
 */
async function inquire(shop: Shop, mood: { now: Mood }, bought: readonly Bought[]) {
  const wrong: string[] = [];
  const tookMs: Record<string, number> = {};
  for (const now of MOODS) {
    mood.now = now;
    for (const { order } of bought) {
      const from = performance.now();
      const reply = await shop.world.xpay.push.ask(INQUIRY, { pay_order_id: order.id });
      tookMs[now] = Math.max(tookMs[now] ?? 0, Math.round(performance.now() - from));
      const { result_code: code, evidence } = reply?.words ?? {};
      const isAnswer = reply?.status === 200 && (Number(code) === 0 || Number(code) === 1);
      if (!isAnswer || typeof evidence !== 'string' || evidence === '')
        wrong.push(`${now}: no usable answer`);
    }
  }
  mood.now = 'well';
  return { tookMs, wrong };
}

/** Apple refunds and tells us five times. Answers how long the buyer could still use it. */
async function giveBack(shop: Shop, bought: Bought): Promise<number> {
  const { world } = shop;
  world.xpay.apple.refund(bought.order.id);
  const fromMs = world.clock.now();
  const words = { MchOrderId: bought.order.id, MchRefundId: '', WxOrderId: 'XP9', RetCode: 0 };
  for (let n = 0; n < NOTICES; n += 1)
    await world.xpay.push.deliver(
      { event: REFUND, orderNumber: bought.order.id, words: () => words },
      'genuine',
    );
  while (world.clock.now() < fromMs + 2 * REVOKED_WITHIN_MS) {
    await world.drain();
    if (!(await isOpen(shop, bought))) break;
    world.clock.advance(SECOND_MS / 2);
  }
  return world.clock.now() - fromMs;
}

/**
 * Half of the orders are refunded before we have heard that they were paid; nothing may be granted for them later. The
 * cold start is measured on the deployed unit and added to the slowest answer.
 *
 * Seen red: when evidence is waited for without a limit, answers from the slow database come too late. When refund
 * pushes are accepted and dropped, access stays.
 */
export const R33 = bar({
  proves:
    'Apple is answered within three seconds whatever the store does, and what it gives back is taken back once',
  flags: { orders: 12, cold: 5 },
  run: async ({ seed, flags, note }) => {
    const mood: { now: Mood } = { now: 'well' };
    const shop = await openShop(seed, undefined, { database: (inner) => moody(inner, mood) });
    const { world } = shop;
    const startMs = coldMs(flags.cold);
    note(`a cold start takes up to ${startMs} ms`);
    const known: Bought[] = [];
    for (let n = 0; n < flags.orders; n += 1) known.push(await boughtThroughApple(shop, `buyer${n}`));
    const before = await hashOf(world.ports.database.exportAll());
    const { tookMs, wrong: violations } = await inquire(shop, mood, known.slice(0, 3));
    if ((await hashOf(world.ports.database.exportAll())) !== before)
      violations.push('a question changed something');
    world.xpay.faults.shares.lose = 1;
    const unknown: Bought[] = [];
    for (let n = 0; n < flags.orders; n += 1) unknown.push(await boughtThroughApple(shop, `buyer${n}`));
    Object.assign(world.xpay.faults.shares, { lose: 0, duplicate: 0.5 });
    const revokedMs: number[] = [];
    for (const one of [...known, ...unknown]) revokedMs.push(await giveBack(shop, one));
    await shop.rest(60);
    for (const one of [...known, ...unknown])
      if (await isOpen(shop, one)) violations.push(`${one.order.id} is open, and its money is back`);
    const store = await Export.of(world.ports.database.exportAll());
    for (const { order } of known) {
      const own = store.all('refunds').filter(({ orderId }) => orderId === order.id);
      if (own.length !== 1) violations.push(`${order.id} was taken back ${own.length} times`);
    }
    for (const { order } of unknown) {
      const { state } = store.find('orders', order.id) ?? {};
      const own = store.all('cases').filter(({ orderId }) => orderId === order.id);
      if (state !== 'closed' || own.length !== 1)
        violations.push(`${order.id}, never known to be paid, is ${state} with ${own.length} cases`);
    }
    violations.push(...(await shop.audit(true)));
    const answerMaxMs = startMs + Math.max(...Object.values(tookMs));
    const revokedMaxMs = Math.max(...revokedMs);
    const measured = {
      coldMs: startMs,
      tookMs,
      answerMaxMs,
      revokedMaxMs,
      violations: violations.slice(0, 20),
    };
    const isInTime = answerMaxMs <= ANSWERED_WITHIN_MS && revokedMaxMs <= REVOKED_WITHIN_MS;
    return { pass: violations.length === 0 && isInTime, measured };
  },
});

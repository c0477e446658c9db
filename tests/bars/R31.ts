import { payOrder } from '../../functions/payments/payOrder.ts';
import { wechatPush } from '../../shared/adapters/wechat/push.ts';
import { SECOND_MS } from '../../shared/schemas/base.ts';
import type { OrderView } from '../../shared/schemas/orders/order.ts';
import type { Buyer } from '../support/given/order.ts';
import { keys } from '../support/keys.ts';
import { Export } from './auditor.ts';
import { bar } from './bar.ts';
import { hashOf } from './exported.ts';
import { openShop, type Shop } from './shop.ts';

const DELIVERY = 'xpay_goods_deliver_notify';
/** The retries after the first push, as many as the platform makes. */
const RETRIES = 15;
const GRANTED_WITHIN_MS = 15 * SECOND_MS;
const LOOK_FOR_MS = 60 * SECOND_MS;

interface Opened {
  readonly order: OrderView;
  readonly buyer: Buyer;
}

/** The false fields of forged pushes, beside fields that are right. */
const lies = ({ order, buyer }: Opened): Readonly<Record<string, Readonly<Record<string, unknown>>>> => {
  const goods = (changes: object) => ({
    GoodsInfo: {
      ProductId: order.lines[0]?.productId,
      Quantity: 1,
      OrigPrice: order.payableFen,
      ActualPrice: order.payableFen,
      Attach: '',
      ...changes,
    },
  });
  const right = {
    OpenId: buyer.openid,
    OutTradeNo: order.id,
    Env: 0,
    WeChatPayInfo: { MchOrderNo: order.id, TransactionId: '4500000001', PaidTime: 1_795_000_000 },
    ...goods({}),
  };
  return {
    nobodyPaid: right,
    otherPayer: { ...right, OpenId: 'oSomebodyElse' },
    otherGoods: { ...right, ...goods({ ProductId: 'prd_other' }) },
    otherPrice: { ...right, ...goods({ OrigPrice: 1, ActualPrice: 1 }) },
    sandbox: { ...right, Env: 1 },
    stranger: { ...right, OutTradeNo: 'C20261122ABCDEFG1' },
  };
};

/** Sets the push to plain text, where one seen signature is valid for any body, or to sealed. */
function pushIs(shop: Shop, mode: 'plain' | 'safe'): void {
  const { world } = shop;
  const { clock, ids } = world.ports;
  const encodingAesKeys = mode === 'plain' ? [] : [keys.pushAesKey];
  const push = wechatPush({ appid: keys.appid, tokens: [keys.pushToken], encodingAesKeys, clock, ids });
  Object.assign(world.ports, { push });
  world.xpay.push.mode = mode;
}

/**
 * Sends forged pushes about unpaid orders, sixteen of each in each mode. Answers those that were accepted or wrote
 * something.
 */
async function tellLies(shop: Shop, opened: readonly Opened[]): Promise<{ pushes: number; wrong: string[] }> {
  const { world } = shop;
  const wrong: string[] = [];
  let pushes = 0;
  const books = ['paymentExceptions'];
  for (const mode of ['plain', 'safe'] as const) {
    pushIs(shop, mode);
    const before = await hashOf(world.ports.database.exportAll(), books);
    for (const one of opened) {
      for (const [name, words] of Object.entries(lies(one))) {
        for (let n = 0; n <= RETRIES; n += 1) {
          pushes += 1;
          const push = { event: DELIVERY, orderNumber: one.order.id, words: () => words };
          const kind = mode === 'plain' || n % 2 === 0 ? 'genuine' : 'rewritten';
          if (await world.xpay.push.deliver(push, kind)) wrong.push(`${mode} ${name} was taken for well`);
        }
      }
    }
    await shop.world.drain();
    const isSame = (await hashOf(world.ports.database.exportAll(), books)) === before;
    if (!isSame) wrong.push(`pushes alone changed something, ${mode}`);
  }
  return { pushes, wrong };
}

/** Whether the buyer has access. */
async function isGranted(shop: Shop, { order, buyer }: Opened): Promise<boolean> {
  const store = await Export.of(shop.world.ports.database.exportAll());
  const access = store.find('entitlements', `${buyer.userId}:${order.lines[0]?.productId ?? ''}`);
  return Array.isArray(access?.sources) && access.sources.length > 0;
}

/**
 * Pays an order and looks every second. Answers how long after the platform's own status access was granted, and what
 * was wrong.
 */
async function payAndLook(
  shop: Shop,
  one: Opened,
): Promise<{ afterMs: number; lagMs: number; wrong: string[] }> {
  const { world } = shop;
  const { order, buyer } = one;
  const wrong: string[] = [];
  const { xpay } = world.ports.rails;
  if (xpay === null) throw new Error('no virtual payment');
  if (!(await shop.pay(buyer, order))) throw new Error(`${order.id} was not paid`);
  const paidAtMs = world.clock.now();
  let shownAtMs: number | null = null;
  while (world.clock.now() < paidAtMs + LOOK_FOR_MS) {
    const { state } = await xpay.query({ orderId: order.id, openid: buyer.openid });
    if (state === 'success') shownAtMs ??= world.clock.now();
    await world.drain();
    if (await isGranted(shop, one)) {
      if (shownAtMs === null) wrong.push(`${order.id} was granted before the platform said that it is paid`);
      const nowMs = world.clock.now();
      return { afterMs: nowMs - (shownAtMs ?? nowMs), lagMs: (shownAtMs ?? nowMs) - paidAtMs, wrong };
    }
    world.clock.advance(SECOND_MS);
  }
  return { afterMs: LOOK_FOR_MS, lagMs: 0, wrong: [`${order.id} was never granted`] };
}

/**
 * For an order that nobody knows, only a sealed push leaves a note for staff. No other collection may change.
 *
 * Seen red: with `rails.xpay.query` answering that everything is paid, pushes alone grant access. With a platform that
 * pushes only once, orders whose status lags are never granted.
 */
export const R31 = bar({
  proves:
    'a push grants nothing, whatever it says; what is paid is granted soon after the platform itself says so',
  flags: { orders: 20 },
  brief: { orders: 6 },
  run: async ({ seed, flags, note }) => {
    const shop = await openShop(seed);
    const { world } = shop;
    const opened: Opened[] = [];
    for (let n = 0; n < flags.orders; n += 1) {
      const buyer = await shop.buyer(`buyer${n}`);
      const order = await shop.order(buyer, { platform: n % 3 === 0 ? 'ios' : 'android' });
      await world.call(payOrder, { orderId: order.id }, buyer);
      opened.push({ order, buyer });
    }
    await world.drain();
    const { pushes, wrong: violations } = await tellLies(shop, opened);
    note(`${pushes} pushes told of money that had not come`);
    if (violations.length > 0)
      return { pass: false, measured: { pushes, violations: violations.slice(0, 20) } };
    Object.assign(world.xpay.faults.shares, { statusLag: 1, duplicate: 0.5, forge: 0.5 });
    const granted: { afterMs: number; lagMs: number }[] = [];
    for (const [n, one] of opened.entries()) {
      pushIs(shop, n % 2 === 0 ? 'plain' : 'safe');
      const { wrong, ...took } = await payAndLook(shop, one);
      violations.push(...wrong);
      granted.push(took);
    }
    const again = await hashOf(world.ports.database.exportAll(), ['tasks']);
    for (const one of opened) {
      const words = lies(one).nobodyPaid ?? {};
      for (let n = 0; n < RETRIES; n += 1)
        await world.xpay.push.deliver(
          { event: DELIVERY, orderNumber: one.order.id, words: () => words },
          'genuine',
        );
    }
    await world.drain();
    if ((await hashOf(world.ports.database.exportAll(), ['tasks'])) !== again)
      violations.push('what was pushed again had an effect again');
    await shop.rest(5);
    violations.push(...(await shop.audit(true)));
    const afterMaxMs = Math.max(...granted.map(({ afterMs }) => afterMs));
    const lagMaxMs = Math.max(...granted.map(({ lagMs }) => lagMs));
    const measured = {
      pushes,
      orders: opened.length,
      lagMaxMs,
      afterMaxMs,
      violations: violations.slice(0, 20),
    };
    return { pass: violations.length === 0 && afterMaxMs <= GRANTED_WITHIN_MS, measured };
  },
});

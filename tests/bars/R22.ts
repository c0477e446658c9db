import { createOrder } from '../../functions/orders/createOrder.ts';
import { payOrder } from '../../functions/payments/payOrder.ts';
import { DEFAULT_SELLING } from '../../shared/domain/pricing/selling.ts';
import { BasisPoints, fen, MINUTE_MS } from '../../shared/schemas/base.ts';
import { givenProduct } from '../support/given/course.ts';
import { type Buyer, givenCouponOf, orderFor } from '../support/given/order.ts';
import { givenPoints } from '../support/given/points.ts';
import { Export } from './auditor.ts';
import { bar } from './bar.ts';
import { openShop, type Shop } from './shop.ts';

const FEN = 9_900;

/** Requests for free orders, by what pays for them. */
const ways: Readonly<Record<string, (shop: Shop, buyer: Buyer) => Promise<{ readonly orderId: string }>>> = {
  freeCourse: async ({ world }) => orderFor(world, [await givenProduct(world, { listFen: fen(0) })]),
  coupon: async ({ world }, { userId }) => {
    const coupon = await givenCouponOf(world, userId, { rule: { kind: 'fixed', offFen: fen(FEN) } });
    return orderFor(world, [await givenProduct(world, { listFen: fen(FEN) })], coupon, FEN);
  },
  points: async ({ world }, { userId }) => {
    await givenPoints(world, userId, FEN);
    const asked = orderFor(world, [await givenProduct(world, { listFen: fen(FEN) })]);
    return { ...asked, points: FEN, shownFen: 0 };
  },
};

/** Counts the calls to WeChat and to both rails from now on. */
function questions({ world: { wechatPay, xpay, weixin } }: Shop): { readonly count: number } {
  const asked = { count: 0 };
  for (const platform of [wechatPay, xpay, weixin]) {
    const handle = platform.handle.bind(platform) as (request: never) => unknown;
    const counted = (request: never) => {
      asked.count += 1;
      return handle(request);
    };
    Object.assign(platform, { handle: counted });
  }
  return asked;
}

/**
 * Seen red: when a free order stays pending like any other, each is pending although it should be paid, and nobody can
 * pay it.
 */
export const R22 = bar({
  proves:
    'an order that costs nothing is paid once, however often it is asked for, and nobody outside hears of it',
  flags: { orders: 30, retries: 20, conflict: 0.3, commitLost: 0.1 },
  brief: { orders: 6 },
  run: async ({ seed, flags }) => {
    const { orders, retries, conflict, commitLost } = flags;
    const selling = { ...DEFAULT_SELLING, pointsShareMax: BasisPoints.parse(10_000) };
    const shop = await openShop(seed, { conflict, commitLost }, { settings: { selling } });
    const { world } = shop;
    const violations: string[] = [];
    const placed: string[] = [];
    const buyer = await shop.buyer('buyer');
    const asked = questions(shop);
    for (let n = 0; n < orders; n += 1) {
      const [way, request] = Object.entries(ways)[n % 3] ?? [];
      if (way === undefined || request === undefined) continue;
      const wanted = await request(shop, buyer);
      placed.push(wanted.orderId);
      // One buyer's calls are limited by rate.
      world.clock.advance(MINUTE_MS);
      const ask = () => world.call(createOrder, wanted, { token: buyer.token });
      const answers = [...(await Promise.all(Array.from({ length: retries }, ask))), await ask()];
      const orderAnswers = new Set(
        answers.map((answer) => `${answer.status} ${answer.code ?? answer.data.order.state}`),
      );
      if (String([...orderAnswers]) !== '200 paid') violations.push(`${way}: ${[...orderAnswers]}`);
      const { code } = await world.call(payOrder, { orderId: wanted.orderId }, { token: buyer.token });
      if (code !== 'order.already_paid')
        violations.push(`${way}: to be paid it answers ${code ?? 'a payment'}`);
    }
    await shop.rest(2);
    const store = await Export.of(world.ports.database.exportAll());
    const paid = store.all('orders').filter((order) => order.state === 'paid' && order.payableFen === 0);
    if (paid.length !== placed.length || store.all('orders').length !== placed.length)
      violations.push(`${paid.length} are paid, of ${store.all('orders').length}`);
    if (store.all('receipts').length > 0) violations.push('there are receipts of money');
    if (asked.count > 0) violations.push(`${asked.count} questions were asked outside`);
    violations.push(...(await shop.audit(true)));
    return {
      pass: violations.length === 0,
      measured: {
        orders: placed.length,
        retries,
        questions: asked.count,
        violations: violations.slice(0, 20),
      },
    };
  },
});

/** A shop in one process, for bars that do not need several processes: buyers, both rails, an audit. */

import { sweepTasks } from '../../functions/operations/sweepTasks.ts';
import { closeExpiredOrders } from '../../functions/orders/closeExpiredOrders.ts';
import { createOrder } from '../../functions/orders/createOrder.ts';
import { payOrder } from '../../functions/payments/payOrder.ts';
import { syncPayments } from '../../functions/payments/syncPayments.ts';
import { type Chaos, chaosDatabase } from '../../local/database.chaos.ts';
import { MINUTE_MS } from '../../shared/schemas/base.ts';
import type { OrderView, Platform } from '../../shared/schemas/orders/order.ts';
import { givenProduct } from '../support/given/course.ts';
import { givenLiveGoods } from '../support/given/goods.ts';
import { type Buyer, orderFor } from '../support/given/order.ts';
import { createWorld, type World, type WorldOptions } from '../support/world.ts';
import { always, atRest, type Books, Export } from './auditor.ts';

/** An open shop. */
export interface Shop {
  readonly world: World;
  /** A buyer who has logged in once; the same name is the same person. */
  buyer(name: string): Promise<Buyer>;
  /** A new order, by default for one new course of 99 yuan. */
  order(buyer: Buyer, asked?: { readonly platform?: Platform; readonly fen?: number }): Promise<OrderView>;
  /**
   * Opens the payment and confirms it on the phone. Answers whether the phone reported success. Notices wait for `rest`
   * or `world.drain`.
   */
  pay(buyer: Buyer, order: OrderView): Promise<boolean>;
  /** Lets this many minutes pass, with every timer that money depends on, until nothing is in progress. */
  rest(minutes: number): Promise<void>;
  books(): Books;
  /** What is wrong now. With `isAtRest` also what should have ended. */
  audit(isAtRest?: boolean): Promise<string[]>;
}

/** Opens a shop. With chaos its database has conflicts, lost answers and latency; `around` is passed to its world. */
export async function openShop(
  seed: number,
  chaos?: Partial<Chaos>,
  around: Omit<WorldOptions, 'seed'> = {},
): Promise<Shop> {
  const world = await createWorld({
    seed,
    ...(chaos === undefined
      ? {}
      : {
          database: (inner, { clock, ids }) =>
            chaosDatabase(inner, {
              ...chaos,
              random: () => ids.random(),
              clock,
              pause: async () => undefined,
            }),
        }),
    ...around,
  });
  const books = (): Books => {
    const wxpay = world.wechatPay.books();
    const xpay = world.xpay.books();
    return {
      transactions: [...wxpay.transactions, ...xpay.transactions],
      refunds: [...wxpay.refunds, ...xpay.refunds],
    };
  };
  const buyers = new Map<string, Promise<Buyer>>();
  return {
    world,
    books,
    buyer: (name) => {
      const known = buyers.get(name) ?? world.login(name);
      buyers.set(name, known);
      return known;
    },
    order: async (buyer, { platform = 'web', fen = 9_900 } = {}) => {
      const product = await givenProduct(world, { listFen: fen as never });
      if (platform !== 'web') world.xpay.putOnSale(await givenLiveGoods(world, product));
      const asked = { ...orderFor(world, [product]), platform };
      return (await world.call(createOrder, asked, { token: buyer.token })).data.order;
    },
    pay: async (buyer, order) => {
      const answer = await world.call(payOrder, { orderId: order.id }, { token: buyer.token });
      if (answer.status !== 200) return false;
      const { payment } = answer.data;
      const { openid } = buyer;
      if (payment.rail === 'wxpay')
        return world.wechatPay.phone.pay({ ...payment, openid }, 'confirm').errMsg === 'requestPayment:ok';
      const platform = order.platform === 'ios' ? 'ios' : 'android';
      return world.xpay.phone.payVirtual({ ...payment, openid, platform }, 'confirm').errCode === 0;
    },
    rest: async (minutes) => {
      for (let minute = 0; minute < minutes; minute += 1) {
        await world.drain();
        world.clock.advance(MINUTE_MS);
        for (const timer of [closeExpiredOrders, syncPayments, sweepTasks]) await world.run(timer);
      }
      await world.drain();
    },
    audit: async (isAtRest = false) => {
      const store = await Export.of(world.ports.database.exportAll());
      return isAtRest ? atRest(store, books()) : always(store);
    },
  };
}

import { reconcile } from '../../../functions/books/reconcile.ts';
import { sweepTasks } from '../../../functions/operations/sweepTasks.ts';
import { closeExpiredOrders } from '../../../functions/orders/closeExpiredOrders.ts';
import { createOrder } from '../../../functions/orders/createOrder.ts';
import { payOrder } from '../../../functions/payments/payOrder.ts';
import { syncPayments } from '../../../functions/payments/syncPayments.ts';
import * as orders from '../../../shared/data/orders/orders.ts';
import { dayAfter, dayOf, dayStartMs } from '../../../shared/domain/day.ts';
import { HOUR_MS } from '../../../shared/schemas/base.ts';
import type { OrderView } from '../../../shared/schemas/orders/order.ts';
import type { Receipt } from '../../../shared/schemas/payments/payment.ts';
import type { Refund } from '../../../shared/schemas/refunds/refund.ts';
import { audited } from '../../support/audited.ts';
import { type Buyer, givenOrder, stored, storedIn } from '../../support/given/order.ts';
import { givenMoney, passMinutes } from '../../support/given/payment.ts';
import { askBack, newRefundId } from '../../support/given/refund.ts';
import { givenXpayOrder, payVirtually } from '../../support/given/xpay.ts';
import { copyOf, putBack } from '../../support/olderCopy.ts';
import { createWorld, type World } from '../../support/world.ts';

const TIMERS = [closeExpiredOrders, syncPayments, sweepTasks];

describe.each(['wxpay', 'xpay'] as const)('after an older copy of the store came back, by %s', (name) => {
  let world: World;
  let alice: Buyer;

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
    if (name === 'wxpay') Object.assign(world.ports.rails, { xpay: null });
  });
  afterEach(() => world.close());

  const order = () => (name === 'wxpay' ? givenOrder(world, alice) : givenXpayOrder(world, alice));
  const pay = async (of: OrderView) => {
    if (name === 'wxpay') await givenMoney(world, alice, of);
    else await payVirtually(world, alice, of);
    await passMinutes(world, 2);
  };
  const byHand = async (orderNumber: string, refundFen?: number) => {
    (name === 'wxpay' ? world.wechatPay : world.xpay).console.refund({ orderNumber, refundFen });
    await passMinutes(world, 2);
  };
  const booksOfRail = () => (name === 'wxpay' ? world.wechatPay : world.xpay).books();
  /** Lets time pass until the next bill was read and its consequences have ended. */
  const goOn = async () => {
    await passMinutes(world, 30, ...TIMERS);
    const readyAtMs = dayStartMs(dayAfter(dayOf(world.clock.now()), 1)) + 10.5 * HOUR_MS;
    world.clock.advance(readyAtMs - world.clock.now());
    expect(await world.run(reconcile)).toMatchObject({ failed: 0, open: 0 });
    await passMinutes(world, 30, ...TIMERS);
  };
  /** The refunded amounts by the rail's books, with what our books say about each transaction. */
  const judged = async () => {
    const { transactions, refunds } = booksOfRail();
    const [receipts, own] = [await storedIn(world, 'receipts'), await storedIn(world, 'refunds')] as [
      Receipt[],
      Refund[],
    ];
    const backOf = (transactionId: string) =>
      refunds
        .filter((each) => each.isSuccess && each.transactionId === transactionId)
        .reduce((sum, { refundFen }) => sum + refundFen, 0);
    for (const { transactionId, totalFen } of transactions) {
      expect(receipts.filter((each) => each.transactionId === transactionId)).toHaveLength(1);
      const ours = own.filter((each) => each.state === 'success' && each.transactionId === transactionId);
      expect(ours.reduce((sum, { refundFen }) => sum + refundFen, 0)).toBe(backOf(transactionId));
      expect(backOf(transactionId)).toBeLessThanOrEqual(totalFen);
    }
    expect((await audited(world.ports.database)).findings).toEqual([]);
    return transactions.reduce((sum, { transactionId }) => sum + backOf(transactionId), 0);
  };
  const access = async () =>
    ((await storedIn(world, 'entitlements')) as { sources: { state: string }[] }[]).map(
      ({ sources }) => sources[0]?.state,
    );

  test('money of an order that is gone goes back, by the bill alone and once', async () => {
    const copy = await copyOf(world);
    await pay(await order());
    await putBack(world, copy);
    await goOn();
    expect(await judged()).toBe(9_900);
    expect(await storedIn(world, 'orders', 'cases')).toEqual([]);
    expect(await storedIn(world, 'receipts')).toMatchObject([{ kind: 'lost' }]);
    await goOn();
    expect(await judged()).toBe(9_900);
  });

  test('when a lost order was partly refunded, the rest of its money goes back', async () => {
    const copy = await copyOf(world);
    const gone = await order();
    await pay(gone);
    await byHand(gone.id, 3_000);
    await putBack(world, copy);
    await goOn();
    expect(await judged()).toBe(9_900);
    expect(await storedIn(world, 'refunds')).toHaveLength(2);
  });

  test('money of an order that is gone and had gone back whole is in the books, and nothing else', async () => {
    const copy = await copyOf(world);
    const gone = await order();
    await pay(gone);
    await byHand(gone.id);
    await putBack(world, copy);
    await goOn();
    expect(await judged()).toBe(9_900);
    expect(await storedIn(world, 'refunds')).toMatchObject([{ reason: 'platform', lines: [] }]);
    expect(await storedIn(world, 'cases')).toEqual([]);
  });

  test('an order that is gone and placed again under its id closes; its money goes back once', async () => {
    const copy = await copyOf(world);
    const gone = await order();
    await pay(gone);
    await putBack(world, copy);
    await goOn();
    const again = await order();
    const asked = { orderId: gone.id, lines: again.lines.map(({ productId }) => ({ productId })) };
    const platform = name === 'wxpay' ? 'web' : 'android';
    const placed = { ...asked, platform, couponId: null, shownFen: 9_900 };
    expect((await world.call(createOrder, placed, { token: alice.token })).status).toBe(200);
    await world.call(payOrder, { orderId: gone.id }, { token: alice.token });
    await goOn();
    expect(await judged()).toBe(9_900);
    expect((await stored(world, orders.collection, gone.id)).state).toBe('closed');
  });

  test('an order that had no payment yet in the copy is delivered, or its money goes back', async () => {
    const placed = await order();
    const copy = await copyOf(world);
    await pay(placed);
    await putBack(world, copy);
    await goOn();
    const back = await judged();
    const { state } = await stored(world, orders.collection, placed.id);
    expect([back, state, await access()]).toEqual(
      state === 'paid' ? [0, 'paid', ['active']] : [9_900, 'closed', []],
    );
    expect(await storedIn(world, 'receipts')).toHaveLength(1);
  });

  test('an order that waits for its money in the copy is settled when the rail is asked', async () => {
    const waiting = await order();
    await pay(await order());
    if (name === 'wxpay') await world.call(payOrder, { orderId: waiting.id }, { token: alice.token });
    else await payVirtually(world, alice, waiting);
    const copy = await copyOf(world);
    await passMinutes(world, 1);
    if (name === 'wxpay') await givenMoney(world, alice, waiting);
    await passMinutes(world, 2);
    await putBack(world, copy);
    await goOn();
    expect(await judged()).toBe(0);
    expect((await stored(world, orders.collection, waiting.id)).state).toBe('paid');
  });

  test('an order that waits in the copy, was paid, and whose money went back whole, is closed', async () => {
    const waiting = await order();
    await world.call(payOrder, { orderId: waiting.id }, { token: alice.token });
    const copy = await copyOf(world);
    await pay(waiting);
    await byHand(waiting.id);
    await putBack(world, copy);
    await goOn();
    expect(await judged()).toBe(9_900);
    expect((await stored(world, orders.collection, waiting.id)).state).toBe('closed');
    expect(await access()).toEqual([]);
  });

  test('an order that waits in the copy, was paid, and a part of whose money went back, is paid, or the rest goes back', async () => {
    const waiting = await order();
    await world.call(payOrder, { orderId: waiting.id }, { token: alice.token });
    const copy = await copyOf(world);
    await pay(waiting);
    await byHand(waiting.id, 3_000);
    await putBack(world, copy);
    await goOn();
    // WeChat Pay does not tell the refunded amount before its bill, and by then the order is closed.
    const [backFen, state, gives] = name === 'wxpay' ? [9_900, 'closed', []] : [3_000, 'paid', ['active']];
    expect(await judged()).toBe(backFen);
    expect((await stored(world, orders.collection, waiting.id)).state).toBe(state);
    expect(await access()).toEqual(gives);
  });

  test('a refund that the copy lacks is one of the order’s, under its own number, and nothing goes back again', async () => {
    const paid = await order();
    await pay(paid);
    const copy = await copyOf(world);
    const refundId = newRefundId(world);
    await askBack(world, alice, paid, 9_900, { refundId });
    await passMinutes(world, 5, syncPayments);
    await putBack(world, copy);
    expect(await access()).toEqual(['active']);
    expect((await askBack(world, alice, paid, 9_900)).status).toBe(200);
    await goOn();
    expect(await judged()).toBe(9_900);
    expect(await stored(world, orders.collection, paid.id)).toMatchObject({ refundedFen: 9_900 });
    expect(await storedIn(world, 'refunds')).toContainEqual(
      expect.objectContaining({ id: refundId, reason: 'platform', state: 'success' }),
    );
    expect(await access()).toEqual(['revoked']);
  });

  test('a refund that waits for staff in the copy, and was made, is made', async () => {
    const paid = await order();
    await pay(paid);
    const refundId = newRefundId(world);
    // After the policy's window staff decide.
    world.clock.advance(8 * 24 * HOUR_MS);
    await askBack(world, alice, paid, 9_900, { refundId });
    const copy = await copyOf(world);
    (name === 'wxpay' ? world.wechatPay : world.xpay).console.refund({
      ...{ orderNumber: paid.id, refundNumber: refundId, isTold: false },
    });
    await passMinutes(world, 2);
    await putBack(world, copy);
    await goOn();
    expect(await judged()).toBe(9_900);
    expect(await storedIn(world, 'refunds')).toMatchObject([
      { id: refundId, reason: 'buyer', state: 'success', approvalsNeeded: 0 },
    ]);
    expect(await access()).toEqual(['revoked']);
  });

  test('a refund that was approved in the copy, and made since, is asked for under the same number', async () => {
    const paid = await order();
    await pay(paid);
    await askBack(world, alice, paid, 9_900);
    const copy = await copyOf(world);
    await passMinutes(world, 5, syncPayments);
    await putBack(world, copy);
    await goOn();
    expect(await judged()).toBe(9_900);
    expect(await storedIn(world, 'refunds')).toMatchObject([{ reason: 'buyer', state: 'success' }]);
    expect(await storedIn(world, 'cases')).toEqual([]);
  });
});

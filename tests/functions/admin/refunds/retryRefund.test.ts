import { retryRefund } from '../../../../functions/admin/refunds/retryRefund.ts';
import { syncPayments } from '../../../../functions/payments/syncPayments.ts';
import * as refunds from '../../../../shared/data/refunds/refunds.ts';
import { takeBackByPlatform } from '../../../../shared/flows/refunds/platformRefund.ts';
import type { Refund } from '../../../../shared/schemas/refunds/refund.ts';
import { audited } from '../../../support/audited.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { type Buyer, stored, storedIn } from '../../../support/given/order.ts';
import { givenLateMoney, passMinutes, refundsOf } from '../../../support/given/payment.ts';
import { givenStaff, type Staff } from '../../../support/given/staff.ts';
import { givenXpayOrder, payVirtually } from '../../../support/given/xpay.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(retryRefund, () => {
  let world: World;
  let alice: Buyer;
  let finance: Staff;
  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
    finance = await givenStaff(world, 'finance');
  });
  afterEach(() => world.close());

  const retry = (refundId: string) =>
    world.call(retryRefund, { refundId, reason: '原退款被渠道关闭' }, { token: finance.token });

  test('late money that the rail did not give back is given back under the next number, once', async () => {
    world.wechatPay.faults.next('refundClosed');
    const order = await givenLateMoney(world, alice);
    const id = `rl_${order.id.slice(4)}`;
    await passMinutes(world, 5, syncPayments);
    expect(await stored(world, refunds.collection, id)).toMatchObject({ state: 'closed' });
    const answers = await Promise.all([retry(id), retry(id), retry(id)]);
    expect(answers.map(({ data }) => data.refund.id)).toEqual([`${id}_2`, `${id}_2`, `${id}_2`]);
    await passMinutes(world, 5, syncPayments);
    expect(await stored(world, refunds.collection, `${id}_2`)).toMatchObject({ state: 'success' });
    expect(refundsOf(world, order.id).filter(({ isSuccess }) => isSuccess)).toMatchObject([
      { refundNumber: `${id}_2`, refundFen: order.payableFen },
    ]);
  });

  test('refund.too_much: what the platform has given back by itself meanwhile', async () => {
    const order = await givenXpayOrder(world, alice);
    Object.assign(world.xpay.faults.shares, { doublePay: 1, secondShown: 1, refundFailed: 1 });
    await payVirtually(world, alice, order);
    await passMinutes(world, 20, syncPayments);
    const [closed] = (await storedIn(world, 'refunds')) as Refund[];
    const { id = '', transactionId } = closed ?? {};
    if (typeof transactionId !== 'string') throw new Error('there is no second payment');
    const back = { orderId: order.id, rail: 'xpay', transactionId, refundFen: 9_900 } as const;
    await takeBackByPlatform(world.ports, back, world.clock.now());
    expect((await retry(id)).code).toBe('refund.too_much');
    expect(await storedIn(world, 'refunds')).toMatchObject([{ reason: 'platform' }, { state: 'closed' }]);
    expect((await audited(world.ports.database)).findings).toEqual([]);
  });

  test('refund.not_open: one that is under way or back; refund.not_found', async () => {
    const order = await givenLateMoney(world, alice);
    const id = `rl_${order.id.slice(4)}`;
    expect((await retry(id)).code).toBe('refund.not_open');
    await passMinutes(world, 5, syncPayments);
    expect((await retry(id)).code).toBe('refund.not_open');
    expect((await retry('rl_01JD0000000000000000000000')).code).toBe('refund.not_found');
  });
});

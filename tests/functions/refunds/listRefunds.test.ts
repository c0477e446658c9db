import { rejectRefund } from '../../../functions/admin/refunds/rejectRefund.ts';
import { syncPayments } from '../../../functions/payments/syncPayments.ts';
import { listRefunds } from '../../../functions/refunds/listRefunds.ts';
import { DAY_MS } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import type { Buyer } from '../../support/given/order.ts';
import { passMinutes } from '../../support/given/payment.ts';
import { askBack, givenPaid } from '../../support/given/refund.ts';
import { givenStaff } from '../../support/given/staff.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(listRefunds, () => {
  let world: World;
  let alice: Buyer;
  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
  });
  afterEach(() => world.close());

  test('T11: the buyer sees where each stands at every moment, and why one was refused', async () => {
    const order = await givenPaid(world, alice);
    const list = async () =>
      (await world.call(listRefunds, { orderId: order.id }, alice)).data.refunds.map((refund) => [
        refund.state,
        refund.rejectedBecause,
      ]);
    expect(await list()).toEqual([]);
    world.clock.advance(8 * DAY_MS);
    const { data } = await askBack(world, alice, order, 9_900);
    expect(await list()).toEqual([['requested', null]]);
    const finance = await givenStaff(world, 'finance');
    const asked = { refundId: data.refund.id, reason: '已学完全部课时' };
    await world.call(rejectRefund, asked, { token: finance.token });
    expect(await list()).toEqual([['rejected', '已学完全部课时']]);
    await passMinutes(world, 2, syncPayments);
    expect(await list()).toEqual([['rejected', '已学完全部课时']]);
  });

  test('order.not_found: somebody else’s order', async () => {
    const order = await givenPaid(world, alice);
    const bob = await world.login('bob');
    expect((await world.call(listRefunds, { orderId: order.id }, bob)).code).toBe('order.not_found');
  });
});

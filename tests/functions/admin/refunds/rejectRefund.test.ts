import { approveRefund } from '../../../../functions/admin/refunds/approveRefund.ts';
import { rejectRefund } from '../../../../functions/admin/refunds/rejectRefund.ts';
import * as orders from '../../../../shared/data/orders/orders.ts';
import { DAY_MS } from '../../../../shared/schemas/base.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { type Buyer, stored } from '../../../support/given/order.ts';
import { askBack, givenPaid, newRefundId } from '../../../support/given/refund.ts';
import { givenStaff, type Staff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(rejectRefund, () => {
  let world: World;
  let alice: Buyer;
  let finance: Staff;
  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
    finance = await givenStaff(world, 'finance');
  });
  afterEach(() => world.close());

  const reject = (refundId: string) =>
    world.call(rejectRefund, { refundId, reason: '已超过退款期' }, { token: finance.token });

  test('nothing goes back, the buyer keeps what was bought, and may ask again; said twice it is one', async () => {
    const order = await givenPaid(world, alice);
    world.clock.advance(8 * DAY_MS);
    finance = await givenStaff(world, 'finance');
    const { data } = await askBack(world, alice, order, 9_900);
    const first = await reject(data.refund.id);
    expect(first.data.refund).toMatchObject({ state: 'rejected', rejected: { reason: '已超过退款期' } });
    expect((await reject(data.refund.id)).data).toEqual(first.data);
    expect(await stored(world, orders.collection, order.id)).toMatchObject({ refundingFen: 0, revoked: [] });
    expect((await askBack(world, alice, order, 9_900)).data.refund.state).toBe('requested');
  });

  test('refund.not_open: what was agreed to is under way; refund.not_found', async () => {
    const order = await givenPaid(world, alice);
    const { data } = await askBack(world, alice, order, 9_900);
    expect((await reject(data.refund.id)).code).toBe('refund.not_open');
    expect((await reject(newRefundId(world))).code).toBe('refund.not_found');
    expect(approveRefund.contract.auth).toMatchObject({ secondFactor: 'fresh' });
  });
});

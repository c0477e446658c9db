import { approveRefund } from '../../../../functions/admin/refunds/approveRefund.ts';
import { createRefund } from '../../../../functions/admin/refunds/createRefund.ts';
import { rejectRefund } from '../../../../functions/admin/refunds/rejectRefund.ts';
import { syncPayments } from '../../../../functions/payments/syncPayments.ts';
import * as orders from '../../../../shared/data/orders/orders.ts';
import { DAY_MS, fen } from '../../../../shared/schemas/base.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { givenProduct } from '../../../support/given/course.ts';
import { type Buyer, stored } from '../../../support/given/order.ts';
import { passMinutes, refundsOf } from '../../../support/given/payment.ts';
import { askBack, givenPaid, newRefundId } from '../../../support/given/refund.ts';
import { givenStaff, givenStaffOf, type Staff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(approveRefund, () => {
  let world: World;
  let alice: Buyer;
  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
  });
  afterEach(() => world.close());

  const finance = () => givenStaff(world, 'finance');
  const approve = (refundId: string, by: Staff) =>
    world.call(approveRefund, { refundId, reason: '情况属实' }, { token: by.token });
  /** A refund that waits for staff, because its order is too old for the policy. */
  const givenAsked = async (listFen = 9_900) => {
    const order = await givenPaid(world, alice, [await givenProduct(world, { listFen: fen(listFen) })]);
    world.clock.advance(8 * DAY_MS);
    const { data } = await askBack(world, alice, order, listFen);
    expect(data.refund.state).toBe('requested');
    return { order, refundId: data.refund.id };
  };

  test('what waits for staff goes back once one of them has agreed', async () => {
    const { order, refundId } = await givenAsked();
    const { data } = await approve(refundId, await finance());
    expect(data.refund).toMatchObject({ state: 'approved', approvals: [{ reason: '情况属实' }] });
    await passMinutes(world, 3, syncPayments);
    expect(refundsOf(world, order.id)).toMatchObject([{ refundNumber: refundId, isSuccess: true }]);
    expect(await stored(world, orders.collection, order.id)).toMatchObject({ refundedFen: 9_900 });
  });

  test('S47: above the limit it takes two people, and neither counts twice', async () => {
    const { order, refundId } = await givenAsked(60_000);
    const first = await finance();
    expect((await approve(refundId, first)).data.refund.state).toBe('requested');
    expect((await approve(refundId, first)).code).toBe('refund.same_person');
    await world.drain();
    expect(refundsOf(world, order.id)).toEqual([]);
    expect((await approve(refundId, await finance())).data.refund.state).toBe('approved');
  });

  test('S47: two parts that were asked for before either was agreed to count as one amount', async () => {
    const order = await givenPaid(world, alice, [await givenProduct(world, { listFen: fen(60_000) })]);
    const support = await givenStaff(world, 'support');
    const part = async () => {
      const lines = [{ productId: order.lines[0]?.productId, refundFen: 30_000, takesAccess: false }];
      const asked = { orderId: order.id, refundId: newRefundId(world), lines, reason: '补偿' };
      return (await world.call(createRefund, asked, { token: support.token })).data.refund;
    };
    const parts = [await part(), await part()];
    expect(parts.map(({ approvalsNeeded }) => approvalsNeeded)).toEqual([1, 1]);
    const by = await finance();
    const states: string[] = [];
    for (const { id } of parts) states.push((await approve(id, by)).data.refund.state);
    expect(states).toEqual(['approved', 'requested']);
  });

  test('three people at the same time approve once', async () => {
    const { order, refundId } = await givenAsked();
    const staff = await Promise.all([finance(), finance(), finance()]);
    const answers = await Promise.all(staff.map((by) => approve(refundId, by)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    await passMinutes(world, 3, syncPayments);
    expect(refundsOf(world, order.id)).toHaveLength(1);
  });

  test('whose answer was lost asks again, and is answered the same', async () => {
    const { refundId } = await givenAsked();
    const by = await finance();
    const first = await approve(refundId, by);
    expect((await approve(refundId, by)).data).toEqual(first.data);
  });

  test('refund.same_person: nobody approves money of their own', async () => {
    const { refundId } = await givenAsked();
    const own = await givenStaffOf(world, alice.userId, 'finance');
    expect((await approve(refundId, own)).code).toBe('refund.same_person');
  });

  test('refund.not_open: one that was rejected; refund.not_found: one that is not there', async () => {
    const { refundId } = await givenAsked();
    const by = await finance();
    await world.call(rejectRefund, { refundId, reason: '不符合政策' }, { token: by.token });
    expect((await approve(refundId, by)).code).toBe('refund.not_open');
    expect((await approve(newRefundId(world), by)).code).toBe('refund.not_found');
  });

  test('refund.too_much: the money has gone another way meanwhile', async () => {
    const { order, refundId } = await givenAsked();
    world.wechatPay.console.refund({ orderNumber: order.id, refundFen: 1 });
    await passMinutes(world, 3, syncPayments);
    expect((await approve(refundId, await finance())).code).toBe('refund.too_much');
  });
});

import { createRefund } from '../../../../functions/admin/refunds/createRefund.ts';
import { rejectRefund } from '../../../../functions/admin/refunds/rejectRefund.ts';
import { syncPayments } from '../../../../functions/payments/syncPayments.ts';
import * as orders from '../../../../shared/data/orders/orders.ts';
import * as refunds from '../../../../shared/data/refunds/refunds.ts';
import { DAY_MS, fen } from '../../../../shared/schemas/base.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { givenProduct } from '../../../support/given/course.ts';
import { type Buyer, givenOrder, stored, storedIn } from '../../../support/given/order.ts';
import { passMinutes, refundsOf } from '../../../support/given/payment.ts';
import { givenPaid, newRefundId } from '../../../support/given/refund.ts';
import { givenStaff, givenStaffOf, type Staff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(createRefund, () => {
  let world: World;
  let alice: Buyer;
  let finance: Staff;
  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
    finance = await givenStaff(world, 'finance');
  });
  afterEach(() => world.close());

  const give = (
    order: { readonly id: string; readonly lines: readonly { readonly productId: string }[] },
    refundFen: number,
    changes: object = {},
    by: Staff = finance,
  ) => {
    const lines = [{ productId: order.lines[0]?.productId, refundFen, takesAccess: false }];
    const asked = { orderId: order.id, refundId: newRefundId(world), lines, reason: '音质问题补偿' };
    return world.call(createRefund, { ...asked, ...changes }, { token: by.token });
  };

  test('S47: staff give back so much of a line, also long after the policy, with its access or without; it is in the audit log', async () => {
    const order = await givenPaid(world, alice);
    world.clock.advance(100 * DAY_MS);
    const staff = await givenStaff(world, 'finance');
    const { data } = await give(order, 1_000, {}, staff);
    expect(data.refund).toMatchObject({ state: 'approved', approvals: [{ by: staff.userId }] });
    await passMinutes(world, 3, syncPayments);
    expect(await stored(world, orders.collection, order.id)).toMatchObject({
      refundedFen: 1_000,
      revoked: [],
    });
    expect(refundsOf(world, order.id)).toMatchObject([{ refundFen: 1_000, totalFen: 9_900 }]);
    expect(await storedIn(world, 'audit')).toContainEqual(
      expect.objectContaining({ action: 'refund.create', target: order.id, reason: '音质问题补偿' }),
    );
  });

  test('S47: above the limit a second person has to agree', async () => {
    const order = await givenPaid(world, alice, [await givenProduct(world, { listFen: fen(60_000) })]);
    expect((await give(order, 50_000)).data.refund.state).toBe('approved');
    const big = await givenPaid(world, alice, [await givenProduct(world, { listFen: fen(60_000) })]);
    const { data } = await give(big, 50_001);
    expect(data.refund).toMatchObject({ state: 'requested', approvalsNeeded: 2 });
    await world.drain();
    expect(refundsOf(world, big.id)).toEqual([]);
  });

  test('S47: an amount above the limit cannot be given by one person in two parts', async () => {
    const order = await givenPaid(world, alice, [await givenProduct(world, { listFen: fen(60_000) })]);
    expect((await give(order, 30_000)).data.refund.state).toBe('approved');
    expect((await give(order, 20_000)).data.refund.state).toBe('approved');
    expect((await give(order, 1)).data.refund).toMatchObject({ state: 'requested', approvalsNeeded: 2 });
  });

  test('S47: support asks, and does not agree', async () => {
    const support = await givenStaff(world, 'support');
    const order = await givenPaid(world, alice);
    const { data } = await give(order, 100, {}, support);
    expect(data.refund).toMatchObject({ state: 'requested', approvals: [] });
  });

  test('auth.second_factor_required: money needs more than a password', async () => {
    const order = await givenPaid(world, alice);
    const bare = await givenStaff(world, 'finance', { secondFactor: 'stale' });
    expect((await give(order, 100, {}, bare)).code).toBe('auth.second_factor_required');
  });

  test('asked twice it is one; another request under the same id is refund.id_taken', async () => {
    const order = await givenPaid(world, alice);
    const refundId = newRefundId(world);
    await Promise.all(Array.from({ length: 5 }, () => give(order, 100, { refundId })));
    expect(await stored(world, refunds.collection, refundId)).toMatchObject({ refundFen: 100 });
    expect(await stored(world, orders.collection, order.id)).toMatchObject({ refundingFen: 100 });
    const other = await givenPaid(world, alice);
    expect((await give(other, 100, { refundId })).code).toBe('refund.id_taken');
  });

  test('refund.too_much: never more than is left of a line, however it is split', async () => {
    const order = await givenPaid(world, alice);
    expect((await give(order, 9_901)).code).toBe('refund.too_much');
    await give(order, 9_000);
    expect((await give(order, 901)).error.params).toMatchObject({ leftFen: 900 });
    expect((await give(order, 900)).status).toBe(200);
  });

  test('refund.too_much: what waits for staff cannot be asked for again until it is decided', async () => {
    const support = await givenStaff(world, 'support');
    const order = await givenPaid(world, alice);
    const { data } = await give(order, 9_000, {}, support);
    const again = await give(order, 901, {}, support);
    expect([again.code, again.error.params]).toEqual([
      'refund.too_much',
      expect.objectContaining({ leftFen: 900 }),
    ]);
    expect((await give(order, 901)).code).toBe('refund.too_much');
    expect((await give(order, 900)).data.refund.state).toBe('approved');
    const { id: refundId } = data.refund;
    await world.call(rejectRefund, { refundId, reason: '买家撤回了申请' }, { token: finance.token });
    expect((await give(order, 9_000)).data.refund.state).toBe('approved');
  });

  test('order.not_found, order.not_paid, refund.line_unknown, refund.ask_apple', async () => {
    const order = await givenPaid(world, alice);
    expect((await give({ ...order, id: world.ports.ids.make('ord') }, 1)).code).toBe('order.not_found');
    const support = await givenStaff(world, 'support');
    const pending = await givenOrder(world, alice);
    for (const by of [finance, support]) expect((await give(pending, 1, {}, by)).code).toBe('order.not_paid');
    const stranger = [{ productId: (await givenProduct(world)).id }];
    expect((await give({ ...order, lines: stranger }, 1)).code).toBe('refund.line_unknown');
    const { wxpay } = world.ports.rails;
    jest.spyOn(wxpay, 'abilities').mockReturnValueOnce({ ...wxpay.abilities('ios'), mayRefund: false });
    expect((await give(order, 1)).code).toBe('refund.ask_apple');
  });

  test('refund.same_person: nobody gives money back to themselves', async () => {
    const order = await givenPaid(world, alice);
    const own = await givenStaffOf(world, alice.userId, 'finance');
    expect((await give(order, 1, {}, own)).code).toBe('refund.same_person');
    expect(await storedIn(world, 'refunds')).toEqual([]);
  });
});

import { getAnyOrder } from '../../../../functions/admin/orders/getAnyOrder.ts';
import { approveRefund } from '../../../../functions/admin/refunds/approveRefund.ts';
import { createRefund } from '../../../../functions/admin/refunds/createRefund.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { givenCouponOf, givenOrder, newOrderId, storedIn } from '../../../support/given/order.ts';
import { givenMoney } from '../../../support/given/payment.ts';
import { givenPaid, newRefundId } from '../../../support/given/refund.ts';
import { givenStaff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(getAnyOrder, () => {
  let world: World;
  let token: string;
  const get = (orderId: string) => world.call(getAnyOrder, { orderId }, { token });

  beforeEach(async () => {
    world = await createWorld();
    ({ token } = await givenStaff(world, 'finance'));
  });
  afterEach(() => world.close());

  test('a paid order with its payment, money, coupon, points and what it has caused', async () => {
    const alice = await world.login('alice');
    const coupon = await givenCouponOf(world, alice.userId);
    const order = await givenOrder(world, alice, { coupon });
    await givenMoney(world, alice, order);
    await world.drain();
    const answer = await get(order.id);
    expect(answer.data).toMatchObject({
      order: { id: order.id, state: 'paid', userId: alice.userId },
      payment: { state: 'success', openidMasked: expect.stringMatching(/^.{3}\*{4}.{4}$/) },
      receipts: [{ kind: 'settled', amountFen: order.payableFen }],
      refunds: [],
      coupon: { id: coupon.id, state: 'used' },
      points: [{ orderId: order.id }],
      exceptions: [],
      cases: [],
    });
    const caused = answer.data.tasks.map(({ consumer, state }) => `${consumer} ${state}`);
    expect(caused).toEqual(expect.arrayContaining(['grantEntitlement done', 'accruePoints done']));
    expect(JSON.stringify(answer.body)).not.toContain(alice.openid);
  });

  test('what of it can still be given back, without what waits for staff', async () => {
    const alice = await world.login('alice');
    const pending = await givenOrder(world, alice);
    expect((await get(pending.id)).data).toMatchObject({ mayRefund: false, refundable: [{ askableFen: 0 }] });
    const order = await givenPaid(world, alice);
    const [{ productId, paidFen } = { productId: '', paidFen: 0 }] = order.lines;
    expect((await get(order.id)).data).toMatchObject({
      mayRefund: true,
      openRefunds: [],
      refundable: [{ productId, askableFen: paidFen }],
    });
    const support = await givenStaff(world, 'support');
    const refundId = newRefundId(world);
    const lines = [{ productId, refundFen: 1_000, takesAccess: false }];
    const asked = { orderId: order.id, refundId, lines, reason: '音质问题补偿' };
    await world.call(createRefund, asked, { token: support.token });
    expect((await get(order.id)).data).toMatchObject({
      openRefunds: [{ id: refundId, state: 'requested' }],
      refundable: [{ askableFen: paidFen - 1_000 }],
    });
    await world.call(approveRefund, { refundId, reason: '同意补偿' }, { token });
    const { data } = await get(order.id);
    expect(data).toMatchObject({ openRefunds: [], refundable: [{ askableFen: paidFen - 1_000 }] });
  });

  test('money that only Apple can give back says so', async () => {
    const order = await givenPaid(world, await world.login('alice'));
    const { wxpay } = world.ports.rails;
    jest.spyOn(wxpay, 'abilities').mockReturnValueOnce({ ...wxpay.abilities('ios'), mayRefund: false });
    expect((await get(order.id)).data.mayRefund).toBe(false);
  });

  test('P7: who looked goes into the audit log', async () => {
    const order = await givenOrder(world, await world.login('alice'));
    await get(order.id);
    expect(await storedIn(world, 'audit')).toMatchObject([{ action: 'order.read', target: order.id }]);
  });

  test('order.not_found', async () => {
    expect((await get(newOrderId(world))).code).toBe('order.not_found');
    expect(await storedIn(world, 'audit')).toEqual([]);
  });
});

import { closeCase } from '../../../../functions/admin/operations/closeCase.ts';
import { resumeRefund } from '../../../../functions/admin/refunds/resumeRefund.ts';
import { sweepTasks } from '../../../../functions/operations/sweepTasks.ts';
import { syncPayments } from '../../../../functions/payments/syncPayments.ts';
import * as refunds from '../../../../shared/data/refunds/refunds.ts';
import type { OrderView } from '../../../../shared/schemas/orders/order.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { type Buyer, stored, storedIn } from '../../../support/given/order.ts';
import { passMinutes, refundsOf } from '../../../support/given/payment.ts';
import { askBack, givenPaid, newRefundId } from '../../../support/given/refund.ts';
import { givenStaff, type Staff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(resumeRefund, () => {
  let world: World;
  let alice: Buyer;
  let order: OrderView;
  let finance: Staff;
  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
    order = await givenPaid(world, alice);
    finance = await givenStaff(world, 'finance');
  });
  afterEach(() => world.close());

  const resume = (refundId: string, reason = '款项未退出', { token } = finance) =>
    world.call(resumeRefund, { refundId, reason }, { token });
  const close = (refundId: string) =>
    world.call(
      closeCase,
      { caseId: `platform_refund:${refundId}:held`, resolution: '无' },
      { token: finance.token },
    );

  /** A refund that waits, because somebody has begun one by hand at the console, which failed there. */
  async function givenHeld(): Promise<string> {
    world.wechatPay.faults.next('refundClosed');
    world.wechatPay.console.refund({ orderNumber: order.id, isTold: false });
    await passMinutes(world, 2);
    const { data } = await askBack(world, alice, order, 9_900);
    await passMinutes(world, 3, sweepTasks);
    expect(await stored(world, refunds.collection, data.refund.id)).toMatchObject({ state: 'approved' });
    return data.refund.id;
  }

  test('it says in the case and in the audit log who let it continue, once, and then the money goes back', async () => {
    const id = await givenHeld();
    const answers = await Promise.all([resume(id, '一'), resume(id, '二')]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const [held] = (await storedIn(world, 'cases')) as { resolution: string }[];
    expect(held).toMatchObject({ state: 'closed', closedBy: finance.userId });
    const resumed = (await storedIn(world, 'audit')) as { action: string }[];
    expect(resumed.filter(({ action }) => action === 'refund.resume')).toMatchObject([
      { target: id, actorId: finance.userId, reason: held?.resolution, after: { state: 'closed' } },
    ]);
    await passMinutes(world, 40, sweepTasks);
    await passMinutes(world, 3, syncPayments);
    expect(await stored(world, refunds.collection, id)).toMatchObject({ state: 'success' });
    expect(refundsOf(world, order.id).filter(({ isSuccess }) => isSuccess)).toMatchObject([
      { refundNumber: id },
    ]);
    expect((await resume(id)).code).toBe('refund.not_open');
  });

  test('support, and a second factor that is not fresh, cannot release money, nor by closing the case', async () => {
    const id = await givenHeld();
    const support = await givenStaff(world, 'support');
    expect((await resume(id, '款项未退出', support)).code).toBe('auth.forbidden');
    expect((await close(id)).code).toBe('case.holds_refund');
    const stale = await givenStaff(world, 'finance', { secondFactor: 'stale' });
    expect((await resume(id, '款项未退出', stale)).code).toBe('auth.second_factor_required');
    await passMinutes(world, 40, sweepTasks);
    expect(await stored(world, refunds.collection, id)).toMatchObject({ state: 'approved' });
  });

  test('refund.not_held, refund.not_found', async () => {
    world.wechatPay.faults.shares.serverError = 1;
    const { data } = await askBack(world, alice, order, 9_900);
    expect((await resume(data.refund.id)).code).toBe('refund.not_held');
    expect((await resume(newRefundId(world))).code).toBe('refund.not_found');
  });
});

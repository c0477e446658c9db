import { buryTask } from '../../../../functions/admin/operations/buryTask.ts';
import { replayTask } from '../../../../functions/admin/operations/replayTask.ts';
import { approveRefund } from '../../../../functions/admin/refunds/approveRefund.ts';
import { closeRefund } from '../../../../functions/admin/refunds/closeRefund.ts';
import { createRefund } from '../../../../functions/admin/refunds/createRefund.ts';
import { retryRefund } from '../../../../functions/admin/refunds/retryRefund.ts';
import { syncPayments } from '../../../../functions/payments/syncPayments.ts';
import * as journal from '../../../../shared/data/books/journal.ts';
import * as orders from '../../../../shared/data/orders/orders.ts';
import * as refunds from '../../../../shared/data/refunds/refunds.ts';
import * as tasks from '../../../../shared/data/tasks.ts';
import { balances } from '../../../../shared/domain/books/journal.ts';
import { fail } from '../../../../shared/errors.ts';
import type { PayRail } from '../../../../shared/ports/rail.ts';
import { MINUTE_MS } from '../../../../shared/schemas/base.ts';
import type { JournalEntry } from '../../../../shared/schemas/books/journal.ts';
import type { OrderView } from '../../../../shared/schemas/orders/order.ts';
import { audited } from '../../../support/audited.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { type Buyer, stored, storedIn } from '../../../support/given/order.ts';
import { givenLateMoney, loseNotices, passMinutes, refundsOf } from '../../../support/given/payment.ts';
import { askBack, givenPaid } from '../../../support/given/refund.ts';
import { givenStaff, type Staff } from '../../../support/given/staff.ts';
import { givenXpayOrder, payVirtually } from '../../../support/given/xpay.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(closeRefund, () => {
  let world: World;
  let alice: Buyer;
  let finance: Staff;
  let boss: Staff;
  let order: OrderView;

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
    finance = await givenStaff(world, 'finance');
    boss = await givenStaff(world, 'admin');
    order = await givenPaid(world, alice);
  });
  afterEach(async () => {
    expect((await audited(world.ports.database)).findings).toEqual([]);
    await world.close();
  });

  const close = (refundId: string) =>
    world.call(closeRefund, { refundId, reason: '渠道无法退款' }, { token: finance.token });
  const refundOf = (id: string) => stored(world, refunds.collection, id);
  const taskIdOf = (refundId: string) => tasks.taskId('submitRefund', `refund.requested:${refundId}`);
  const owned = async () => (await storedIn(world, 'entitlements')) as { sources: { state: string }[] }[];

  /** The rail refuses the next refund and stores nothing of it. */
  function refuseNext(rail: PayRail): void {
    jest.spyOn(rail, 'refund').mockImplementationOnce(async ({ refundId, transactionId, refundFen }) => ({
      ...{ refundId, transactionId, refundFen, state: 'abnormal' },
    }));
  }

  /** The rail accepts the next refund, but its answer is lost. */
  function loseAnswer(): void {
    const { wxpay } = world.ports.rails;
    const refund = wxpay.refund.bind(wxpay);
    jest.spyOn(wxpay, 'refund').mockImplementationOnce(async (asked) => {
      await refund(asked);
      throw fail('pay.unavailable');
    });
  }

  async function givenAbnormal(): Promise<string> {
    refuseNext(world.ports.rails.wxpay);
    const { data } = await askBack(world, alice, order, 9_900);
    await world.drain();
    expect(await refundOf(data.refund.id)).toMatchObject({ state: 'abnormal' });
    return data.refund.id;
  }

  /** A refund that is retried without end, because our account at the rail is empty. */
  async function givenUnfunded(): Promise<string> {
    world.wechatPay.faults.shares.fundsLacking = 1;
    const { data } = await askBack(world, alice, order, 9_900);
    await world.drain();
    expect(await refundOf(data.refund.id)).toMatchObject({ state: 'approved' });
    return data.refund.id;
  }

  const bury = (refundId: string) =>
    world.call(buryTask, { taskId: taskIdOf(refundId), reason: '不再重试' }, { token: boss.token });

  test('a refund that the rail refused for good is closed, the buyer has the course again, and the rest can be refunded', async () => {
    const id = await givenAbnormal();
    expect((await owned())[0]?.sources).toMatchObject([{ state: 'revoked' }]);
    world.clock.advance(2 * MINUTE_MS);
    expect((await close(id)).data.refund).toMatchObject({ state: 'closed' });
    expect((await owned())[0]?.sources).toMatchObject([{ state: 'active' }]);
    expect(await stored(world, orders.collection, order.id)).toMatchObject({ refundingFen: 0, revoked: [] });
    const sums = balances((await storedIn(world, journal.collection.name)) as JournalEntry[]);
    expect([sums.get('payable:refund') ?? 0, sums.get('refunds') ?? 0]).toEqual([0, 0]);
    expect(await storedIn(world, 'audit')).toMatchObject([
      {
        ...{ action: 'refund.close', target: id, actorId: finance.userId, reason: '渠道无法退款' },
        ...{ before: { state: 'abnormal' }, after: { state: 'closed' } },
      },
    ]);
    const lines = order.lines.map(({ productId }) => ({ productId, refundFen: 4_900, takesAccess: true }));
    const rest = { orderId: order.id, refundId: world.ports.ids.make('rfd'), lines, reason: '退剩余' };
    const support = await givenStaff(world, 'support');
    expect((await world.call(createRefund, rest, { token: support.token })).status).toBe(200);
    const approval = { refundId: rest.refundId, reason: '同意' };
    await world.call(approveRefund, approval, { token: finance.token });
    await passMinutes(world, 5, syncPayments);
    expect(await refundOf(rest.refundId)).toMatchObject({ state: 'success' });
  });

  test('closed again, whoever asks, it stays as it is', async () => {
    const id = await givenAbnormal();
    world.clock.advance(2 * MINUTE_MS);
    const answers = await Promise.all([close(id), close(id), close(id)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const before = await storedIn(world, 'refunds', 'orders', 'journal', 'audit', 'entitlements');
    world.clock.advance(MINUTE_MS);
    expect((await close(id)).data.refund).toMatchObject({ state: 'closed' });
    expect(await storedIn(world, 'refunds', 'orders', 'journal', 'audit', 'entitlements')).toEqual(before);
  });

  test('refund.being_asked: as long as it is asked for, and for two minutes after', async () => {
    const id = await givenUnfunded();
    world.clock.advance(60 * MINUTE_MS);
    expect((await close(id)).code).toBe('refund.being_asked');
    expect((await bury(id)).status).toBe(200);
    expect((await close(id)).code).toBe('refund.being_asked');
    world.clock.advance(2 * MINUTE_MS);
    expect((await close(id)).data.refund).toMatchObject({ state: 'closed' });
    // When the task is replayed, it finds nothing left to ask for.
    world.wechatPay.faults.shares.fundsLacking = 0;
    await world.call(replayTask, { taskId: taskIdOf(id), reason: '误操作' }, { token: boss.token });
    await passMinutes(world, 5, syncPayments);
    expect(await stored(world, tasks.collection, taskIdOf(id))).toMatchObject({ state: 'done' });
    expect(refundsOf(world, order.id)).toEqual([]);
  });

  test('a refund that the rail accepted although its answer was lost takes the rail’s state', async () => {
    loseAnswer();
    const { data } = await askBack(world, alice, order, 9_900);
    const { id } = data.refund;
    await world.bus.drain();
    await bury(id);
    loseNotices(world);
    world.clock.advance(2 * MINUTE_MS);
    expect((await close(id)).data.refund.state).toBe('processing');
    await passMinutes(world, 30, syncPayments);
    expect(await refundOf(id)).toMatchObject({ state: 'success' });
  });

  test('refund.at_rail: what is abnormal there can still be sent by hand, and changes nothing', async () => {
    world.wechatPay.faults.next('refundAbnormal');
    const { data } = await askBack(world, alice, order, 9_900);
    await passMinutes(world, 5, syncPayments);
    const before = await storedIn(world, 'refunds', 'orders', 'journal', 'audit', 'entitlements');
    const { code, error } = await close(data.refund.id);
    expect([code, error.params]).toEqual(['refund.at_rail', { state: 'abnormal' }]);
    expect(await storedIn(world, 'refunds', 'orders', 'journal', 'audit', 'entitlements')).toEqual(before);
  });

  test('money that paid for nothing is asked for again, under the next number', async () => {
    const late = await givenLateMoney(world, alice);
    const id = `rl_${late.id.slice(4)}`;
    world.wechatPay.faults.shares.fundsLacking = 1;
    await world.drain();
    await bury(id);
    world.clock.advance(2 * MINUTE_MS);
    expect((await close(id)).data.refund).toMatchObject({ state: 'closed' });
    world.wechatPay.faults.shares.fundsLacking = 0;
    await world.call(retryRefund, { refundId: id, reason: '账户已充值' }, { token: finance.token });
    await passMinutes(world, 5, syncPayments);
    expect(refundsOf(world, late.id)).toMatchObject([{ refundNumber: `${id}_2`, isSuccess: true }]);
  });

  test.each(['the same', 'another'])(
    'one that got further twice is written down twice, also by %s person',
    async (who) => {
      loseAnswer();
      world.wechatPay.faults.shares.refundAbnormal = 1;
      loseNotices(world);
      const { id } = (await askBack(world, alice, order, 9_900)).data.refund;
      await world.bus.drain();
      await bury(id);
      world.clock.advance(2 * MINUTE_MS);
      expect((await close(id)).data.refund.state).toBe('processing');
      await passMinutes(world, 30, syncPayments);
      const { state, transactionId, refundFen } = await refundOf(id);
      expect(state).toBe('abnormal');
      // The refund was sent by hand at the rail, and its notice was lost.
      const sent = { refundId: id, transactionId: transactionId ?? '', refundFen, state: 'success' } as const;
      jest.spyOn(world.ports.rails.wxpay, 'queryRefund').mockResolvedValue(sent);
      if (who === 'another') finance = await givenStaff(world, 'finance');
      expect((await close(id)).data.refund.state).toBe('success');
      const log = (await storedIn(world, 'audit')) as { action: string; after: unknown }[];
      expect(log.filter(({ action }) => action === 'refund.close').map(({ after }) => after)).toEqual(
        expect.arrayContaining([{ state: 'processing' }, { state: 'success' }]),
      );
    },
  );

  test('access is not restored when the platform has refunded by itself meanwhile', async () => {
    const bob = await world.login('bob');
    const virtual = await givenXpayOrder(world, bob);
    await payVirtually(world, bob, virtual);
    await passMinutes(world, 2);
    const { xpay } = world.ports.rails;
    if (xpay === null) throw new Error('no virtual payment');
    jest.spyOn(xpay, 'refund').mockRejectedValueOnce(fail('pay.unavailable'));
    const { id } = (await askBack(world, bob, virtual, virtual.payableFen)).data.refund;
    await world.bus.drain();
    await bury(id);
    expect(await refundOf(id)).toMatchObject({ state: 'approved' });
    world.xpay.console.refund({ orderNumber: virtual.id, isTold: false });
    await passMinutes(world, 5);
    jest.spyOn(xpay, 'query').mockRejectedValueOnce(fail('pay.unavailable'));
    expect((await close(id)).code).toBe('pay.unavailable');
    expect((await close(id)).data.refund).toMatchObject({ state: 'closed' });
    for (let times = 0; times < 2; times += 1) {
      expect(await storedIn(world, 'refunds')).toMatchObject([
        { id, state: 'closed' },
        { reason: 'platform', state: 'success', refundFen: 9_900 },
      ]);
      expect(await storedIn(world, 'entitlements')).toMatchObject(
        expect.arrayContaining([
          expect.objectContaining({
            userId: bob.userId,
            sources: [expect.objectContaining({ state: 'revoked' })],
          }),
        ]),
      );
      expect((await close(id)).status).toBe(200);
    }
  });

  test('a refund that virtual payment refuses for good is closed in the same way', async () => {
    const bob = await world.login('bob');
    const virtual = await givenXpayOrder(world, bob);
    await payVirtually(world, bob, virtual);
    await passMinutes(world, 2);
    const { xpay } = world.ports.rails;
    if (xpay === null) throw new Error('no virtual payment');
    refuseNext(xpay);
    const { data } = await askBack(world, bob, virtual, virtual.payableFen);
    await passMinutes(world, 5, syncPayments);
    expect(await refundOf(data.refund.id)).toMatchObject({ state: 'abnormal' });
    expect((await close(data.refund.id)).data.refund).toMatchObject({ state: 'closed' });
  });

  test('pay.unavailable: without a clear answer nothing is changed', async () => {
    const id = await givenAbnormal();
    world.clock.advance(2 * MINUTE_MS);
    world.wechatPay.faults.shares.serverError = 1;
    expect((await close(id)).code).toBe('pay.unavailable');
    expect(await refundOf(id)).toMatchObject({ state: 'abnormal' });
  });

  test('refund.not_open: one that waits for staff, is on its way, or back; refund.not_found', async () => {
    const { data } = await askBack(world, alice, order, 9_900);
    await world.bus.drain();
    expect(await refundOf(data.refund.id)).toMatchObject({ state: 'processing' });
    expect((await close(data.refund.id)).code).toBe('refund.not_open');
    await passMinutes(world, 5, syncPayments);
    expect((await close(data.refund.id)).error).toMatchObject({
      ...{ code: 'refund.not_open', params: { state: 'success' } },
    });
    expect((await close('rfd_01JD0000000000000000000000')).code).toBe('refund.not_found');
  });

  test('is for who may approve refunds, with a fresh second factor', async () => {
    const support = await givenStaff(world, 'support');
    const id = await givenAbnormal();
    const asked = { refundId: id, reason: '渠道无法退款' };
    expect((await world.call(closeRefund, asked, { token: support.token })).code).toBe('auth.forbidden');
    const plain = await givenStaff(world, 'finance', { secondFactor: 'stale' });
    expect((await world.call(closeRefund, asked, { token: plain.token })).status).toBe(403);
  });
});

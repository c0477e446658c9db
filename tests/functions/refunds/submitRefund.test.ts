import { createRefund } from '../../../functions/admin/refunds/createRefund.ts';
import { resumeRefund } from '../../../functions/admin/refunds/resumeRefund.ts';
import { reconcile } from '../../../functions/books/reconcile.ts';
import { sweepTasks } from '../../../functions/operations/sweepTasks.ts';
import { syncPayments } from '../../../functions/payments/syncPayments.ts';
import { submitRefund } from '../../../functions/refunds/submitRefund.ts';
import * as orders from '../../../shared/data/orders/orders.ts';
import * as refunds from '../../../shared/data/refunds/refunds.ts';
import * as tasks from '../../../shared/data/tasks.ts';
import { dayAfter, dayOf, dayStartMs } from '../../../shared/domain/day.ts';
import { DEFAULT_PACES } from '../../../shared/domain/payments/pace.ts';
import type { Entitlement } from '../../../shared/schemas/access/entitlement.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, timeMs } from '../../../shared/schemas/base.ts';
import type { OrderView } from '../../../shared/schemas/orders/order.ts';
import { audited } from '../../support/audited.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { type Buyer, badWorld, stored, storedIn } from '../../support/given/order.ts';
import { givenLateMoney, loseNotices, passMinutes, refundsOf } from '../../support/given/payment.ts';
import { askBack, givenPaid, newRefundId } from '../../support/given/refund.ts';
import { givenStaff } from '../../support/given/staff.ts';
import { givenXpayOrder, payVirtually } from '../../support/given/xpay.ts';
import { createWorld, type World } from '../../support/world.ts';

/** The id of the refund of an order's late money. */
const lateId = (orderId: string) => `rl_${orderId.slice(4)}`;

describeFunction(submitRefund, () => {
  let world: World;
  let alice: Buyer;
  const refundOf = (orderId: string) => stored(world, refunds.collection, lateId(orderId));
  const taskOf = (orderId: string) =>
    stored(world, tasks.collection, tasks.taskId('submitRefund', `refund.requested:${lateId(orderId)}`));

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
    await world.drain();
  });
  afterEach(() => world.close());

  test('late money goes back whole, under our own number, and the notice says when it has', async () => {
    const order = await givenLateMoney(world, alice);
    expect(await refundOf(order.id)).toMatchObject({ state: 'approved' });
    await world.bus.drain();
    expect(await refundOf(order.id)).toMatchObject({ state: 'processing', finishedAtMs: null });
    await passMinutes(world, 2);
    expect(await refundOf(order.id)).toMatchObject({ state: 'success', syncNextAtMs: null });
    expect(refundsOf(world, order.id)).toMatchObject([
      { refundNumber: lateId(order.id), refundFen: 9_900, totalFen: 9_900, isSuccess: true },
    ]);
    expect(await stored(world, orders.collection, order.id)).toMatchObject({
      state: 'closed',
      refundingFen: 0,
      refundedFen: 0,
    });
  });

  test('many refunds at once go out as fast as the pace allows: none takes a turn that it does not use', async () => {
    const paces = { ...DEFAULT_PACES, 'wxpay.refund': 10 };
    const paced = await createWorld({ settings: { paces } });
    const buyer = await paced.login('alice');
    const late = [];
    for (let n = 0; n < 30; n += 1) late.push(await givenLateMoney(paced, buyer));
    const fromMs = paced.clock.now();
    await paced.bus.drain();
    const seconds = (paced.clock.now() - fromMs) / SECOND_MS;
    const asked = late.filter(({ id }) => refundsOf(paced, id).length === 1);
    await paced.close();
    expect(asked).toHaveLength(30);
    expect(seconds).toBeGreaterThan(2);
    expect(seconds).toBeLessThan(4);
  });

  test('a rail that says that it is asked too often is asked again at once, more slowly, and that is no try', async () => {
    const order = await givenLateMoney(world, alice);
    world.wechatPay.faults.next('rateLimited', 2);
    await world.bus.drain();
    expect(await refundOf(order.id)).toMatchObject({ state: 'processing' });
    expect(await taskOf(order.id)).toMatchObject({ state: 'done', attempts: 0 });
    expect(await storedIn(world, 'paces')).toContainEqual(
      expect.objectContaining({ slowedTo: expect.any(Number) }),
    );
  });

  test('when no turn comes soon it is put off, which is no try, and comes again within a minute', async () => {
    const order = await givenLateMoney(world, alice);
    world.wechatPay.faults.shares.rateLimited = 1;
    for (let minute = 0; minute < 10; minute += 1) {
      await world.drain();
      world.clock.advance(MINUTE_MS);
      await world.run(sweepTasks);
    }
    const put = await taskOf(order.id);
    expect(put).toMatchObject({ state: 'pending', attempts: 0, faults: 0 });
    expect(put.reason).toContain('no turn');
    world.wechatPay.faults.shares.rateLimited = 0;
    world.clock.advance(MINUTE_MS);
    await world.run(sweepTasks);
    expect(await refundOf(order.id)).toMatchObject({ state: 'processing' });
  });

  test('T11: accepted is not refunded: without the notice it is processing until the rail is asked', async () => {
    const order = await givenLateMoney(world, alice);
    loseNotices(world);
    await world.drain();
    await passMinutes(world, 5);
    expect(await refundOf(order.id)).toMatchObject({ state: 'processing' });
    await world.run(syncPayments);
    expect(await refundOf(order.id)).toMatchObject({ state: 'success' });
  });

  test('T8: money that our account at the rail lacks for three weeks still goes back then', async () => {
    const order = await givenLateMoney(world, alice);
    world.wechatPay.faults.shares.fundsLacking = 1;
    for (let passedMs = 0; passedMs < 21 * DAY_MS; passedMs += 2 * HOUR_MS) {
      await world.drain();
      world.clock.advance(2 * HOUR_MS);
      await world.run(sweepTasks);
    }
    expect(await storedIn(world, 'cases')).toMatchObject([{ kind: 'refund_unfunded', orderId: order.id }]);
    world.wechatPay.faults.shares.fundsLacking = 0;
    await passMinutes(world, 60, sweepTasks);
    expect(refundsOf(world, order.id)).toMatchObject([{ refundFen: 9_900, isSuccess: true }]);
  });

  test('a final no is put before staff in the platform’s own words, and stands in the log', async () => {
    const order = await givenLateMoney(world, alice);
    const words = {
      code: 'RULE_LIMIT',
      message: '退款超过可退期限',
      detail: { field: 'amount', issue: 'late' },
    };
    world.wechatPay.refusing = { path: /refunds$/, status: 403, words, isSigned: true };
    await world.drain();
    expect(await refundOf(order.id)).toMatchObject({ state: 'abnormal' });
    const said = 'RULE_LIMIT 退款超过可退期限; field amount; issue late';
    expect(await storedIn(world, 'cases')).toMatchObject([
      { kind: 'refund_abnormal', orderId: order.id, story: expect.stringContaining(said) },
    ]);
    expect(world.logs).toContainEqual(
      expect.objectContaining({
        refundRefused: lateId(order.id),
        said: expect.objectContaining({ code: 'RULE_LIMIT' }),
      }),
    );
  });

  test.each([
    'requestLost',
    'answerLost',
    'serverError',
    'doubtfulError',
    'garbage',
    'badSignature',
  ] as const)(
    'without a clear answer (%s) it is asked again with the same number, and gives back once',
    async (fault) => {
      const order = await givenLateMoney(world, alice);
      world.wechatPay.faults.next(fault);
      await world.drain();
      expect(await refundOf(order.id)).toMatchObject({ state: 'approved' });
      expect(await taskOf(order.id)).toMatchObject({ state: 'pending', attempts: 1 });
      await passMinutes(world, 5, sweepTasks);
      expect(await taskOf(order.id)).toMatchObject({ state: 'done' });
      expect(await refundOf(order.id)).toMatchObject({ state: 'success' });
      expect(refundsOf(world, order.id)).toHaveLength(1);
    },
  );

  test('a ring repeated twenty times asks the rail for one refund', async () => {
    const order = await givenLateMoney(world, alice);
    const rings = Array.from({ length: 20 }, () =>
      world.deliver('submitRefund', `refund.requested:${lateId(order.id)}`),
    );
    await Promise.all(rings);
    expect(refundsOf(world, order.id)).toHaveLength(1);
    expect(await taskOf(order.id)).toMatchObject({ state: 'done' });
  });

  test.each([
    [null, 'success'],
    ['refundAbnormal', 'abnormal'],
    ['refundClosed', 'closed'],
  ] as const)(
    'the notice may be faster than our own answer (%s): nothing goes back to processing',
    async (fault, state) => {
      if (fault !== null) world.wechatPay.faults.next(fault);
      const order = await givenLateMoney(world, alice);
      const { refund } = world.ports.rails.wxpay;
      jest.spyOn(world.ports.rails.wxpay, 'refund').mockImplementation(async (asked) => {
        const accepted = await refund(asked);
        world.clock.advance(60_000);
        // The rail finishes the refund and sends its notice.
        while ((await world.clock.runDue()) > 0);
        return accepted;
      });
      await world.bus.drain();
      expect(await refundOf(order.id)).toMatchObject({ state });
      expect(await taskOf(order.id)).toMatchObject({ state: 'done' });
    },
  );

  test.each([
    ['refundClosed', 'closed', 'refund_closed'],
    ['refundAbnormal', 'abnormal', 'refund_abnormal'],
  ] as const)(
    'a refund that fails at the rail (%s) is put before staff, once',
    async (fault, state, kind) => {
      world.wechatPay.faults.next(fault);
      const order = await givenLateMoney(world, alice);
      await passMinutes(world, 5, syncPayments);
      expect(await refundOf(order.id)).toMatchObject({ state, syncNextAtMs: null });
      expect(await storedIn(world, 'cases')).toMatchObject([
        { kind, refundId: lateId(order.id), state: 'open' },
      ]);
    },
  );

  test('a refund that the rail will never make becomes a case at once', async () => {
    const order = await givenPaid(world, alice);
    jest.spyOn(world.ports.rails.wxpay, 'query').mockResolvedValueOnce({ state: 'absent' });
    world.wechatPay.console.refund({ orderNumber: order.id, refundFen: 5_000, isTold: false });
    const { data } = await askBack(world, alice, order, 9_900);
    await world.drain();
    expect(await stored(world, refunds.collection, data.refund.id)).toMatchObject({ state: 'abnormal' });
    expect(await storedIn(world, 'cases')).toMatchObject([{ kind: 'refund_abnormal', orderId: order.id }]);
    expect(await storedIn(world, 'tasks')).not.toContainEqual(expect.objectContaining({ state: 'pending' }));
  });

  describe.each(['wxpay', 'xpay'] as const)('while %s has given back what we know nothing of', (name) => {
    let order: OrderView;
    let askedAtMs: number;

    const refundsAtRail = () =>
      (name === 'wxpay' ? world.wechatPay : world.xpay)
        .books()
        .refunds.filter(({ orderNumber }) => orderNumber === order.id)
        .map(({ refundNumber, refundFen }) => [refundNumber, refundFen]);
    const byHand = (refundFen?: number, refundNumber?: string) =>
      (name === 'wxpay' ? world.wechatPay : world.xpay).console.refund({
        ...{ orderNumber: order.id, refundFen, refundNumber, isTold: false },
      });
    /** Moves time to half past ten in Shanghai, the day after the refund was asked for. */
    const untilBill = async (open = 0) => {
      const readyAtMs = dayStartMs(dayAfter(dayOf(timeMs(askedAtMs)), 1)) + 10.5 * HOUR_MS;
      world.clock.advance(readyAtMs - world.clock.now());
      expect(await world.run(reconcile)).toMatchObject({ failed: 0, open });
      await passMinutes(world, 5, syncPayments);
      await passMinutes(world, 40, sweepTasks);
    };
    const ask = async (shownFen: number, changes = {}) => {
      const { data } = await askBack(world, alice, order, shownFen, changes);
      await passMinutes(world, 3, sweepTasks);
      return data.refund.id;
    };
    const sources = async () =>
      ((await storedIn(world, 'entitlements')) as Entitlement[]).map((each) => each.sources[0]?.state);

    beforeEach(async () => {
      order = name === 'wxpay' ? await givenPaid(world, alice) : await givenXpayOrder(world, alice);
      if (name === 'xpay') await payVirtually(world, alice, order);
      await passMinutes(world, 2);
      askedAtMs = world.clock.now();
    });
    afterEach(async () => expect((await audited(world.ports.database)).findings).toEqual([]));

    test('a refund of ours waits, staff hear of it, and the bill ends it when all is back', async () => {
      const number = byHand();
      await passMinutes(world, 2);
      const id = await ask(9_900);
      expect(await stored(world, refunds.collection, id)).toMatchObject({ state: 'approved' });
      expect(refundsAtRail()).toEqual([[number, 9_900]]);
      expect(await storedIn(world, 'cases')).toMatchObject([{ kind: 'platform_refund', refundId: id }]);
      await untilBill();
      expect(await stored(world, refunds.collection, id)).toMatchObject({ state: 'closed' });
      expect(refundsAtRail()).toEqual([[number, 9_900]]);
      expect(await stored(world, orders.collection, order.id)).toMatchObject({ refundedFen: 9_900 });
      expect(await sources()).toEqual(['revoked']);
    });

    if (name === 'wxpay') {
      test('a refund by hand that failed holds ours until staff let it continue, and then ours is made', async () => {
        world.wechatPay.faults.next('refundClosed');
        const number = byHand();
        await passMinutes(world, 2);
        const id = await ask(9_900);
        // The bill lists the failed refund, which our books do not have.
        await untilBill(1);
        expect(await stored(world, refunds.collection, id)).toMatchObject({ state: 'approved' });
        const { token } = await givenStaff(world, 'finance');
        const said = { refundId: id, reason: '手工退款已失败，款项未退出' };
        expect((await world.call(resumeRefund, said, { token })).status).toBe(200);
        await passMinutes(world, 40, sweepTasks);
        await passMinutes(world, 3, syncPayments);
        expect(await stored(world, refunds.collection, id)).toMatchObject({ state: 'success' });
        expect(refundsAtRail()).toEqual([
          [number, 9_900],
          [id, 9_900],
        ]);
      });
    }

    test('one of more than is left is closed by the bill, and what is left can be asked for', async () => {
      const number = byHand(5_000);
      await passMinutes(world, 2);
      const id = await ask(9_900);
      await untilBill();
      expect(await stored(world, refunds.collection, id)).toMatchObject({ state: 'closed' });
      expect(await sources()).toEqual(['active']);
      const again = await ask(4_900);
      await passMinutes(world, 5, syncPayments);
      expect(await stored(world, refunds.collection, again)).toMatchObject({ state: 'success' });
      expect(refundsAtRail()).toEqual([
        [number, 5_000],
        [again, 4_900],
      ]);
    });

    test('one for which enough is left is closed after the bill: who decided did not know what had gone back', async () => {
      byHand(5_000);
      await passMinutes(world, 2);
      const { token } = await givenStaff(world, 'finance');
      const lines = [{ productId: order.lines[0]?.productId, refundFen: 1_000, takesAccess: false }];
      const asked = { orderId: order.id, refundId: newRefundId(world), lines, reason: '补偿' };
      await world.call(createRefund, asked, { token });
      await passMinutes(world, 3, sweepTasks);
      expect(refundsAtRail()).toHaveLength(1);
      await untilBill();
      world.clock.advance(DAY_MS);
      await passMinutes(world, 3, sweepTasks);
      await passMinutes(world, 3, syncPayments);
      expect(await stored(world, refunds.collection, asked.refundId)).toMatchObject({ state: 'closed' });
      expect(refundsAtRail()).toHaveLength(1);
      expect(await storedIn(world, 'cases')).toContainEqual(
        expect.objectContaining({ kind: 'refund_closed', refundId: asked.refundId }),
      );
      expect(await stored(world, orders.collection, order.id)).toMatchObject({
        ...{ refundingFen: 0, refundedFen: 5_000 },
      });
    });

    test('a number of ours that it knows as another refund becomes that one', async () => {
      const refundId = newRefundId(world);
      byHand(3_000, refundId);
      await passMinutes(world, 2);
      await ask(9_900, { refundId });
      expect(refundsAtRail()).toEqual([[refundId, 3_000]]);
      expect(await stored(world, refunds.collection, refundId)).toMatchObject({ state: 'closed' });
      expect(await stored(world, orders.collection, order.id)).toMatchObject({
        ...{ refundingFen: 0, refundedFen: 3_000 },
      });
      expect(await sources()).toEqual(['active']);
      await untilBill();
      expect(await storedIn(world, 'refunds')).toHaveLength(2);
    });

    test('a number of ours that it knows as this very refund is this one', async () => {
      const refundId = newRefundId(world);
      byHand(9_900, refundId);
      await passMinutes(world, 2);
      await ask(9_900, { refundId });
      expect(refundsAtRail()).toHaveLength(1);
      expect(await stored(world, refunds.collection, refundId)).toMatchObject({ state: 'success' });
      expect(await storedIn(world, 'cases')).toEqual([]);
    });
  });

  test('an answer about another refund is no answer: the task is tried again, and tells why', async () => {
    const order = await givenLateMoney(world, alice);
    const { refund } = world.ports.rails.wxpay;
    jest
      .spyOn(world.ports.rails.wxpay, 'refund')
      .mockImplementationOnce(async (asked) => ({ ...(await refund(asked)), refundFen: 1 }));
    await world.drain();
    expect(await refundOf(order.id)).toMatchObject({ state: 'approved' });
    expect((await taskOf(order.id)).reason).toMatch('another refund');
    await passMinutes(world, 3, sweepTasks);
    expect(await refundOf(order.id)).toMatchObject({ state: 'success' });
  });

  test('on a bad day money goes back exactly once', async () => {
    for (const seed of [1, 2, 3]) {
      const bad = await badWorld(seed, { conflict: 0.3, commitLost: 0.3 });
      const bea = await bad.login('bea');
      const order = await givenLateMoney(bad, bea);
      bad.wechatPay.faults.shares.answerLost = 0.4;
      await passMinutes(bad, 15, sweepTasks, syncPayments);
      expect(refundsOf(bad, order.id)).toMatchObject([{ refundFen: 9_900, isSuccess: true }]);
      expect(await stored(bad, refunds.collection, lateId(order.id))).toMatchObject({ state: 'success' });
      await bad.close();
    }
  });
});

import { createRefund } from '../../../functions/admin/refunds/createRefund.ts';
import { reconcile } from '../../../functions/books/reconcile.ts';
import { syncPayments } from '../../../functions/payments/syncPayments.ts';
import { wrongBills, wrongLists } from '../../../local/simulators/wrongBills.ts';
import type { BillLine } from '../../../local/simulators/wxpay/bills.ts';
import * as journal from '../../../shared/data/books/journal.ts';
import * as reconciliations from '../../../shared/data/books/reconciliations.ts';
import * as cases from '../../../shared/data/operations/cases.ts';
import * as orders from '../../../shared/data/orders/orders.ts';
import { balances } from '../../../shared/domain/books/journal.ts';
import { dayAfter, dayOf, dayStartMs } from '../../../shared/domain/day.ts';
import { fail } from '../../../shared/errors.ts';
import { reconcileDay } from '../../../shared/flows/books/reconcileDay.ts';
import type { XpayRail } from '../../../shared/ports/xpay.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, timeMs } from '../../../shared/schemas/base.ts';
import type { Day, JournalEntry } from '../../../shared/schemas/books/journal.ts';
import type { StoredDifference } from '../../../shared/schemas/books/reconciliation.ts';
import type { Case } from '../../../shared/schemas/operations/case.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenChanged } from '../../support/given/changed.ts';
import { type Buyer, givenOrder, stored, storedIn } from '../../support/given/order.ts';
import { givenLateMoney, givenMoney, loseNotices, passMinutes } from '../../support/given/payment.ts';
import { askBack, newRefundId } from '../../support/given/refund.ts';
import { givenStaff } from '../../support/given/staff.ts';
import { givenXpayOrder, pass, payVirtually, virtualMoneyOf } from '../../support/given/xpay.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(reconcile, () => {
  let world: World;
  let alice: Buyer;
  let day: Day;
  let xpay: XpayRail | null;

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
    day = dayOf(world.clock.now());
    ({ xpay } = world.ports.rails);
    // The shop sells by WeChat Pay only, unless a test is about the other rail.
    Object.assign(world.ports.rails, { xpay: null });
  });
  afterEach(() => world.close());

  /** Moves time to half past ten in Shanghai, the day after. */
  const untilBill = () =>
    world.clock.advance(dayStartMs(dayAfter(day, 1)) + 10.5 * HOUR_MS - world.clock.now());

  const result = (of = day) => stored(world, reconciliations.collection, `wxpay:${of}`);

  async function found(): Promise<StoredDifference[]> {
    const all: StoredDifference[] = [];
    for await (const each of reconciliations.allDifferencesOf(world.ports.database, `wxpay:${day}`))
      all.push(each);
    return all;
  }

  async function opened(): Promise<readonly Case[]> {
    const asked = { state: 'open', kind: 'reconciliation', limit: 50, cursor: null } as const;
    return (await cases.list(world.ports.database, asked)).items;
  }

  /** Paid orders whose notices arrived. */
  async function givenPaid(count: number) {
    const paid = [];
    for (let n = 0; n < count; n += 1) {
      const order = await givenOrder(world, alice);
      await givenMoney(world, alice, order);
      paid.push(order);
    }
    await world.drain();
    return paid;
  }

  test('a day on which both sides say the same has no differences, and its fees are booked', async () => {
    await givenPaid(3);
    untilBill();
    expect(await world.run(reconcile)).toMatchObject({ healed: 0, open: 0, failed: 0 });
    expect(await result()).toMatchObject({ paymentCount: 3, paidFen: 29_700, feesFen: 177, openCount: 0 });
    const fees = await stored(world, journal.collection, `j_fees_wxpay_${day}`);
    expect([fees.dayShanghai, fees.lines]).toEqual([
      day,
      [
        ['fees', 177],
        ['cash:wxpay', -177],
      ],
    ]);
  });

  test('a payment that only the bill tells of is settled, and the buyer gets what was paid for', async () => {
    loseNotices(world);
    const order = await givenOrder(world, alice);
    await givenMoney(world, alice, order);
    untilBill();
    expect(await world.run(reconcile)).toMatchObject({ healed: 1, open: 0 });
    await world.drain();
    expect(await stored(world, orders.collection, order.id)).toMatchObject({ state: 'paid' });
    expect(await storedIn(world, 'entitlements')).toHaveLength(1);
    expect(await found()).toMatchObject([{ kind: 'missing_local', state: 'healed' }]);
    expect(await opened()).toEqual([]);
  });

  test('a second payment that only the bill tells of goes back', async () => {
    world.wechatPay.faults.next('payTwice');
    const [order] = await givenPaid(1);
    loseNotices(world);
    await passMinutes(world, 2);
    untilBill();
    await world.run(reconcile);
    await world.drain();
    expect(await storedIn(world, 'receipts')).toMatchObject([{ kind: 'settled' }, { kind: 'second' }]);
    expect(await storedIn(world, 'refunds')).toMatchObject([
      { orderId: order?.id, reason: 'second_payment' },
    ]);
  });

  test('a refund whose end only the bill tells of has ended', async () => {
    const order = await givenLateMoney(world, alice);
    await world.drain();
    loseNotices(world);
    await passMinutes(world, 2);
    expect(await storedIn(world, 'refunds')).toMatchObject([{ orderId: order.id, state: 'processing' }]);
    untilBill();
    expect(await world.run(reconcile)).toMatchObject({ open: 0 });
    expect(await storedIn(world, 'refunds')).toMatchObject([{ state: 'success' }]);
  });

  test('a refund that gives back access and no money is none of the bill', async () => {
    const [order] = await givenPaid(1);
    const { token } = await givenStaff(world, 'finance');
    const lines = (order?.lines ?? []).map(({ productId }) => ({
      productId,
      refundFen: 0,
      takesAccess: true,
    }));
    const asked = { orderId: order?.id, refundId: newRefundId(world), lines, reason: '违规转售' };
    expect((await world.call(createRefund, asked, { token })).data.refund.state).toBe('success');
    untilBill();
    expect(await world.run(reconcile)).toMatchObject({ open: 0, failed: 0 });
    expect(await opened()).toEqual([]);
  });

  test('every planted difference is found, named as what it is, and put before staff', async () => {
    const paid = await givenPaid(5);
    const late = await givenLateMoney(world, alice);
    await passMinutes(world, 2);
    untilBill();
    const [first, second, third, fourth] = paid.map(({ id }) => id);
    const stranger: BillLine = {
      atMs: dayStartMs(day) + 1,
      transactionId: '4200STRANGER',
      orderNumber: 'ord_01JD0000000000000000000099',
      openid: alice.openid,
      currency: 'CNY',
      totalFen: 100,
      refund: null,
      feeFen: 1,
    };
    const byHand = {
      ...stranger,
      refund: { refundId: '503', refundNumber: 'byhand', refundFen: 100, state: 'SUCCESS' },
    };
    const planted = (lines: readonly BillLine[]): readonly BillLine[] => [
      ...lines.flatMap((line) => {
        if (line.orderNumber === first) return [];
        if (line.orderNumber === second) return [{ ...line, totalFen: line.totalFen + 1 }];
        if (line.orderNumber === third) return [{ ...line, feeFen: line.feeFen + 2 }];
        if (line.orderNumber === fourth) return [{ ...line, orderNumber: 'another' }];
        if (line.orderNumber === late.id && line.refund !== null)
          return [{ ...line, refund: { ...line.refund, state: 'FAIL' } }];
        return [line];
      }),
      stranger,
      byHand,
    ];
    world.wechatPay.bills.planted = (lines) => (lines.length === 0 ? [] : planted(lines));
    expect(await world.run(reconcile)).toMatchObject({ healed: 0, open: 7 });
    const about = Object.fromEntries(
      (await found()).map(({ of, kind, orderNumber }) => [`${of} ${orderNumber}`, kind]),
    );
    expect(about).toEqual({
      [`payment ${first}`]: 'missing_remote',
      [`payment ${second}`]: 'amount_diff',
      [`payment ${third}`]: 'fee_diff',
      'payment another': 'state_diff',
      [`refund ${late.id}`]: 'state_diff',
      'payment ord_01JD0000000000000000000099': 'missing_local',
      'refund ord_01JD0000000000000000000099': 'missing_local',
    });
    expect(await opened()).toHaveLength(7);
    expect((await result()).openCount).toBe(7);
  });

  test.each([
    ['missing', 'missing_remote'],
    ['amount', 'amount_diff'],
    ['foreign', 'missing_local'],
  ] as const)(
    'a bill of either rail that is wrong by one payment, %s, has one difference',
    async (wrong, kind) => {
      Object.assign(world.ports.rails, { xpay });
      await givenPaid(2);
      for (const buyer of [alice, await world.login('bob')])
        await payVirtually(world, buyer, await givenXpayOrder(world, buyer));
      await pass(world, MINUTE_MS);
      untilBill();
      world.wechatPay.bills.planted = wrongBills[wrong];
      world.xpay.lists.planted = wrongLists[wrong];
      expect(await world.run(reconcile)).toMatchObject({ open: 2, failed: 0 });
      const differences = (await storedIn(world, 'reconDifferences')) as StoredDifference[];
      expect(differences.map((one) => `${one.reconciliationId} ${one.of} ${one.kind}`).sort()).toEqual([
        `wxpay:${day} payment ${kind}`,
        `xpay:${day} payment ${kind}`,
      ]);
    },
  );

  test('the fee and what the rail owes are of what is settled, where coupons of the shop’s own were used', async () => {
    await givenPaid(2);
    untilBill();
    world.wechatPay.bills.planted = (lines) =>
      lines.map((line) => ({ ...line, couponFen: 1_000, feeFen: 53 }));
    expect(await world.run(reconcile)).toMatchObject({ open: 0, failed: 0 });
    expect(await result()).toMatchObject({ paidFen: 19_800, feesFen: 106, couponsFen: 2_000 });
    const all = (await storedIn(world, 'journal')) as JournalEntry[];
    expect(balances(all).get('cash:wxpay')).toBe(19_800 - 106 - 2_000);
    expect(balances(all).get('disc:rail')).toBe(2_000);
  });

  test('a line that cannot be read is a case of its own, and the others are reconciled', async () => {
    loseNotices(world);
    const order = await givenOrder(world, alice);
    await givenMoney(world, alice, order);
    untilBill();
    const counter = { 交易状态: 'REVOKED', 商户订单号: 'POS20261120000000000001' };
    const another = { transactionId: '4200000000202611200000000009', totalFen: 0, feeFen: 0, cells: counter };
    world.wechatPay.bills.planted = (lines) => lines.flatMap((line) => [line, { ...line, ...another }]);
    expect(await world.run(reconcile)).toMatchObject({ healed: 1, open: 1, failed: 0 });
    expect(await stored(world, orders.collection, order.id)).toMatchObject({ state: 'paid' });
    expect(await found()).toMatchObject([
      { kind: 'missing_local', state: 'healed' },
      { kind: 'unreadable', of: 'line', bill: '交易状态 REVOKED', state: 'open' },
    ]);
    const [told, ...others] = await opened();
    expect([told?.story, others]).toEqual([expect.stringContaining('POS20261120000000000001'), []]);
    // The next look finds the same line and opens no second case.
    await world.ports.database.tx(async (tx) => tx.remove(reconciliations.collection, `wxpay:${day}`));
    expect(await world.run(reconcile)).toMatchObject({ open: 1 });
    expect(await opened()).toEqual([told]);
  });

  test('a payment of ours whose line cannot be read is not said to be missing', async () => {
    await givenPaid(1);
    untilBill();
    world.wechatPay.bills.planted = (lines) => lines.map((line) => ({ ...line, cells: { 手续费: '免' } }));
    expect(await world.run(reconcile)).toMatchObject({ open: 1, failed: 0 });
    expect(await found()).toMatchObject([{ kind: 'unreadable', bill: '手续费 免', billFen: 9_900 }]);
  });

  test('a day that is looked at twice is the same as once', async () => {
    loseNotices(world);
    const order = await givenOrder(world, alice);
    await givenMoney(world, alice, order);
    untilBill();
    world.wechatPay.bills.planted = (lines) => lines.map((line) => ({ ...line, feeFen: line.feeFen + 5 }));
    const askedAtMs = world.clock.now();
    await world.run(reconcile);
    await world.drain();
    const names = ['reconDifferences', 'reconciliations', 'journal', 'cases', 'receipts', 'orders'];
    const before = await storedIn(world, ...names);
    await world.ports.database.tx(async (tx) => tx.remove(reconciliations.collection, `wxpay:${day}`));
    world.clock.advance(askedAtMs - world.clock.now());
    await world.run(reconcile);
    await world.drain();
    expect(await storedIn(world, ...names)).toEqual(before);
    expect(await found()).toMatchObject([{ kind: 'fee_diff' }, { kind: 'missing_local' }]);
  });

  test('a difference that is there no more the next time is healed', async () => {
    await givenPaid(1);
    untilBill();
    world.wechatPay.bills.planted = () => [];
    await world.run(reconcile);
    expect(await found()).toMatchObject([{ kind: 'missing_remote', state: 'open' }]);
    world.wechatPay.bills.planted = null;
    await world.ports.database.tx(async (tx) => tx.remove(reconciliations.collection, `wxpay:${day}`));
    expect(await world.run(reconcile)).toMatchObject({ healed: 1, open: 0 });
    expect(await found()).toMatchObject([{ kind: 'missing_remote', state: 'healed' }]);
  });

  test('a difference that comes back is open again, and so is its case, which staff had closed', async () => {
    await givenPaid(1);
    untilBill();
    const lookAgain = async (planted: typeof world.wechatPay.bills.planted) => {
      world.wechatPay.bills.planted = planted;
      const looked = await world.ports.database.find(reconciliations.collection, `wxpay:${day}`);
      if (looked !== null)
        await world.ports.database.tx((tx) => tx.remove(reconciliations.collection, looked.id));
      return world.run(reconcile);
    };
    const another = (lines: readonly BillLine[]) =>
      lines.map((line) => ({ ...line, orderNumber: 'another' }));
    await lookAgain(another);
    const [before] = await opened();
    const closed = { state: 'closed', closedAtMs: world.clock.now(), resolution: '已核对' } as const;
    await world.ports.database.tx(async (tx) =>
      cases.save(tx, before as Case, { ...(before as Case), ...closed }),
    );
    // A case that staff closed stays closed while the difference is the same.
    expect(await lookAgain(another)).toMatchObject({ open: 1 });
    expect(await opened()).toEqual([]);
    expect(await lookAgain(null)).toMatchObject({ healed: 1, open: 0 });
    expect(await lookAgain(another)).toMatchObject({ healed: 0, open: 1 });
    expect(await found()).toMatchObject([{ state: 'open', healedAtMs: null }]);
    expect(await opened()).toMatchObject([{ id: before?.id, resolution: null }]);
  });

  test('fees that are others than those booked before are a difference, and stay as they were booked', async () => {
    await givenPaid(1);
    untilBill();
    await world.run(reconcile);
    world.wechatPay.bills.planted = (lines) => lines.map((line) => ({ ...line, feeFen: line.feeFen + 1 }));
    await world.ports.database.tx(async (tx) => tx.remove(reconciliations.collection, `wxpay:${day}`));
    expect(await world.run(reconcile)).toMatchObject({ open: 1 });
    expect(await found()).toMatchObject([{ kind: 'fee_diff', of: 'fees', oursFen: 59, billFen: 60 }]);
    expect(balances([await stored(world, journal.collection, `j_fees_wxpay_${day}`)]).get('fees')).toBe(59);
  });

  test('fees that virtual payment tells only days later are booked once they are known, each once', async () => {
    Object.assign(world.ports.rails, { xpay });
    for (const buyer of [alice, await world.login('bob')])
      await payVirtually(world, buyer, await givenXpayOrder(world, buyer));
    await pass(world, MINUTE_MS);
    const feesBooked = async () => {
      const entries = (await storedIn(world, 'journal')) as JournalEntry[];
      return balances(entries.filter(({ cause }) => cause === 'fees_charged')).get('fees') ?? 0;
    };
    const looked = () => stored(world, reconciliations.collection, `xpay:${day}`);
    untilBill();
    await world.run(reconcile);
    expect([await feesBooked(), await looked()]).toMatchObject([
      0,
      { paidFen: 19_800, feesFen: 0, openCount: 0 },
    ]);
    for (let days = 0; days < 5; days += 1) {
      world.clock.advance(DAY_MS);
      await world.run(reconcile);
    }
    expect([await feesBooked(), await looked()]).toMatchObject([198, { feesFen: 198, openCount: 0 }]);
    // Apple's fees, which come with a much later list, are added.
    world.xpay.lists.planted = (lines) =>
      lines.map((line) => ('platform_fee_fen' in line ? { ...line, platform_fee_fen: 150 } : line));
    for (let days = 0; days < 100; days += 1) {
      world.clock.advance(DAY_MS);
      await world.run(reconcile);
    }
    expect([await feesBooked(), await looked()]).toMatchObject([300, { feesFen: 300, openCount: 0 }]);
    expect(await opened()).toEqual([]);
  });

  test('a refund whose end we heard of a day late is in the bill of the day it went back', async () => {
    await givenLateMoney(world, alice);
    await world.drain();
    loseNotices(world);
    await passMinutes(world, 2);
    untilBill();
    const askedAtMs = world.clock.now();
    await world.run(reconcile);
    expect(await storedIn(world, 'refunds')).toMatchObject([{ finishedAtMs: askedAtMs }]);
    world.clock.advance(DAY_MS);
    expect(await world.run(reconcile)).toMatchObject({ days: 1, open: 0 });
  });

  test.each([['is not made'], ['cannot be had']])(
    'money that only the bill tells of is settled also when an older bill %s',
    async (how) => {
      // The refund was made yesterday and we heard of its end today. Yesterday's bill should have it.
      await givenLateMoney(world, alice);
      await world.drain();
      loseNotices(world);
      await passMinutes(world, 5);
      world.clock.advance(DAY_MS);
      await world.run(syncPayments);
      day = dayAfter(day, 1);
      const order = await givenOrder(world, alice);
      await givenMoney(world, alice, order);
      untilBill();
      const { wxpay } = world.ports.rails;
      const bill = wxpay.bill.bind(wxpay);
      const older = jest.spyOn(wxpay, 'bill').mockImplementation(async (days) => {
        if (days.includes(day)) return bill(days);
        if (how === 'is not made') return null;
        throw fail('pay.unavailable');
      });
      await world.run(reconcile);
      expect(await stored(world, orders.collection, order.id)).toMatchObject({ state: 'paid' });
      expect(await storedIn(world, 'reconciliations')).toEqual([]);
      older.mockRestore();
      world.clock.advance(HOUR_MS);
      expect(await world.run(reconcile)).toMatchObject({ failed: 0, open: 0 });
      expect(await result()).toMatchObject({ paymentCount: 1, healedCount: 1, openCount: 0 });
    },
  );

  test('an older look that ends last leaves the result of the newer one', async () => {
    await givenPaid(1);
    untilBill();
    const { wxpay } = world.ports.rails;
    const bill = wxpay.bill.bind(wxpay);
    const newer = world.clock.now() + MINUTE_MS;
    jest.spyOn(wxpay, 'bill').mockImplementationOnce(async (days) => {
      const rows = await bill(days);
      const at = { now: timeMs(newer), requestId: 'newer' };
      expect(await reconcileDay(world.ports, wxpay, day, at)).toMatchObject({ finishedAtMs: newer });
      return rows;
    });
    await world.run(reconcile);
    expect(await result()).toMatchObject({ finishedAtMs: newer });
  });

  test('missed days of the last week are caught up on, each once', async () => {
    await givenPaid(1);
    untilBill();
    world.clock.advance(3 * DAY_MS);
    expect(await world.run(reconcile)).toMatchObject({ days: 7, failed: 0, notReady: 0 });
    expect(await result()).toMatchObject({ paymentCount: 1 });
    expect(await world.run(reconcile)).toMatchObject({ days: 0 });
    world.clock.advance(DAY_MS);
    expect(await world.run(reconcile)).toMatchObject({ days: 1 });
  });

  test('days that follow the last one that was looked at are caught up on, however many: after a restore', async () => {
    untilBill();
    await world.run(reconcile);
    world.clock.advance(20 * DAY_MS);
    expect(await world.run(reconcile)).toMatchObject({ days: 20 });
    expect(await world.run(reconcile)).toMatchObject({ days: 0 });
  });

  test('a bill that is not there yet, or cannot be had, is asked for again the next time', async () => {
    untilBill();
    await world.run(reconcile);
    day = dayAfter(day, 1);
    untilBill();
    world.clock.advance(-HOUR_MS);
    expect(await world.run(reconcile)).toMatchObject({ days: 0, notReady: 1 });
    world.clock.advance(HOUR_MS);
    world.wechatPay.bills.isSpoiled = true;
    await givenPaid(1);
    world.wechatPay.faults.next('serverError');
    expect(await world.run(reconcile)).toMatchObject({ days: 0, failed: 1 });
    expect(world.logs).toContainEqual(
      expect.objectContaining({ level: 'error', reconciliation: 'wxpay', day }),
    );
    world.wechatPay.bills.isSpoiled = false;
    expect(await world.run(reconcile)).toMatchObject({ days: 1, failed: 0 });
  });

  test('a bill that cannot be had for three mornings becomes a case, once', async () => {
    await givenPaid(1);
    untilBill();
    await world.run(reconcile);
    day = dayAfter(day, 1);
    await givenPaid(1);
    world.wechatPay.bills.isSpoiled = true;
    const seen = [];
    for (let mornings = 1; mornings <= 4; mornings += 1) {
      world.clock.advance(DAY_MS);
      expect(await world.run(reconcile)).toMatchObject({ failed: 1 });
      seen.push((await opened()).map(({ id }) => id));
    }
    const unread = [`reconciliation:wxpay:${day}:unread`];
    expect(seen).toEqual([[], [], unread, unread]);
  });

  describe('virtual payment', () => {
    beforeEach(() => {
      Object.assign(world.ports.rails, { xpay });
    });

    test('a second payment, which no question shows, is found in the bill and goes back', async () => {
      const order = await givenXpayOrder(world, alice);
      world.xpay.faults.next('doublePay');
      await payVirtually(world, alice, order);
      await pass(world, MINUTE_MS);
      expect(virtualMoneyOf(world, order.id)).toHaveLength(2);
      expect(await storedIn(world, 'refunds')).toEqual([]);
      untilBill();
      expect(await world.run(reconcile)).toMatchObject({ healed: 1, failed: 0 });
      await pass(world, 2 * MINUTE_MS);
      expect(await storedIn(world, 'refunds')).toMatchObject([
        { reason: 'second_payment', state: 'success' },
      ]);
      expect(
        virtualMoneyOf(world, order.id)
          .map(({ leftFen }) => leftFen)
          .sort(),
      ).toEqual([0, 9_900]);
      expect(await storedIn(world, 'entitlements')).toHaveLength(1);
    });

    test('only Apple refunds money that Apple took and that only the bill told us of', async () => {
      const order = await givenXpayOrder(world, alice, { platform: 'android' });
      Object.assign(world.xpay.faults.shares, { lose: 1, doublePay: 1, secondShown: 1 });
      await payVirtually(world, alice, order, 'ios');
      await pass(world, MINUTE_MS);
      untilBill();
      expect(await world.run(reconcile)).toMatchObject({ healed: 2, failed: 0 });
      expect(await storedIn(world, 'receipts')).toHaveLength(2);
      expect((await askBack(world, alice, order, order.payableFen)).code).toBe('refund.ask_apple');
    });

    test('Apple gives back one of two payments before we hear of the other: staff are told what the buyer lacks', async () => {
      const order = await givenXpayOrder(world, alice, { platform: 'ios' });
      world.xpay.faults.shares.doublePay = 1;
      await payVirtually(world, alice, order, 'ios');
      await pass(world, 2 * MINUTE_MS);
      expect(await storedIn(world, 'receipts')).toHaveLength(1);
      world.xpay.apple.refund(order.id);
      await pass(world, MINUTE_MS);
      untilBill();
      expect(await world.run(reconcile)).toMatchObject({ failed: 0 });
      const told = ((await storedIn(world, 'cases')) as Case[]).filter(
        ({ kind }) => kind === 'second_payment',
      );
      expect(told).toMatchObject([{ orderId: order.id, amountFen: 9_900 }]);
      expect(told[0]?.story).toContain('没有权益');
    });

    test.each(['xpay', 'wxpay'] as const)(
      'a discount that %s pays for is paid money: the order is paid, and the bill says the same',
      async (rail) => {
        const simulator = rail === 'xpay' ? world.xpay : world.wechatPay;
        simulator.faults.next('platformDiscount' as never);
        const order = rail === 'xpay' ? await givenXpayOrder(world, alice) : await givenOrder(world, alice);
        if (rail === 'xpay') await payVirtually(world, alice, order);
        else await givenMoney(world, alice, order);
        await pass(world, MINUTE_MS);
        expect((await stored(world, orders.collection, order.id)).state).toBe('paid');
        expect(await storedIn(world, 'receipts')).toMatchObject([{ kind: 'settled', amountFen: 9_900 }]);
        untilBill();
        expect(await world.run(reconcile)).toMatchObject({ healed: 0, open: 0, failed: 0 });
        const sums = { paymentCount: 1, paidFen: 9_900, openCount: 0 };
        expect(await stored(world, reconciliations.collection, `${rail}:${day}`)).toMatchObject(sums);
      },
    );

    test('a whole refund of a discounted order is more than the platform gives back: a case with the figure', async () => {
      world.xpay.faults.next('platformDiscount');
      const order = await givenXpayOrder(world, alice);
      await payVirtually(world, alice, order);
      await pass(world, MINUTE_MS);
      await askBack(world, alice, order, order.payableFen);
      await pass(world, MINUTE_MS);
      expect(await storedIn(world, 'cases')).toMatchObject([
        { kind: 'refund_abnormal', orderId: order.id, story: expect.stringContaining('left_fee 8910') },
      ]);
    });

    test('a payment whose every push was lost is settled from the bill', async () => {
      const order = await givenXpayOrder(world, alice);
      world.xpay.faults.next('lose');
      await payVirtually(world, alice, order);
      untilBill();
      expect(await world.run(reconcile)).toMatchObject({ healed: 1, open: 0 });
      expect((await stored(world, orders.collection, order.id)).state).toBe('paid');
      const sums = { paymentCount: 1, paidFen: 9_900, openCount: 0 };
      expect(await stored(world, reconciliations.collection, `xpay:${day}`)).toMatchObject(sums);
    });

    test('a refund by Apple that we were never told of is taken over from the bill, once', async () => {
      const order = await givenXpayOrder(world, alice, { platform: 'ios' });
      await payVirtually(world, alice, order, 'ios');
      await pass(world, MINUTE_MS);
      world.xpay.faults.shares.lose = 1;
      world.xpay.apple.refund(order.id);
      await pass(world, MINUTE_MS);
      expect(await storedIn(world, 'refunds')).toEqual([]);
      untilBill();
      expect(await world.run(reconcile)).toMatchObject({ healed: 1, open: 0, failed: 0 });
      expect(await storedIn(world, 'refunds')).toMatchObject([{ reason: 'platform', state: 'success' }]);
      expect(await storedIn(world, 'entitlements')).toMatchObject([{ sources: [{ state: 'revoked' }] }]);
      expect(await storedIn(world, 'cases')).toEqual([]);
      await world.ports.database.tx((tx) => tx.remove(reconciliations.collection, `xpay:${day}`));
      expect(await world.run(reconcile)).toMatchObject({ open: 0, failed: 0 });
      expect(await storedIn(world, 'refunds')).toHaveLength(1);
      // We heard of it a day after it was billed, so the next day's bill need not have it.
      world.clock.advance(DAY_MS);
      expect(await world.run(reconcile)).toMatchObject({ days: 3, open: 0, failed: 0 });
    });

    test('what was paid and given back on the same day, and never told, is in the books, and granted nothing', async () => {
      const order = await givenXpayOrder(world, alice, { platform: 'ios' });
      world.xpay.faults.shares.lose = 1;
      await payVirtually(world, alice, order, 'ios');
      world.xpay.apple.refund(order.id);
      await pass(world, MINUTE_MS);
      untilBill();
      expect(await world.run(reconcile)).toMatchObject({ healed: 2, open: 0, failed: 0 });
      expect(await storedIn(world, 'receipts')).toMatchObject([{ kind: 'late', amountFen: 9_900 }]);
      expect(await storedIn(world, 'refunds')).toMatchObject([
        { reason: 'platform', state: 'success', refundFen: 9_900, lines: [] },
      ]);
      expect(await stored(world, orders.collection, order.id)).toMatchObject({ state: 'closed' });
      expect(await storedIn(world, 'entitlements')).toEqual([]);
    });

    test('a part that the platform gave back by itself is in the books, leaves access, and is for staff', async () => {
      const order = await givenXpayOrder(world, alice, { platform: 'ios' });
      await payVirtually(world, alice, order, 'ios');
      await pass(world, MINUTE_MS);
      world.xpay.faults.shares.lose = 1;
      world.xpay.apple.refund(order.id);
      await pass(world, MINUTE_MS);
      world.xpay.lists.planted = (lines) =>
        lines.map((line) =>
          'refund_fee' in line && line.refund_fee === 9_900 ? { ...line, refund_fee: 100 } : line,
        );
      untilBill();
      expect(await world.run(reconcile)).toMatchObject({ healed: 1, open: 0, failed: 0 });
      expect(await storedIn(world, 'refunds')).toMatchObject([
        { reason: 'platform', state: 'success', refundFen: 100, lines: [{ takesAccess: false }] },
      ]);
      expect(await storedIn(world, 'entitlements')).toMatchObject([{ sources: [{ state: 'active' }] }]);
      expect(await storedIn(world, 'cases')).toMatchObject([
        { kind: 'platform_refund', orderId: order.id, amountFen: 100 },
      ]);
    });

    test('a refund by Apple that we were told of is no difference', async () => {
      const order = await givenXpayOrder(world, alice, { platform: 'ios' });
      await payVirtually(world, alice, order, 'ios');
      await pass(world, MINUTE_MS);
      world.xpay.apple.refund(order.id);
      await pass(world, MINUTE_MS);
      expect(await storedIn(world, 'refunds')).toMatchObject([{ reason: 'platform', state: 'success' }]);
      untilBill();
      expect(await world.run(reconcile)).toMatchObject({ healed: 0, open: 0 });
    });

    test('a refund by Apple that completes a refund which we could not make is no difference', async () => {
      const order = await givenXpayOrder(world, alice);
      await payVirtually(world, alice, order, 'ios');
      await pass(world, MINUTE_MS);
      // As if the news of the payment had not said that Apple took the money.
      await givenChanged(world, orders, order.id, { platform: 'android' });
      await askBack(world, alice, order, 9_900);
      await passMinutes(world, 10, syncPayments);
      expect(await storedIn(world, 'refunds')).toMatchObject([{ reason: 'buyer', state: 'abnormal' }]);
      world.xpay.apple.refund(order.id);
      await pass(world, MINUTE_MS);
      expect(await storedIn(world, 'refunds')).toMatchObject([
        { reason: 'buyer', state: 'closed' },
        { reason: 'platform', state: 'success' },
      ]);
      untilBill();
      expect(await world.run(reconcile)).toMatchObject({ healed: 0, open: 0, failed: 0 });
    });

    test('a list that cannot be made keeps no other rail waiting', async () => {
      await givenPaid(1);
      world.xpay.faults.shares.listFailed = 1;
      untilBill();
      expect(await world.run(reconcile)).toMatchObject({ days: 7, failed: 7 });
    });
  });
});

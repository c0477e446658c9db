import * as fc from 'fast-check';
import {
  type BookedReceipt,
  type BookedRefund,
  balances,
  entry,
  feesEntry,
  keptIn,
  lateMoneyEntry,
  type Owed,
  orderPaidEntry,
  owedFor,
  refundEntries,
} from '../../../shared/domain/books/journal.ts';
import { dayAfter, dayOf, dayStartMs } from '../../../shared/domain/day.ts';
import { codeOf } from '../../../shared/errors.ts';
import { DAY_MS, FlashSaleId, fen, timeMs } from '../../../shared/schemas/base.ts';
import { type Account, JournalEntry } from '../../../shared/schemas/books/journal.ts';
import { ProductKind } from '../../../shared/schemas/catalogue/productKind.ts';
import type { Order } from '../../../shared/schemas/orders/order.ts';
import { aQuote, NOW, ORDER_ID } from '../../support/given/holding.ts';

const SEED = 20_261_123;
const RUNS = { seed: SEED, numRuns: 500 };

type Booked = Pick<Order, 'id' | 'lines' | 'isHonoured'>;

const DISCOUNTS = ['activityFen', 'memberFen', 'ownedFen', 'campaignFen', 'couponFen', 'pointsFen'] as const;

/** Priced lines whose shares sum to the discounts, as in every quote. */
const anyOrder: fc.Arbitrary<Booked> = fc
  .record({
    lines: fc.array(
      fc.record({
        kind: fc.constantFrom(...ProductKind.options),
        isFlash: fc.boolean(),
        paid: fc.nat(1_000_000),
        off: fc.tuple(...DISCOUNTS.map(() => fc.nat(100_000))),
      }),
      { minLength: 1, maxLength: 20 },
    ),
    isHonoured: fc.boolean(),
  })
  .map(({ lines, isHonoured }) => ({
    id: ORDER_ID,
    isHonoured,
    lines: lines.map(({ kind, isFlash, paid, off }) => {
      const [base] = aQuote([0]).lines;
      if (base === undefined) throw new Error('no line');
      const shares = { ...base.shares, pointsCount: 0 };
      DISCOUNTS.forEach((name, index) => {
        shares[name] = fen(off[index] ?? 0);
      });
      const listFen = fen(paid + off.reduce((sum, each) => sum + each, 0));
      const flashSaleId = isFlash ? FlashSaleId.parse('fls_01JD0000000000000000000001') : null;
      return { ...base, kind, listFen, shares, flashSaleId, paidFen: fen(paid) };
    }),
  }));

const paidOf = ({ lines }: Booked) => lines.reduce((sum, { paidFen }) => sum + paidFen, 0);

function receiptOf(order: Booked, kind: BookedReceipt['kind'] = 'settled'): BookedReceipt | null {
  const amountFen = fen(paidOf(order));
  return amountFen === 0 ? null : { id: 'wxpay:T1', orderId: ORDER_ID, rail: 'wxpay', amountFen, kind };
}

const refundOf = (refundFen: number, state: BookedRefund['state'], reason: BookedRefund['reason']) => ({
  id: 'rfd_1',
  orderId: ORDER_ID,
  rail: 'wxpay' as const,
  refundFen: fen(refundFen),
  reason,
  state,
});

const real = (entries: readonly (JournalEntry | null)[]) => entries.filter((each) => each !== null);
const of = (sums: ReadonlyMap<Account, number>, account: Account) => sums.get(account) ?? 0;

describe('the journal', () => {
  test('every entry sums to zero, fits its schema, and takes in exactly the money that came', () => {
    fc.assert(
      fc.property(anyOrder, (order) => {
        const booked = orderPaidEntry(order, receiptOf(order), NOW);
        const isNothing = order.lines.every(({ listFen }) => listFen === 0);
        if (booked === null) return isNothing;
        const sums = balances([JournalEntry.parse(booked)]);
        expect([...sums.values()].reduce((sum, each) => sum + each, 0)).toBe(0);
        expect(of(sums, 'cash:wxpay')).toBe(paidOf(order));
        const sold = [...sums].filter(([account]) => account.startsWith('rev:'));
        const listFen = order.lines.reduce((sum, line) => sum + line.listFen, 0);
        return sold.reduce((sum, [, each]) => sum + each, 0) === -listFen;
      }),
      RUNS,
    );
  });

  test('the unpaid part of an honoured order is a loss and not a discount', () => {
    fc.assert(
      fc.property(anyOrder, (order) => {
        const sums = balances(real([orderPaidEntry({ ...order, isHonoured: true }, receiptOf(order), NOW)]));
        expect([of(sums, 'disc:coupon'), of(sums, 'disc:points')]).toEqual([0, 0]);
        const lost = order.lines.reduce((sum, { shares, flashSaleId }) => {
          const places = flashSaleId === null ? 0 : shares.activityFen;
          return sum + shares.couponFen + shares.pointsFen + places;
        }, 0);
        return of(sums, 'loss:honoured') === lost;
      }),
      RUNS,
    );
  });

  test('an entry that does not balance is never booked', () => {
    const asked = {
      id: 'j_x',
      cause: 'order_paid',
      orderId: null,
      dayShanghai: dayOf(NOW),
      atMs: NOW,
    } as const;
    const unbalanced = () => entry({ ...asked, lines: [['fees', 1]] });
    const fractional = () =>
      entry({
        ...asked,
        lines: [
          ['fees', 0.5],
          ['cash:xpay', -0.5],
        ],
      });
    for (const wrong of [unbalanced, fractional]) {
      let code: unknown = null;
      try {
        wrong();
      } catch (caught) {
        code = codeOf(caught);
      }
      expect(code).toBe('internal');
    }
    const stored = {
      ...asked,
      unit: 'fen',
      lines: [
        ['fees', 2],
        ['cash:xpay', -1],
      ],
    };
    expect(JournalEntry.safeParse(stored).success).toBe(false);
  });

  test('an order paid with less than its lines say cannot be booked', () => {
    const order = { id: ORDER_ID, lines: aQuote([9_900]).lines, isHonoured: false };
    const short = {
      id: 'wxpay:T1',
      orderId: ORDER_ID,
      rail: 'wxpay',
      amountFen: fen(9_899),
      kind: 'settled',
    } as const;
    expect(() => orderPaidEntry(order, short, NOW)).toThrow('does not balance');
  });

  const ends = fc.constantFrom('success', 'closed' as const);
  const underWay = fc.array(fc.constantFrom('approved', 'processing', 'abnormal' as const), { maxLength: 4 });

  /** Books every state that a refund goes through, each entry once. */
  function walked(states: readonly BookedRefund['state'][], refund: BookedRefund, owed: Owed) {
    const journal = new Map<string, JournalEntry>();
    for (const state of states) {
      for (const each of real(refundEntries({ ...refund, state }, owed, NOW))) {
        if (!journal.has(each.id)) journal.set(each.id, JournalEntry.parse(each));
      }
    }
    return journal;
  }

  test('a refund that has ended leaves no balance of refunds on their way, however it ended', () => {
    fc.assert(
      fc.property(anyOrder, underWay, ends, fc.nat(10_000), (order, states, end, share) => {
        const receipt = receiptOf(order);
        const refundFen = Math.floor((paidOf(order) * share) / 10_000);
        const refund = refundOf(refundFen, end, 'buyer');
        const journal = [...walked(['requested', ...states, end], refund, 'refunds').values()];
        const sums = balances([...real([orderPaidEntry(order, receipt, NOW)]), ...journal]);
        expect(of(sums, 'payable:refund')).toBe(0);
        expect(of(sums, 'refunds')).toBe(end === 'success' ? refundFen : 0);
        return of(sums, 'cash:wxpay') === paidOf(order) - (end === 'success' ? refundFen : 0);
      }),
      RUNS,
    );
  });

  test('late money that went back leaves nothing in the books, and money that did not is still owed', () => {
    for (const [end, owed] of [
      ['success', 0],
      ['closed', -9_900],
    ] as const) {
      const receipt = {
        id: 'wxpay:T2',
        orderId: ORDER_ID,
        rail: 'wxpay',
        amountFen: fen(9_900),
        kind: 'late',
      } as const;
      const refund = refundOf(9_900, end, 'late_payment');
      const journal = [...walked(['approved', 'processing', end], refund, 'payable:late').values()];
      const sums = balances([...real([lateMoneyEntry(receipt, true, NOW)]), ...journal]);
      expect([of(sums, 'payable:late'), of(sums, 'payable:refund'), of(sums, 'cash:wxpay')]).toEqual([
        owed,
        0,
        0 - owed,
      ]);
    }
  });

  test('a second payment that we cannot give back is credit, until the platform gives it back', () => {
    const receipt = {
      id: 'xpay:T3',
      orderId: ORDER_ID,
      rail: 'xpay',
      amountFen: fen(9_900),
      kind: 'second',
    } as const;
    const came = real([lateMoneyEntry(receipt, false, NOW)]);
    expect(of(balances(came), 'liab:credit')).toBe(-9_900);
    const back = { ...refundOf(9_900, 'success', 'platform'), rail: 'xpay' as const };
    const sums = balances([
      ...came,
      ...real(refundEntries(back, owedFor({ lines: came.flatMap(({ lines }) => lines) }), NOW)),
    ]);
    expect([...sums.values()]).toEqual([0, 0, 0]);
  });

  test('late money that was owed and comes back by the platform is taken from where it was booked', () => {
    const receipt = {
      id: 'xpay:T4',
      orderId: ORDER_ID,
      rail: 'xpay',
      amountFen: fen(9_900),
      kind: 'late',
    } as const;
    const came = real([lateMoneyEntry(receipt, true, NOW)]);
    const back = { ...refundOf(9_900, 'success', 'platform'), rail: 'xpay' as const };
    const sums = balances([
      ...came,
      ...real(refundEntries(back, owedFor({ lines: came.flatMap(({ lines }) => lines) }), NOW)),
    ]);
    expect([of(sums, 'payable:late'), of(sums, 'payable:refund'), of(sums, 'cash:xpay')]).toEqual([0, 0, 0]);
  });

  test('a refund that waits for staff, was rejected, or gives no money back books nothing', () => {
    expect(refundEntries(refundOf(100, 'requested', 'buyer'), 'refunds', NOW)).toEqual([]);
    expect(refundEntries(refundOf(100, 'rejected', 'buyer'), 'refunds', NOW)).toEqual([]);
    expect(refundEntries({ ...refundOf(0, 'success', 'buyer'), rail: 'zero' }, 'refunds', NOW)).toEqual([]);
  });

  test('a free order of something that has a price is booked, and one of nothing is not', () => {
    const priced = { id: ORDER_ID, lines: aQuote([9_900], 9_900).lines, isHonoured: false };
    expect(orderPaidEntry(priced, null, NOW)).toMatchObject({
      id: `j_zero_${ORDER_ID}`,
      lines: [
        ['rev:course', -9_900],
        ['disc:coupon', 9_900],
      ],
    });
    expect(orderPaidEntry({ ...priced, lines: aQuote([0]).lines }, null, NOW)).toBeNull();
  });

  test('a day’s fees are one entry on that day, also when the rail gave back more than it kept', () => {
    const about = { rail: 'xpay', day: '2026-11-22', time: 1 } as const;
    expect(feesEntry(about, { feesFen: -7, couponsFen: 0 }, NOW)).toMatchObject({
      id: 'j_fees_xpay_2026-11-22',
      dayShanghai: '2026-11-22',
      lines: [
        ['fees', -7],
        ['cash:xpay', 7],
      ],
    });
    const second = { ...about, rail: 'wxpay', time: 2 } as const;
    expect(feesEntry(second, { feesFen: 0, couponsFen: 0 }, NOW)).toBeNull();
    const both = feesEntry(second, { feesFen: 53, couponsFen: 1_000 }, NOW);
    expect(both?.lines).toEqual([
      ['fees', 53],
      ['disc:rail', 1_000],
      ['cash:wxpay', -1_053],
    ]);
    expect(keptIn(both === null ? [] : [both, both])).toEqual({ feesFen: 106, couponsFen: 2_000 });
  });
});

describe('the calendar', () => {
  test('a day begins at midnight in Shanghai, and every instant is in one day', () => {
    expect(new Date(dayStartMs('2026-11-22')).toISOString()).toBe('2026-11-21T16:00:00.000Z');
    expect(dayOf(timeMs(dayStartMs('2026-11-22') - 1))).toBe('2026-11-21');
    fc.assert(
      fc.property(fc.integer({ min: DAY_MS, max: 4_000_000_000_000 }), (at) => {
        const day = dayOf(timeMs(at));
        const start = dayStartMs(day);
        return start <= at && at < start + DAY_MS && dayAfter(day, 1) === dayOf(timeMs(start + DAY_MS));
      }),
      RUNS,
    );
  });

  test('days are counted over the ends of months and years', () => {
    expect(dayAfter('2028-02-28', 1)).toBe('2028-02-29');
    expect(dayAfter('2027-01-01', -1)).toBe('2026-12-31');
  });

  test('a date that does not exist is refused', () => {
    expect(() => dayStartMs('2026-02-30')).toThrow(RangeError);
  });
});

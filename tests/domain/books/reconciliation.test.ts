import * as fc from 'fast-check';
import {
  amountOf,
  type BilledRow,
  type Books,
  differenceId,
  differences,
  paymentsToSettle,
  refundsToHear,
  storyOf,
  sumsOf,
} from '../../../shared/domain/books/reconciliation.ts';
import { fen, timeMs } from '../../../shared/schemas/base.ts';
import type { Difference } from '../../../shared/schemas/books/reconciliation.ts';
import type { Receipt } from '../../../shared/schemas/payments/payment.ts';
import type { Refund } from '../../../shared/schemas/refunds/refund.ts';
import { NOW, ORDER_ID } from '../../support/given/holding.ts';

/** All differences together. */
const allOf = (books: Books) => [...differences(books)].flat();

const RUNS = { seed: 20_261_123, numRuns: 300 };

const receiptOf = (transactionId: string, amountFen: number): Receipt => ({
  id: `wxpay:${transactionId}`,
  orderId: ORDER_ID,
  rail: 'wxpay',
  transactionId,
  amountFen: fen(amountFen),
  kind: 'settled',
  openid: null,
  paidAtMs: NOW,
  receivedAtMs: timeMs(NOW + 1),
});

const refundOf = (id: string, transactionId: string, refundFen: number, state: Refund['state']): Refund => ({
  id,
  orderId: ORDER_ID,
  rail: 'wxpay',
  platform: 'web',
  transactionId,
  refundFen: fen(refundFen),
  totalFen: fen(refundFen),
  reason: 'buyer',
  words: null,
  lines: [],
  state,
  approvals: [],
  userId: null,
  approvalsNeeded: 0,
  rejected: null,
  pointsReturned: 0,
  pointsTaken: 0,
  syncNextAtMs: null,
  syncTries: 0,
  requestedAtMs: NOW,
  approvedAtMs: NOW,
  finishedAtMs: NOW,
  updatedAtMs: NOW,
});

const paymentRow = ({ transactionId, orderId, amountFen }: Receipt): BilledRow => ({
  kind: 'payment',
  transactionId,
  orderNumber: orderId,
  refundId: null,
  amountFen,
  settledFen: amountFen,
  feeFen: Math.round(amountFen * 0.006),
  state: 'success',
});

const refundRow = ({ id, transactionId, refundFen }: Refund): BilledRow => ({
  kind: 'refund',
  transactionId: transactionId ?? '',
  orderNumber: ORDER_ID,
  refundId: id,
  amountFen: refundFen,
  settledFen: refundFen,
  feeFen: 0,
  state: 'success',
});

interface Day {
  readonly receipts: readonly Receipt[];
  readonly refunds: readonly Refund[];
}

/** A day of payments, some of which were refunded. */
const anyDay: fc.Arbitrary<Day> = fc
  .array(fc.record({ amountFen: fc.integer({ min: 100, max: 1_000_000 }), isBack: fc.boolean() }), {
    maxLength: 30,
  })
  .map((sales) => ({
    receipts: sales.map(({ amountFen }, index) => receiptOf(`T${index}`, amountFen)),
    refunds: sales.flatMap(({ amountFen, isBack }, index) =>
      isBack ? [refundOf(`rfd_${index}`, `T${index}`, amountFen, 'success')] : [],
    ),
  }));

const rowsOf = ({ receipts, refunds }: Day): BilledRow[] => [
  ...receipts.map(paymentRow),
  ...refunds.map(refundRow),
];

function booksOf(
  { receipts, refunds }: Day,
  rows: readonly BilledRow[],
  feeBasisPoints: number | null = 60,
): Books {
  return {
    rows,
    unreadable: [],
    feeBasisPoints,
    receipts: new Map(receipts.map((each) => [each.transactionId, each])),
    paid: receipts,
    refunds: new Map(refunds.map((each) => [each.id, each])),
    refunded: refunds,
    unnumbered: new Map(),
  };
}

/** The errors that one line can have, and the finding that each must cause. */
const PLANTS: Readonly<
  Record<string, readonly [(row: BilledRow) => readonly BilledRow[], readonly string[]]>
> = {
  'a line is missing': [() => [], ['missing_remote']],
  'an amount is a fen more': [(row) => [{ ...row, amountFen: row.amountFen + 1 }], ['amount_diff']],
  'another order': [(row) => [{ ...row, orderNumber: 'another' }], ['state_diff']],
  'a fee is two fen more': [(row) => [{ ...row, feeFen: row.feeFen + 2 }], ['fee_diff']],
  'a line is a stranger': [(row) => [row, { ...row, transactionId: 'S1' }], ['missing_local']],
  'a transaction is another one': [
    (row) => [{ ...row, transactionId: 'S1' }],
    ['missing_local', 'missing_remote'],
  ],
};

describe('what differs', () => {
  test('is nothing when the bill says what we say, in any order', () => {
    fc.assert(
      fc.property(anyDay, fc.infiniteStream(fc.nat()), (day, keys) => {
        const shuffled = rowsOf(day)
          .map((row) => ({ row, key: keys.next().value }))
          .sort((left, right) => left.key - right.key)
          .map(({ row }) => row);
        expect(allOf(booksOf(day, shuffled))).toEqual([]);
      }),
      RUNS,
    );
  });

  test.each(Object.keys(PLANTS))('%s: it is found, named, and nothing else is', (name) => {
    const [plant, kinds] = PLANTS[name] ?? [() => [], []];
    fc.assert(
      fc.property(anyDay, fc.nat(), ({ receipts }, at) => {
        fc.pre(receipts.length > 0);
        const day = { receipts, refunds: [] };
        const wrong = at % receipts.length;
        const rows = rowsOf(day).flatMap((row, index) => (index === wrong ? plant(row) : [row]));
        expect(allOf(booksOf(day, rows)).map(({ kind }) => kind)).toEqual(kinds);
      }),
      RUNS,
    );
  });

  test('a fee is compared only where one is agreed', () => {
    const day = { receipts: [receiptOf('T1', 9_900)], refunds: [] };
    const rows = rowsOf(day).map((row) => ({ ...row, feeFen: 0 }));
    expect(allOf(booksOf(day, rows))).toMatchObject([{ kind: 'fee_diff', oursFen: 59, billFen: 0 }]);
    expect(allOf(booksOf(day, rows, null))).toEqual([]);
  });

  const states = ['approved', 'processing', 'abnormal', 'success', 'closed', 'requested'] as const;
  const billed = ['success', 'processing', 'closed', 'abnormal'] as const;
  const expected: Readonly<Record<string, readonly (typeof billed)[number][]>> = {
    approved: ['success', 'closed', 'abnormal'],
    processing: ['success', 'closed', 'abnormal'],
    abnormal: ['success', 'closed'],
    success: [],
    // By our books nothing can have gone back, so the line becomes another refund.
    closed: ['success'],
    requested: ['success'],
  };

  test.each(states)('for a refund in state %s only news of its end is settled', (ours) => {
    const refund = refundOf('rfd_1', 'T1', 100, ours);
    const news = billed.filter((state) => {
      const rows = [{ ...refundRow(refund), state }];
      return refundsToHear(booksOf({ receipts: [], refunds: [refund] }, rows)).length > 0;
    });
    expect(news).toEqual(expected[ours]);
  });

  test.each([
    ['success', 'closed'],
    ['success', 'abnormal'],
    ['closed', 'success'],
  ] as const)('a refund that is %s here and %s at the rail is a difference', (ours, state) => {
    const refund = refundOf('rfd_1', 'T1', 100, ours);
    const books = booksOf({ receipts: [], refunds: [refund] }, [{ ...refundRow(refund), state }]);
    expect(allOf(books)).toMatchObject([{ kind: 'state_diff', of: 'refund', ours, bill: state }]);
  });

  test('an older state of a refund in the bill is no difference; another amount or transaction is one', () => {
    const refund = refundOf('rfd_1', 'T1', 100, 'success');
    const found = (changes: Partial<BilledRow>) =>
      allOf(booksOf({ receipts: [], refunds: [refund] }, [{ ...refundRow(refund), ...changes }]));
    expect(found({ state: 'processing' })).toEqual([]);
    expect(found({ amountFen: 101 })).toMatchObject([{ kind: 'amount_diff', oursFen: 100, billFen: 101 }]);
    expect(found({ transactionId: 'T2' })).toMatchObject([{ kind: 'state_diff', ours: 'T1', bill: 'T2' }]);
    expect(found({ refundId: 'byhand' }).map(({ kind }) => kind)).toEqual([
      'missing_local',
      'missing_remote',
    ]);
  });

  test('a refund that only the bill has is taken over by its number, and is then no difference', () => {
    const refund: Refund = { ...refundOf('rp_1', 'T1', 100, 'success'), reason: 'platform' };
    const row: BilledRow = { ...refundRow(refund), refundId: 'byhand' };
    const unknown = booksOf({ receipts: [], refunds: [] }, [row, { ...row, state: 'processing' }]);
    expect(refundsToHear(unknown)).toEqual([row]);
    const known: Books = {
      ...unknown,
      rows: [row],
      refunds: new Map([['byhand', refund]]),
      refunded: [refund],
    };
    expect([allOf(known), refundsToHear(known)]).toEqual([[], []]);
    const other = { ...known, rows: [{ ...row, amountFen: 99 }] };
    expect(allOf(other)).toMatchObject([{ kind: 'amount_diff', oursFen: 100, billFen: 99 }]);
    expect(refundsToHear(other)).toHaveLength(1);
  });

  test('a full refund told by a push is no difference, in however many parts the bill has it', () => {
    const whole: Refund = { ...refundOf('rp_1', 'T1', 350, 'success'), reason: 'platform' };
    const parts = [150, 200].map((amountFen, n) => ({ ...refundRow(whole), refundId: `XR${n}`, amountFen }));
    const unnumbered = new Map([['T1', whole]]);
    const known = { ...booksOf({ receipts: [], refunds: [] }, parts), unnumbered, refunded: [whole] };
    expect([allOf(known), refundsToHear(known)]).toEqual([[], []]);
    const more = { ...known, rows: [{ ...refundRow(whole), refundId: 'XR0', amountFen: 351 }] };
    expect(allOf(more)).toMatchObject([{ kind: 'amount_diff', oursFen: 350, billFen: 351 }]);
  });

  test('only payments that we know nothing of are settled', () => {
    const day = { receipts: [receiptOf('T1', 100)], refunds: [] };
    const stranger = { ...paymentRow(receiptOf('T2', 200)) };
    expect(paymentsToSettle(booksOf(day, [...rowsOf(day), stranger]))).toEqual([stranger]);
  });

  test('a bill sums up to what was paid, and to what went back already', () => {
    const refund = refundOf('rfd_1', 'T1', 100, 'success');
    const rows: BilledRow[] = [
      paymentRow(receiptOf('T1', 10_000)),
      { ...refundRow(refund), feeFen: -1 },
      { ...refundRow(refund), refundId: 'rfd_2', state: 'processing' },
    ];
    expect(sumsOf(rows)).toEqual({
      paymentCount: 1,
      paidFen: 10_000,
      refundCount: 2,
      refundedFen: 100,
      feesFen: 59,
      couponsFen: 0,
    });
  });

  test('the fee is of what is settled, and what a coupon of the shop took off is summed up', () => {
    const receipt = receiptOf('T1', 9_900);
    const row = { ...paymentRow(receipt), settledFen: 8_900, feeFen: 53 };
    const day = { receipts: [receipt], refunds: [] };
    expect(allOf(booksOf(day, [row]))).toEqual([]);
    expect(allOf(booksOf(day, [{ ...row, feeFen: 59 }]))).toMatchObject([
      { kind: 'fee_diff', oursFen: 53, billFen: 59 },
    ]);
    const refund = refundOf('rfd_1', 'T1', 4_950, 'success');
    const back = { ...refundRow(refund), settledFen: 4_450 };
    expect(sumsOf([row, back, { ...back, state: 'processing' }]).couponsFen).toBe(1_000 - 500);
  });

  test('an unreadable line of a bill is a difference of its own, and causes no other', () => {
    const unread = { orderNumber: null, billFen: null, bill: '交易状态 REVOKED' } as const;
    fc.assert(
      fc.property(anyDay, fc.nat(), (day, at) => {
        fc.pre(day.receipts.length > 0);
        const rows = rowsOf(day);
        const gone = rows[at % rows.length];
        if (gone === undefined) return;
        const { transactionId, refundId } = gone;
        const line = { ...unread, about: 'digest', transactionId, refundId };
        const left = rows.filter((row) => row !== gone);
        expect(allOf({ ...booksOf(day, left), unreadable: [line] })).toEqual([
          { ...line, kind: 'unreadable', of: 'line', oursFen: null, ours: null },
        ]);
        // A line that does not say what it is about: nobody knows which payment it means.
        const blank = { ...line, transactionId: null, refundId: null };
        expect(allOf({ ...booksOf(day, left), unreadable: [blank] }).map(({ kind }) => kind)).toEqual([
          'unreadable',
          'missing_remote',
        ]);
      }),
      RUNS,
    );
  });

  test('staff read both sides in yuan, and an amount beyond all bounds breaks nothing', () => {
    const found: Difference = {
      kind: 'amount_diff',
      of: 'payment',
      about: 'T1',
      transactionId: 'T1',
      orderNumber: ORDER_ID,
      refundId: null,
      oursFen: 9_905,
      billFen: -7,
      ours: 'settled',
      bill: null,
    };
    expect(storyOf('wxpay', '2026-11-22', found)).toBe(
      `2026-11-22 wxpay 对账：付款 T1 金额不一致。我方 99.05 元（settled），对账单 -0.07 元（无）。订单 ${ORDER_ID}`,
    );
    const line: Difference = {
      ...found,
      kind: 'unreadable',
      of: 'line',
      about: 'd1',
      bill: '交易状态 REVOKED',
    };
    expect(storyOf('wxpay', '2026-11-22', line)).toBe(
      '2026-11-22 wxpay 对账：对账单中的一行无法识别，未计入核对（交易状态 REVOKED）。金额 -0.07 元，微信订单号 T1，' +
        `商户订单号 ${ORDER_ID}，退款单号 无，行标识 d1。请在商户平台查明这一行。`,
    );
    expect(differenceId('wxpay', '2026-11-22', found)).toBe('wxpay:2026-11-22:amount_diff:payment:T1');
    expect([amountOf(found), amountOf({ ...found, billFen: 1e12 })]).toEqual([7, null]);
  });
});

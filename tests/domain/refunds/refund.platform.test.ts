import * as fc from 'fast-check';
import { placeOrder } from '../../../shared/domain/orders/order.ts';
import { newPayment } from '../../../shared/domain/payments/payment.ts';
import {
  advanceRefund,
  afterClosedRefund,
  afterRefund,
  approveRefund,
  isAllBack,
  isBehind,
  leftFen,
  leftOfPayment,
  linesOfPlatform,
  refundOfLines,
  roomFor,
} from '../../../shared/domain/refunds/refund.ts';
import { fen, timeMs } from '../../../shared/schemas/base.ts';
import type { Order } from '../../../shared/schemas/orders/order.ts';
import type { Refund, RefundState } from '../../../shared/schemas/refunds/refund.ts';
import { aQuote, NOW, ORDER_ID, USER_ID } from '../../support/given/holding.ts';

const SEED = 20_261_129;
const TRANSACTION = 'T1';

function paidOrder(paidFens: readonly number[]): Order {
  const order = placeOrder({
    ...{ id: ORDER_ID, userId: USER_ID, platform: 'web', quote: aQuote(paidFens), couponId: null },
    ...{ requestDigest: 'd'.repeat(64), now: NOW },
  });
  return { ...order, state: 'paid', paidAtMs: NOW };
}

const sum = (numbers: readonly number[]) => numbers.reduce((before, each) => before + each, 0);

/** A refund of the order's payment, asked for some milliseconds after the others. */
function refundOf(
  order: Order,
  lines: Refund['lines'],
  afterMs: number,
  reason: Refund['reason'] = 'buyer',
): Refund {
  const payment = newPayment(order);
  const made = {
    id: `rfd_${afterMs}`,
    order,
    payment,
    lines,
    words: null,
    approvalsNeeded: 0,
    reason,
  } as const;
  return { ...refundOfLines({ ...made, now: timeMs(NOW + afterMs) }), transactionId: TRANSACTION };
}

const amounts = fc.array(fc.integer({ min: 0, max: 100_000 }), { minLength: 1, maxLength: 6 });
/** A history of one order: our refunds, each up to some state, and refunds by the rail alone. */
const happenings = fc.array(
  fc.record({
    by: fc.constantFrom('us', 'us', 'rail'),
    share: fc.integer({ min: 1, max: 100 }),
    end: fc.constantFrom<RefundState>('approved', 'abnormal', 'processing', 'success', 'closed'),
  }),
  { maxLength: 12 },
);

interface Books {
  order: Order;
  readonly refunds: Map<string, Refund>;
}

/** Takes one of our refunds to its end state. */
function refundByUs(books: Books, share: number, end: RefundState, at: number): void {
  const { order } = books;
  const lines = order.lines.flatMap((line) => {
    const refundFen = fen(Math.floor((leftFen(order, line) * share) / 100));
    return refundFen === 0 ? [] : [{ productId: line.productId, refundFen, takesAccess: false }];
  });
  if (lines.length === 0) return;
  const approved = approveRefund({ refund: refundOf(order, lines, at), order }, null, NOW);
  const refund = { ...approved.refund, state: end };
  books.refunds.set(refund.id, refund);
  books.order = approved.order;
  if (end === 'success') books.order = afterRefund(approved.order, refund, NOW);
  if (end === 'closed') books.order = afterClosedRefund(approved.order, refund, NOW);
}

/** Records a refund by the rail alone, of a share of what is left there, as the flow does. */
function refundByRail(books: Books, share: number, at: number): void {
  const receipt = { transactionId: TRANSACTION, amountFen: books.order.payableFen };
  const made = [...books.refunds.values()].filter(
    ({ state }) => state === 'success' || state === 'processing',
  );
  const leftAtRail = receipt.amountFen - sum(made.map(({ refundFen }) => refundFen));
  const refundFen = Math.ceil((leftAtRail * share) / 100);
  const room = roomFor(receipt, [...books.refunds.values()], refundFen);
  if (room === null) {
    expect(refundFen).toBe(0);
    return;
  }
  expect(room.isAll).toBe(refundFen === leftAtRail);
  for (const each of room.toClose) {
    const closed = advanceRefund(each, 'closed', NOW);
    if (closed === null) throw new Error(`${each.state} cannot be closed`);
    books.refunds.set(each.id, closed);
    books.order = afterClosedRefund(books.order, closed, NOW);
  }
  const before = books.order;
  const lines = [...linesOfPlatform(before, refundFen)];
  expect(sum(lines.map((line) => line.refundFen))).toBe(refundFen);
  const left = sum(before.lines.map((line) => leftFen(before, line)));
  for (const line of lines)
    expect(line.takesAccess).toBe(refundFen === left && !before.revoked.includes(line.productId));
  const approved = approveRefund(
    { refund: refundOf(before, lines, at, 'platform'), order: before },
    null,
    NOW,
  );
  const done = { ...approved.refund, state: 'success' } as const;
  books.refunds.set(done.id, done);
  books.order = afterRefund(approved.order, done, NOW);
}

describe('refunds that the rail makes by itself', () => {
  test('always find their room beside those of ours, and never more goes back than was paid, of any line', () => {
    fc.assert(
      fc.property(amounts, happenings, (paidFens, all) => {
        const books: Books = { order: paidOrder(paidFens), refunds: new Map() };
        all.forEach(({ by, share, end }, at) => {
          if (by === 'us') refundByUs(books, share, end, at);
          else refundByRail(books, share, at);
          for (const line of books.order.lines) expect(leftFen(books.order, line)).toBeGreaterThanOrEqual(0);
        });
        const { order, refunds } = books;
        const left = leftOfPayment({ transactionId: TRANSACTION, amountFen: order.payableFen }, [
          ...refunds.values(),
        ]);
        expect(left).toBe(order.payableFen - order.refundedFen - order.refundingFen);
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  test('all of it takes every access that is left; a part takes none, and is spread by what is left of each line', () => {
    const order = paidOrder([6_000, 3_000, 0]);
    const part = linesOfPlatform(order, 900);
    expect(part.map(({ refundFen, takesAccess }) => [refundFen, takesAccess])).toEqual([
      [600, false],
      [300, false],
    ]);
    const whole = linesOfPlatform(order, 9_000);
    expect(whole.map(({ refundFen, takesAccess }) => [refundFen, takesAccess])).toEqual([
      [6_000, true],
      [3_000, true],
      [0, true],
    ]);
    const approved = approveRefund({ refund: refundOf(order, [...whole], 1), order }, null, NOW);
    const after = afterRefund(approved.order, { ...approved.refund, state: 'success' }, NOW);
    expect(isAllBack(after)).toBe(true);
    expect(after.revoked).toHaveLength(3);
  });

  test('only refunds that the rail has not accepted are closed, the newest first, and no more than needed', () => {
    const receipt = { transactionId: TRANSACTION, amountFen: 1_000 };
    const of = (id: string, refundFen: number, state: RefundState, at: number): Refund => ({
      ...refundOf(paidOrder([1_000]), [], at),
      ...{ id, refundFen: fen(refundFen), state },
    });
    const ours = [of('a', 300, 'approved', 1), of('b', 300, 'abnormal', 2), of('c', 200, 'processing', 3)];
    const closes = (refundFen: number | null) =>
      roomFor(receipt, ours, refundFen)?.toClose.map(({ id }) => id);
    expect(closes(200)).toEqual([]);
    expect(closes(201)).toEqual(['b']);
    expect(closes(501)).toEqual(['b', 'a']);
    expect(roomFor(receipt, ours, null)).toMatchObject({ refundFen: 800, isAll: true });
    expect(closes(801)).toBeUndefined();
    expect(roomFor(receipt, [of('d', 1_000, 'success', 1)], null)).toBeNull();
  });

  test('our books are behind when the rail has given back what no other refund of ours explains', () => {
    const of = (id: string, state: RefundState) => ({
      ...refundOf(paidOrder([1_000]), [], 1),
      ...{ id, refundFen: fen(300), state },
    });
    const own = of('own', 'approved');
    const says = { transactionId: TRANSACTION, hasRefunds: true };
    expect(isBehind('own', [own], says)).toBe(true);
    expect(isBehind('own', [own], { ...says, hasRefunds: false })).toBe(false);
    for (const state of ['approved', 'processing', 'success', 'closed', 'abnormal'] as const)
      expect([state, isBehind('own', [own, of('other', state)], says)]).toEqual([state, false]);
    for (const state of ['requested', 'rejected'] as const)
      expect([state, isBehind('own', [own, of('other', state)], says)]).toEqual([state, true]);
    const told = (movedBackFen: number) =>
      isBehind('own', [own, of('other', 'success')], { ...says, movedBackFen });
    expect([told(0), told(300), told(301)]).toEqual([false, false, true]);
    expect(isBehind('own', [own], { ...says, transactionId: 'T2', movedBackFen: 0 })).toBe(false);
  });
});

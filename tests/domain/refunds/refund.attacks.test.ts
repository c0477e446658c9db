import { placeOrder } from '../../../shared/domain/orders/order.ts';
import { newPayment } from '../../../shared/domain/payments/payment.ts';
import {
  afterClosedRefund,
  afterRefund,
  approveRefund,
  askedBefore,
  pointsMoved,
  refundOfLines,
} from '../../../shared/domain/refunds/refund.ts';
import { quoteRefund, refundAsQuoted } from '../../../shared/domain/refunds/refundQuote.ts';
import { codeOf } from '../../../shared/errors.ts';
import { fen, type UserId } from '../../../shared/schemas/base.ts';
import type { Order } from '../../../shared/schemas/orders/order.ts';
import type { RefundLine } from '../../../shared/schemas/refunds/refund.ts';
import { aQuote, NOW, ORDER_ID, USER_ID } from '../../support/given/holding.ts';

/** A paid order with these amounts. Its lines were also paid with these points. */
function paidOrder(paidFens: readonly number[], points: readonly number[] = []): Order {
  const quote = aQuote(paidFens);
  const lines = quote.lines.map((line, index) => ({
    ...line,
    shares: { ...line.shares, pointsCount: points[index] ?? 0 },
  }));
  const placed = { id: ORDER_ID, userId: USER_ID, platform: 'web', couponId: null, now: NOW } as const;
  const order = placeOrder({ ...placed, quote: { ...quote, lines }, requestDigest: 'd'.repeat(64) });
  return { ...order, state: 'paid', paidAtMs: NOW };
}

const asked = (order: Order, lines: readonly RefundLine[]) =>
  refundOfLines({
    id: 'rfd_01JD0000000000000000000000',
    order,
    payment: newPayment(order),
    lines,
    words: '课程下架补偿',
    reason: 'staff',
    now: NOW,
  });

const approve = (order: Order, ...lines: readonly RefundLine[]) =>
  approveRefund({ refund: { ...asked(order, lines), approvalsNeeded: 0 }, order }, null, NOW);

const partOf = (order: Order, index: number, refundFen: number): RefundLine => {
  const line = order.lines[index];
  if (line === undefined) throw new Error(`there is no line ${index}`);
  return { productId: line.productId, refundFen: fen(refundFen), takesAccess: true };
};

describe('attacks on refunds', () => {
  test('a line paid with points alone gives them back, though its access went when the refund was approved', () => {
    const order = paidOrder([0, 1_000], [500, 100]);
    const both = approve(order, partOf(order, 0, 0), partOf(order, 1, 1_000));
    expect(pointsMoved(both.order, afterRefund(both.order, both.refund, NOW)).returned).toBe(600);
    const free = paidOrder([0], [500]);
    const one = approve(free, partOf(free, 0, 0));
    expect(pointsMoved(one.order, afterRefund(one.order, one.refund, NOW)).returned).toBe(500);
  });

  test('points of such a line come back with its own refund, not with another that is faster', () => {
    const order = paidOrder([0, 1_000, 1_000], [500, 100, 100]);
    const slow = approve(order, partOf(order, 0, 0), partOf(order, 1, 1_000));
    const fast = approve(slow.order, partOf(order, 2, 1_000));
    const afterFast = afterRefund(fast.order, fast.refund, NOW);
    expect(pointsMoved(fast.order, afterFast).returned).toBe(100);
    expect(pointsMoved(afterFast, afterRefund(afterFast, slow.refund, NOW)).returned).toBe(600);
    const kept = afterClosedRefund(afterFast, slow.refund, NOW);
    expect(pointsMoved(afterFast, kept).returned).toBe(0);
  });

  test('access that two refunds take comes back only when the rail has closed both, in whichever order', () => {
    const order = paidOrder([1_000]);
    const first = approve(order, partOf(order, 0, 100));
    const second = approve(first.order, partOf(order, 0, 900));
    for (const [one, other] of [
      [first.refund, second.refund],
      [second.refund, first.refund],
    ] as const) {
      const closed = afterClosedRefund(second.order, one, NOW);
      expect(closed.revoked).toContain(order.lines[0]?.productId);
      expect(afterRefund(closed, other, NOW).revoked).toContain(order.lines[0]?.productId);
      expect(afterClosedRefund(closed, other, NOW).revoked).toEqual([]);
    }
  });

  test('many small refunds of one order need a second person as one large refund does', () => {
    const by = { by: 'usr_01JD0000000000000000000009' as UserId, reason: '拆分' };
    const order = paidOrder([60_000]);
    // Both refunds are asked for before either is approved.
    const [one, other] = [asked(order, [partOf(order, 0, 30_000)]), asked(order, [partOf(order, 0, 30_000)])];
    const agreed = approveRefund({ refund: one, order }, by, NOW);
    expect(agreed.refund.state).toBe('approved');
    expect(approveRefund({ refund: other, order: agreed.order }, by, NOW).refund).toMatchObject({
      state: 'requested',
      approvalsNeeded: 2,
    });
  });

  test('refund.line_unknown: a line that is named twice is not refunded at all', () => {
    const order = paidOrder([1_000, 1_000]);
    const line = partOf(order, 0, 1_000);
    expect(codeOf(seen(() => asked(order, [line, line])))).toBe('refund.line_unknown');
    const known = { order, payment: newPayment(order), used: new Map(), mayRefund: true, now: NOW } as const;
    const productIds = [line.productId, line.productId];
    expect(codeOf(seen(() => quoteRefund({ ...known, productIds })))).toBe('refund.line_unknown');
  });

  test('refund.id_taken: the same id with another amount, another reason, with access instead of without, or one line more', () => {
    const order = paidOrder([1_000, 500]);
    const line = partOf(order, 0, 100);
    const refund = asked(order, [line]);
    const same = {
      orderId: ORDER_ID,
      reason: 'staff',
      words: '课程下架补偿',
      refundFen: 100,
      lines: [line],
    } as const;
    expect(askedBefore(refund, same)).toBe(refund);
    for (const change of [
      { refundFen: 200, lines: [partOf(order, 0, 200)] },
      { words: '另一个原因' },
      { lines: [{ ...line, takesAccess: false }] },
      { lines: [line, partOf(order, 1, 0)] },
    ]) {
      expect(codeOf(seen(() => askedBefore(refund, { ...same, ...change })))).toBe('refund.id_taken');
    }
  });

  test('the rest of a revoked line does not stop the policy from refunding the other lines', () => {
    const order = paidOrder([1_000, 2_000]);
    const gift = approve(order, partOf(order, 0, 400));
    const known = { payment: newPayment(order), used: new Map(), mayRefund: true, now: NOW } as const;
    const all = { ...known, order: afterRefund(gift.order, gift.refund, NOW), productIds: null };
    const quote = quoteRefund(all);
    expect(quote).toMatchObject({ by: 'automatic', refundFen: 2_000 });
    const id = 'rfd_01JD0000000000000000000001';
    expect(refundAsQuoted(quote, { ...all, id, words: '不想学了' })).toMatchObject({ refundFen: 2_000 });
  });
});

function seen(act: () => unknown): unknown {
  try {
    return act();
  } catch (caught) {
    return caught;
  }
}

import * as fc from 'fast-check';
import { placeOrder } from '../../../shared/domain/orders/order.ts';
import { newPayment } from '../../../shared/domain/payments/payment.ts';
import {
  advanceRefund,
  afterClosedRefund,
  afterRefund,
  approveRefund,
  isAllBack,
  leftFen,
  lineRefundOf,
  nextTry,
  pointsKept,
  pointsMoved,
  refundOfLines,
} from '../../../shared/domain/refunds/refund.ts';
import { codeOf } from '../../../shared/errors.ts';
import { fen, type ProductId, type UserId } from '../../../shared/schemas/base.ts';
import { Order } from '../../../shared/schemas/orders/order.ts';
import { Refund } from '../../../shared/schemas/refunds/refund.ts';
import { aQuote, NOW, ORDER_ID, USER_ID } from '../../support/given/holding.ts';

const SEED = 20_261_123;

/** A paid order with these amounts. Its lines were also paid with these points. */
function paidOrder(paidFens: readonly number[], points: readonly number[] = []): Order {
  const quote = aQuote(paidFens);
  const lines = quote.lines.map((line, index) => ({
    ...line,
    shares: { ...line.shares, pointsCount: points[index] ?? 0 },
  }));
  const order = placeOrder({
    id: ORDER_ID,
    userId: USER_ID,
    platform: 'web',
    quote: { ...quote, lines },
    couponId: null,
    requestDigest: 'd'.repeat(64),
    now: NOW,
  });
  return { ...order, state: 'paid', paidAtMs: NOW };
}

const payment = newPayment(paidOrder([1]));

function asked(order: Order, lines: Refund['lines'], approvalsNeeded = 0): Refund {
  return refundOfLines({
    id: 'rfd_01JD0000000000000000000000',
    order,
    payment,
    lines,
    words: '不想学了',
    approvalsNeeded,
    reason: 'buyer',
    now: NOW,
  });
}

interface Plan {
  readonly line: number;
  readonly share: number;
  readonly takesAccess: boolean;
  readonly end: 'success' | 'closed' | 'open';
}

const plans = fc.array(
  fc.record<Plan>({
    line: fc.nat(5),
    share: fc.integer({ min: 1, max: 100 }),
    takesAccess: fc.boolean(),
    end: fc.constantFrom('success', 'success', 'closed', 'open'),
  }),
  { maxLength: 15 },
);
const amounts = fc.array(fc.integer({ min: 0, max: 100_000 }), { minLength: 1, maxLength: 6 });

describe('refunds of an order', () => {
  test('no sequence of them gives back more than was paid, of any line; and points follow the money, to the last one', () => {
    fc.assert(
      fc.property(amounts, fc.array(fc.nat(500), { maxLength: 6 }), plans, (paidFens, points, steps) => {
        let order = paidOrder(paidFens, points);
        const spent = order.lines.reduce((sum, line) => sum + line.shares.pointsCount, 0);
        let returned = 0;
        let taken = 0;
        for (const step of steps) {
          const line = order.lines[step.line % order.lines.length];
          if (line === undefined) continue;
          const left = leftFen(order, line);
          const refundFen = fen(Math.ceil((left * step.share) / 100));
          const refund = asked(order, [
            { productId: line.productId, refundFen, takesAccess: step.takesAccess || left === refundFen },
          ]);
          const approved = approveRefund({ refund, order }, null, NOW);
          expect(approved.refund.state).toBe('approved');
          const before = approved.order;
          order = before;
          if (step.end === 'closed') order = afterClosedRefund(before, approved.refund, NOW);
          if (step.end === 'success') {
            order = afterRefund(before, approved.refund, NOW);
            const moved = pointsMoved(before, order);
            returned += moved.returned;
            taken += moved.taken;
            expect(Math.min(moved.returned, moved.taken)).toBeGreaterThanOrEqual(0);
          }
          Order.parse(order);
          const sum = (of: 'refundingFen' | 'refundedFen') =>
            order.lineRefunds.reduce((total, each) => total + each[of], 0);
          expect([order.refundingFen, order.refundedFen]).toEqual([sum('refundingFen'), sum('refundedFen')]);
          for (const each of order.lines) {
            const { refundingFen, refundedFen } = lineRefundOf(order, each.productId);
            expect(refundingFen + refundedFen).toBeLessThanOrEqual(each.paidFen);
          }
          expect(returned).toBeLessThanOrEqual(spent);
          expect(pointsKept(order)).toBe(order.earnsPoints - taken);
        }
        if (isAllBack(order) && order.refundedFen === order.payableFen && order.payableFen > 0) {
          expect(taken).toBe(order.earnsPoints);
        }
      }),
      { seed: SEED, numRuns: 1_000 },
    );
  });

  test('a refund that the rail closed counts as never approved', () => {
    fc.assert(
      fc.property(amounts, fc.nat(5), (paidFens, index) => {
        const order = paidOrder(paidFens);
        const line = order.lines[index % order.lines.length];
        if (line === undefined) return;
        const refund = asked(order, [
          { productId: line.productId, refundFen: line.paidFen, takesAccess: true },
        ]);
        const approved = approveRefund({ refund, order }, null, NOW);
        const closed = afterClosedRefund(approved.order, approved.refund, NOW);
        expect({ ...closed, lineRefunds: [] }).toEqual({ ...order, lineRefunds: [] });
        expect(leftFen(closed, line)).toBe(line.paidFen);
      }),
      { seed: SEED },
    );
  });

  test('a refund that comes after another one has taken the access gives none back when it is closed', () => {
    const order = paidOrder([1_000]);
    const productId = order.lines[0]?.productId as ProductId;
    const line = (refundFen: number) => [{ productId, refundFen: fen(refundFen), takesAccess: true }];
    const first = approveRefund({ refund: asked(order, line(600)), order }, null, NOW);
    const second = approveRefund({ refund: asked(order, line(400)), order: first.order }, null, NOW);
    expect(afterClosedRefund(second.order, second.refund, NOW).revoked).toEqual([productId]);
  });

  test('T25, T33: the last part takes the remainder, and points are given back to the last one', () => {
    const before = paidOrder([1_000], [7]);
    const productId = before.lines[0]?.productId as ProductId;
    let order = before;
    const given: number[] = [];
    for (const refundFen of [333, 333, 334]) {
      const refund = asked(order, [{ productId, refundFen: fen(refundFen), takesAccess: false }]);
      const approved = approveRefund({ refund, order }, null, NOW);
      const after = afterRefund(approved.order, approved.refund, NOW);
      given.push(pointsMoved(approved.order, after).returned);
      order = after;
    }
    expect(given).toEqual([2, 2, 3]);
    expect(isAllBack(order)).toBe(true);
  });

  test('S47: above the limit two different members of staff approve, and nobody approves their own', () => {
    const order = paidOrder([1_000]);
    const productId = order.lines[0]?.productId as ProductId;
    const refund = asked(order, [{ productId, refundFen: fen(1_000), takesAccess: true }], 2);
    const by = (name: string) => ({ by: `usr_${name.padStart(26, '0')}` as UserId, reason: '同意' });
    const once = approveRefund({ refund, order }, by('A'), NOW);
    expect(once.refund.state).toBe('requested');
    expect(once.order).toBe(order);
    const codes = [by('A'), { by: USER_ID, reason: '同意' }].map((one) => {
      try {
        return approveRefund(once, one, NOW).refund.state;
      } catch (caught) {
        return codeOf(caught);
      }
    });
    expect(codes).toEqual(['refund.same_person', 'refund.same_person']);
    const twice = approveRefund(once, by('B'), NOW);
    expect(Refund.parse(twice.refund)).toMatchObject({ state: 'approved' });
  });

  test('the next try has the next number, of at most 32 characters', () => {
    const base = { ...asked(paidOrder([1]), []), id: `rl_${ORDER_ID.slice(4)}`, state: 'closed' } as const;
    const second = nextTry(base, fen(base.refundFen), NOW).refund;
    const third = nextTry({ ...second, state: 'closed' }, fen(base.refundFen), NOW).refund;
    expect([second.id, third.id]).toEqual([`${base.id}_2`, `${base.id}_3`]);
    expect(Refund.parse(third)).toEqual(third);
    expect(advanceRefund(third, 'success', NOW)?.state).toBe('success');
  });
});

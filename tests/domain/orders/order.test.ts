import { collection } from '../../../shared/data/orders/orders.ts';
import {
  acceptQuote,
  beginClosing,
  describeOrder,
  isAbsenceFinal,
  markClosed,
  markOpening,
  markPaid,
  placedBefore,
  quoteOf,
  RAIL_GRACE_MS,
  refuseUnlessChangeable,
  refuseUnlessPending,
  repriceOrder,
} from '../../../shared/domain/orders/order.ts';
import { PAY_WINDOW_MS } from '../../../shared/domain/pricing/pricing.ts';
import { fen, HOUR_MS, MINUTE_MS, OrderId, timeMs, UserId } from '../../../shared/schemas/base.ts';
import { Order, type OrderState } from '../../../shared/schemas/orders/order.ts';
import { aCoupon, anOrder, aQuote, NOW, ORDER_ID, USER_ID } from '../../support/given/holding.ts';

const later = (ms: number) => timeMs(NOW + ms);

/** An order in each state, made by the rules. */
const inState: Record<OrderState, Order> = {
  pending: anOrder(),
  closing: anOrder({
    state: 'closing',
    closeReason: 'expired',
    closeTries: 1,
    closeNextAtMs: later(MINUTE_MS),
  }),
  closed: anOrder({ state: 'closed', closeReason: 'expired', closedAtMs: later(1) }),
  paid: anOrder({ state: 'paid', paidAtMs: later(1) }),
};

const COUPON_ID = aCoupon().id;

describe('the order machine', () => {
  const longAfter = later(10 * HOUR_MS);
  const steps = {
    pay: (order: Order) => markPaid(order, NOW, NOW),
    startClosing: (order: Order) => {
      const begun = beginClosing(order, 'cancelled', longAfter);
      if (begun === null) throw new Error('nothing to begin');
      return begun;
    },
    close: (order: Order) => markClosed(order, NOW),
  };
  const picture: Record<OrderState, Partial<Record<keyof typeof steps, OrderState>>> = {
    pending: { pay: 'paid', startClosing: 'closing' },
    // Starting to close again is another try, not another state.
    closing: { pay: 'paid', close: 'closed', startClosing: 'closing' },
    closed: {},
    paid: {},
  };

  for (const [state, order] of Object.entries(inState)) {
    for (const [name, step] of Object.entries(steps)) {
      const to = picture[order.state][name as keyof typeof steps];
      test(`${name} of an order that is ${state} ${to === undefined ? 'cannot happen' : `makes it ${to}`}`, () => {
        if (to === undefined) expect(() => step(order)).toThrow();
        else expect(step(order).state).toBe(to);
      });
    }
  }

  test('every state the rules make fits the schema', () => {
    for (const order of Object.values(inState)) expect(Order.parse(order)).toEqual(order);
  });
});

describe('placing an order', () => {
  test('the price is the quote’s and is held for fifteen minutes', () => {
    const order = anOrder();
    expect(quoteOf(order)).toEqual(aQuote([9_900, 100]));
    expect(order).toMatchObject({
      state: 'pending',
      expiresAtMs: NOW + 15 * MINUTE_MS,
      closeNextAtMs: order.expiresAtMs,
    });
  });

  test('the rail waits longer than we do, and keeps a payment open for longer than we can ask for it', () => {
    expect(RAIL_GRACE_MS).toBeGreaterThan(0);
    expect(PAY_WINDOW_MS + RAIL_GRACE_MS).toBeLessThan(2 * HOUR_MS);
  });

  test('another price changes the lines and totals, and nothing about time', () => {
    const { createdAtMs, expiresAtMs } = anOrder();
    const repriced = repriceOrder(anOrder(), aQuote([9_900, 100], 1_000), null, later(5));
    expect(repriced).toMatchObject({ payableFen: 9_000, discountFen: 1_000, createdAtMs, expiresAtMs });
  });

  test('the same request gets the order again, another one or another buyer order.id_taken', () => {
    const order = anOrder({ state: 'closed' });
    const asked = { userId: USER_ID, requestDigest: order.requestDigest };
    expect(placedBefore(order, asked)).toBe(order);
    expect(() => placedBefore(order, { ...asked, requestDigest: 'e'.repeat(64) })).toThrow('order.id_taken');
    const other = UserId.parse('usr_01JD0000000000000000000009');
    expect(() => placedBefore(order, { ...asked, userId: other })).toThrow('order.id_taken');
  });

  test('order.price_changed carries the new quote, and a fen is enough', () => {
    const quote = aQuote([9_900]);
    expect(() => acceptQuote(quote, { couponId: null, fen: fen(9_900) })).not.toThrow();
    for (const shown of [9_899, 9_901, 0]) {
      expect(() => acceptQuote(quote, { couponId: null, fen: fen(shown) })).toThrow(
        expect.objectContaining({ code: 'order.price_changed', params: { quote } }),
      );
    }
  });

  test('coupon.not_usable says why, also when the price would be the same', () => {
    const rejected = {
      code: 'coupon.threshold_not_met',
      id: COUPON_ID,
      params: { thresholdFen: 20_000 },
    } as const;
    expect(() =>
      acceptQuote({ ...aQuote([9_900]), rejected: [rejected] }, { couponId: COUPON_ID, fen: fen(9_900) }),
    ).toThrow(
      expect.objectContaining({
        code: 'coupon.not_usable',
        params: { reason: 'coupon.threshold_not_met', thresholdFen: 20_000 },
      }),
    );
  });

  test('an order is described to the rail by its first line, and the same each time', () => {
    expect(describeOrder(anOrder())).toBe(describeOrder(anOrder({ updatedAtMs: later(9) })));
    expect(describeOrder(anOrder())).toContain('等2件');
  });
});

describe('what may still be done with an order', () => {
  const end = later(PAY_WINDOW_MS);

  test('it can be paid until its last millisecond', () => {
    expect(() => refuseUnlessPending(inState.pending, timeMs(end - 1))).not.toThrow();
    expect(() => refuseUnlessPending(inState.pending, end)).toThrow('order.expired');
  });

  test.each([
    ['paid', inState.paid, 'order.already_paid'],
    ['closing', inState.closing, 'order.expired'],
    ['closed', inState.closed, 'order.expired'],
    ['cancelled', anOrder({ state: 'closed', closeReason: 'cancelled' }), 'order.not_pending'],
    ['being cancelled', anOrder({ state: 'closing', closeReason: 'cancelled' }), 'order.not_pending'],
  ])('an order that is %s cannot be paid', (_state, order, code) => {
    expect(() => refuseUnlessPending(order, NOW)).toThrow(code);
    expect(() => markOpening(order, NOW)).toThrow(code);
    expect(() => refuseUnlessChangeable(order, NOW)).toThrow(code);
  });

  test('order.payment_open: what the rail may know of is not changed', () => {
    const open = markOpening(inState.pending, later(3));
    expect(open.paymentOpenedAtMs).toBe(later(3));
    expect(() => refuseUnlessChangeable(open, later(4))).toThrow('order.payment_open');
    expect(() => refuseUnlessPending(open, later(4))).not.toThrow();
  });
});

describe('closing an order', () => {
  const end = later(PAY_WINDOW_MS);

  test('the timer closes an order only after its pay window; its buyer can close it at once', () => {
    expect(beginClosing(inState.pending, 'expired', timeMs(end - 1))).toBeNull();
    expect(beginClosing(inState.pending, 'expired', end)).toMatchObject({
      state: 'closing',
      closeReason: 'expired',
    });
    expect(beginClosing(inState.pending, 'cancelled', NOW)).toMatchObject({ closeReason: 'cancelled' });
  });

  test('a try that is under way is left alone, and a cancelled order stays cancelled', () => {
    const first = beginClosing(inState.pending, 'cancelled', NOW);
    if (first === null) throw new Error('not begun');
    expect(beginClosing(first, 'expired', later(MINUTE_MS - 1))).toBeNull();
    expect(beginClosing(first, 'expired', later(MINUTE_MS))).toMatchObject({
      closeReason: 'cancelled',
      closeTries: 2,
    });
  });

  test('tries come 1, 2, 4, 8 … minutes apart, at most 64', () => {
    const pauses: number[] = [];
    let order: Order = inState.pending;
    for (let at = end; pauses.length < 9; at = order.closeNextAtMs) {
      const begun = beginClosing(order, 'expired', at);
      if (begun === null) throw new Error('not due');
      pauses.push((begun.closeNextAtMs - at) / MINUTE_MS);
      order = begun;
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 64, 64, 64]);
  });

  test('"never heard of it" is final only when nothing can be on its way to the rail', () => {
    const opened = markOpening(inState.pending, NOW);
    expect(isAbsenceFinal(opened, later(2 * MINUTE_MS - 1))).toBe(false);
    expect(isAbsenceFinal(opened, later(2 * MINUTE_MS))).toBe(true);
    expect(isAbsenceFinal(inState.pending, NOW)).toBe(true);
  });

  test('ids are text a rail accepts as an order number', () => {
    expect(OrderId.parse(ORDER_ID)).toMatch(/^[0-9a-zA-Z_\-|*]{6,32}$/);
  });
});

test('an order that was stored before it kept a share, and its lines what there was to open, what was had, and a cover, is read', () => {
  const { touch: _____, ...order } = anOrder();
  const lines = order.lines.map(
    ({ units: _, ownedParts: __, coverUrl: ____, shares: { ownedFen: ___, ...shares }, ...line }) => ({
      ...line,
      shares,
    }),
  );
  const read = Order.parse(collection.upgrade?.({ ...order, lines }, 2));
  expect(read).toEqual({
    ...order,
    touch: null,
    lines: order.lines.map((line) => ({ ...line, units: null, coverUrl: '' })),
  });
});

import {
  beginSync,
  markLate,
  markOpened,
  markPaymentClosed,
  markPrepaid,
  markReopenedPayment,
  markSuccess,
  newPayment,
} from '../../../shared/domain/payments/payment.ts';
import { advanceRefund, requestRefund } from '../../../shared/domain/refunds/refund.ts';
import { refundCase } from '../../../shared/domain/refunds/refundCase.ts';
import { fen, HOUR_MS, MINUTE_MS, SECOND_MS, timeMs } from '../../../shared/schemas/base.ts';
import { Payment, type PaymentStatus } from '../../../shared/schemas/payments/payment.ts';
import { Refund, type RefundState } from '../../../shared/schemas/refunds/refund.ts';
import { anOrder, NOW, ORDER_ID } from '../../support/given/holding.ts';

const later = (ms: number) => timeMs(NOW + ms);
const paid = { transactionId: '4200001', paidAtMs: later(1) };

const created = newPayment(anOrder());
const prepaid = markPrepaid(
  markOpened(created, { openid: 'openid-a', goods: null }, NOW),
  'wx-prepay-1',
  NOW,
);
const closed = markPaymentClosed(prepaid, false, NOW);
const inState: Record<PaymentStatus, Payment> = {
  created,
  prepaid,
  success: markSuccess(prepaid, paid, NOW),
  closed,
  late: markLate(closed, paid, NOW),
};

describe('the payment machine', () => {
  const steps = {
    pay: (payment: Payment) => markSuccess(payment, paid, NOW),
    close: (payment: Payment) => markPaymentClosed(payment, false, NOW),
    payLate: (payment: Payment) => markLate(payment, paid, NOW),
    reopen: (payment: Payment) => markReopenedPayment(payment, paid, NOW),
  };
  const picture: Record<PaymentStatus, Partial<Record<keyof typeof steps, PaymentStatus>>> = {
    created: { pay: 'success', close: 'closed' },
    prepaid: { pay: 'success', close: 'closed' },
    success: {},
    closed: { payLate: 'late', reopen: 'success' },
    late: {},
  };
  const names = ['pay', 'close', 'payLate'] as const;

  for (const payment of Object.values(inState)) {
    for (const name of names) {
      const to = picture[payment.state][name];
      test(`${name} of one that is ${payment.state} ${to === undefined ? 'cannot happen' : `makes it ${to}`}`, () => {
        if (to === undefined) expect(() => steps[name](payment)).toThrow();
        else expect(steps[name](payment).state).toBe(to);
      });
    }
  }

  test('every state the rules make fits the schema', () => {
    for (const payment of Object.values(inState)) expect(Payment.parse(payment)).toEqual(payment);
  });

  test('the answer of the rail never takes a payment back that has got further', () => {
    for (const state of ['prepaid', 'success', 'closed', 'late'] as const) {
      expect(markPrepaid(inState[state], 'wx-prepay-2', later(9))).toBe(inState[state]);
    }
  });

  test('the payer is set when a payment is first opened, and never changes', () => {
    expect(
      markOpened(
        markOpened(created, { openid: 'openid-a', goods: null }, NOW),
        { openid: 'openid-b', goods: null },
        later(9),
      ).openid,
    ).toBe('openid-a');
  });

  test('finished payments and refunds are not asked about any more', () => {
    for (const state of ['success', 'closed', 'late'] as const)
      expect(inState[state].syncNextAtMs).toBeNull();
  });
});

describe('asking the rail on a schedule', () => {
  test('30 s after opening, then 1, 2, 4, 8, 15, 30, 30 … minutes apart', () => {
    let payment = markOpened(created, { openid: 'openid-a', goods: null }, NOW);
    expect(payment.syncNextAtMs).toBe(NOW + 30 * SECOND_MS);
    const pauses: number[] = [];
    while (pauses.length < 8) {
      const at = payment.syncNextAtMs;
      if (at === null) throw new Error('never asked again');
      const begun = beginSync(payment, at);
      if (begun?.syncNextAtMs == null) throw new Error('not due');
      pauses.push((begun.syncNextAtMs - at) / MINUTE_MS);
      payment = begun;
    }
    expect(pauses).toEqual([1, 2, 4, 8, 15, 30, 30, 30]);
  });

  test('a question that is not due, or that was begun already, is not begun', () => {
    const opened = markOpened(created, { openid: 'openid-a', goods: null }, NOW);
    expect(beginSync(opened, later(30 * SECOND_MS - 1))).toBeNull();
    const begun = beginSync(opened, later(30 * SECOND_MS));
    if (begun === null) throw new Error('not due');
    expect(beginSync(begun, later(30 * SECOND_MS))).toBeNull();
    expect(beginSync(created, later(HOUR_MS))).toBeNull();
  });

  test('opening once more does not start the schedule again', () => {
    expect(
      markOpened(
        markOpened(created, { openid: 'openid-a', goods: null }, NOW),
        { openid: 'openid-a', goods: null },
        later(9),
      ).syncNextAtMs,
    ).toBe(NOW + 30 * SECOND_MS);
  });
});

describe('the refund machine', () => {
  const { refund, facts } = requestRefund({
    id: `rl_${ORDER_ID.slice(4)}`,
    order: anOrder(),
    rail: 'wxpay',
    transactionId: '4200001',
    receivedFen: fen(9_900),
    reason: 'late_payment',
    now: NOW,
  });
  const states = [
    'requested',
    'rejected',
    'approved',
    'processing',
    'success',
    'closed',
    'abnormal',
  ] as const;
  const picture: Record<RefundState, readonly RefundState[]> = {
    requested: [],
    rejected: [],
    approved: ['processing', 'success', 'closed', 'abnormal'],
    processing: ['success', 'closed', 'abnormal'],
    success: [],
    closed: [],
    abnormal: ['success', 'closed'],
  };

  for (const from of states) {
    for (const to of states) {
      if (to === 'requested' || to === 'approved' || to === 'rejected') continue;
      const may = picture[from].includes(to);
      test(`T11: "${to}" of one that is ${from} ${may ? 'is written down' : 'changes nothing'}`, () => {
        const after = advanceRefund({ ...refund, state: from }, to, later(5));
        expect(after?.state ?? null).toBe(may ? to : null);
        if (after !== null) expect(Refund.parse(after)).toEqual(after);
      });
    }
  }

  test('T11: accepted is not refunded: it is asked about until the rail says so', () => {
    const processing = advanceRefund(refund, 'processing', NOW);
    expect(processing).toMatchObject({ finishedAtMs: null, syncNextAtMs: NOW + 30 * SECOND_MS });
    if (processing === null) throw new Error('unchanged');
    expect(advanceRefund(processing, 'success', later(9))).toMatchObject({
      finishedAtMs: later(9),
      syncNextAtMs: null,
    });
  });

  test('a refund tells the rail once: the fact is named by the refund’s own number', () => {
    expect(facts.map(({ event, key, data }) => [event.name, key, data])).toEqual([
      ['refund.requested', refund.id, { refundId: refund.id }],
    ]);
  });

  test('money that did not go back is put before staff, money that did is not', () => {
    const caseIn = (state: RefundState) => refundCase({ ...refund, state }, undefined)?.kind ?? null;
    expect(states.map(caseIn)).toEqual([null, null, null, null, null, 'refund_closed', 'refund_abnormal']);
  });
});

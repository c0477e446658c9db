import type { WechatPayFault } from '../../../local/simulators/wxpay/faults.ts';
import { codeOf } from '../../../shared/errors.ts';
import { fen, MINUTE_MS, OrderId, timeMs } from '../../../shared/schemas/base.ts';
import type { Rail } from './rails.ts';

export const OPENID = 'oalice0000000000000000000000';

/** The suite's orders, by number. */
export function orderIdOf(n: number): OrderId {
  return OrderId.parse(`ord_01JD${String(n).padStart(22, '0')}`);
}

/** Opens an order for 99 yuan, or with what is given instead. */
export function open(rail: Rail, n: number, changes: { amountFen?: number; description?: string } = {}) {
  return rail.pay.open({
    orderId: orderIdOf(n),
    description: changes.description ?? '知课 · 课程',
    amountFen: fen(changes.amountFen ?? 9_900),
    openid: OPENID,
    expiresAtMs: timeMs(rail.clock.now() + 20 * MINUTE_MS),
  });
}

/** What the phone needs to pay an opened order. */
export function signed(rail: Rail, ticket: string | null) {
  const asked = { orderId: orderIdOf(1), payableFen: fen(9_900), goods: null, sessionKey: null };
  const payment = rail.pay.request({ ...asked, ticket });
  if (payment.rail !== 'wxpay') throw new Error('the rail is another one');
  return payment;
}

/** What the phone reports about an opened order. */
export function confirm(rail: Rail, prepayId: string | null, openid = OPENID): string {
  return rail.simulator.phone.pay({ ...signed(rail, prepayId), openid }, 'confirm').errMsg;
}

/** A paid order, and its transaction in the rail's books. */
export async function paid(rail: Rail, n: number) {
  const { ticket: prepayId } = await open(rail, n);
  expect(confirm(rail, prepayId)).toBe('requestPayment:ok');
  const transaction = rail.simulator
    .books()
    .transactions.find(({ orderNumber }) => orderNumber === orderIdOf(n));
  if (transaction === undefined) throw new Error('the books know nothing of it');
  return transaction;
}

/** The error code of a call; null when it does not throw. */
export async function failure(call: Promise<unknown>): Promise<string | null> {
  return call.then(
    () => null,
    (caught) => codeOf(caught) ?? String(caught),
  );
}

/** The refund that a query is about, for a rail that knows refunds only by their own number. */
export const numbered = (refundId: string) => ({
  refundId,
  orderId: orderIdOf(1),
  openid: OPENID,
  transactionId: '4200000000',
});

const refundOf = (transactionId: string, refundId: string, refundFen = 9_900) => ({
  refundId,
  orderId: orderIdOf(1),
  openid: OPENID,
  transactionId,
  refundFen: fen(refundFen),
  totalFen: fen(9_900),
  reason: '订单关闭后到账，原路退回',
});

/** What every rail promises, checked against the rail's own books. */
export function paySuite(name: string, openRail: () => Promise<Rail>): void {
  describe(name, () => {
    let rail: Rail;
    beforeAll(async () => {
      rail = await openRail();
    });
    afterAll(() => rail.close());

    describe('open', () => {
      test('opens an order once, however often it is asked', async () => {
        const first = await open(rail, 1);
        const { expiresAtMs } = rail.simulator.books().orders[0] ?? { expiresAtMs: 0 };
        const again = await rail.pay.open({
          orderId: orderIdOf(1),
          description: '知课 · 课程',
          amountFen: fen(9_900),
          openid: OPENID,
          expiresAtMs: timeMs(expiresAtMs),
        });
        expect(again).toEqual(first);
        expect(rail.simulator.books().orders).toMatchObject([
          { orderNumber: orderIdOf(1), totalFen: 9_900, openid: OPENID, isClosed: false },
        ]);
      });

      test('pay.unavailable: other words under a known number', async () => {
        await open(rail, 2);
        expect(await failure(open(rail, 2, { amountFen: 9_901 }))).toBe('pay.unavailable');
      });

      test('cuts a long description between two characters', async () => {
        expect(await failure(open(rail, 3, { description: '知课🎓'.repeat(60) }))).toBeNull();
      });

      test('pay.unavailable: nothing to pay', async () => {
        expect(await failure(open(rail, 4, { amountFen: 0 }))).toBe('pay.unavailable');
      });
    });

    describe('requestPayment', () => {
      test('is signed as the phone wants it, anew each time', async () => {
        const { ticket: prepayId } = await open(rail, 10);
        const first = signed(rail, prepayId);
        expect(signed(rail, prepayId).nonceStr).not.toBe(first.nonceStr);
        const spoiled = { ...first, nonceStr: `${first.nonceStr}x`, openid: OPENID };
        expect(rail.simulator.phone.pay(spoiled, 'confirm').errMsg).toBe(
          'requestPayment:fail 支付验证签名失败',
        );
        expect(rail.simulator.phone.pay({ ...first, openid: OPENID }, 'dismiss').errMsg).toBe(
          'requestPayment:fail cancel',
        );
        expect(confirm(rail, prepayId, 'obob')).toMatch(/fail .*账号/);
        expect(confirm(rail, prepayId)).toBe('requestPayment:ok');
        expect(confirm(rail, prepayId)).toMatch(/fail .*已支付/);
        await rail.nextNotice();
      });
    });

    describe('query and close', () => {
      test('absent, unpaid, closed', async () => {
        expect(await rail.pay.query({ orderId: orderIdOf(20), openid: OPENID })).toEqual({ state: 'absent' });
        expect(await rail.pay.close(orderIdOf(20))).toBe('absent');
        const { ticket: prepayId } = await open(rail, 20);
        expect(await rail.pay.query({ orderId: orderIdOf(20), openid: OPENID })).toEqual({ state: 'unpaid' });
        expect(await rail.pay.close(orderIdOf(20))).toBe('closed');
        expect(await rail.pay.close(orderIdOf(20))).toBe('closed');
        expect(await rail.pay.query({ orderId: orderIdOf(20), openid: OPENID })).toEqual({ state: 'closed' });
        expect(confirm(rail, prepayId)).toMatch(/fail .*已关闭/);
        expect(rail.simulator.books().closes.map(({ orderNumber }) => orderNumber)).toEqual([orderIdOf(20)]);
      });

      test('money that came is told by the notice and by the answer in the same words', async () => {
        const transaction = await paid(rail, 21);
        const news = {
          rail: 'wxpay',
          ...rail.pay.merchant,
          orderNumber: orderIdOf(21),
          transactionId: transaction.transactionId,
          state: 'success',
          totalFen: 9_900,
          currency: 'CNY',
          openid: OPENID,
          paidAtMs: Math.floor(transaction.paidAtMs / 1000) * 1000,
          hasRefunds: false,
        };
        expect(await rail.nextNotice()).toEqual({ kind: 'payment', news });
        expect(await rail.pay.query({ orderId: orderIdOf(21), openid: OPENID })).toEqual({
          state: 'success',
          news,
        });
        expect(await rail.pay.close(orderIdOf(21))).toBe('paid');
      });

      test('order.already_paid, order.expired: opened too late', async () => {
        const words = {
          description: '课程',
          amountFen: fen(100),
          openid: OPENID,
          expiresAtMs: timeMs(rail.clock.now() + MINUTE_MS),
        };
        const { ticket: prepayId } = await rail.pay.open({ orderId: orderIdOf(22), ...words });
        expect(confirm(rail, prepayId)).toBe('requestPayment:ok');
        await rail.nextNotice();
        expect(await failure(rail.pay.open({ orderId: orderIdOf(22), ...words }))).toBe('order.already_paid');
        await rail.pay.open({ orderId: orderIdOf(23), ...words });
        await rail.pay.close(orderIdOf(23));
        expect(await failure(rail.pay.open({ orderId: orderIdOf(23), ...words }))).toBe('order.expired');
      });
    });

    describe('refund', () => {
      test('gives money back once for each number, and never more than came', async () => {
        const { transactionId } = await paid(rail, 30);
        await rail.nextNotice();
        expect(await rail.pay.queryRefund(numbered('late-30'))).toBeNull();
        const accepted = await rail.pay.refund(refundOf(transactionId, 'late-30', 4_000));
        expect(accepted).toEqual({
          refundId: 'late-30',
          state: 'processing',
          refundFen: 4_000,
          transactionId,
        });
        const again = await rail.pay.refund(refundOf(transactionId, 'late-30', 4_000));
        expect(again).toMatchObject({ refundId: 'late-30', refundFen: 4_000 });
        // The number is taken: the answer describes the refund that has it, whatever is now asked under it.
        const other = await rail.pay.refund(refundOf(transactionId, 'late-30', 4_001));
        expect(other).toMatchObject({ refundId: 'late-30', refundFen: 4_000 });
        const more = await rail.pay.refund(refundOf(transactionId, 'more-30', 5_901));
        const refusal = expect.objectContaining({
          code: 'INVALID_REQUEST',
          words: '申请退款金额超过可退金额',
        });
        const refused = { refundId: 'more-30', state: 'abnormal', refundFen: 5_901, transactionId, refusal };
        expect(more).toEqual(refused);
        expect(await rail.nextNotice()).toEqual({ kind: 'refund', news: { ...accepted, state: 'success' } });
        expect(await rail.pay.queryRefund(numbered('late-30'))).toEqual({ ...accepted, state: 'success' });
        expect(await rail.pay.query({ orderId: orderIdOf(30), openid: OPENID })).toMatchObject({
          state: 'success',
          news: { transactionId },
        });
        expect(rail.simulator.books().refunds).toMatchObject([
          { refundNumber: 'late-30', refundFen: 4_000, isSuccess: true },
        ]);
      });

      test.each([
        ['refundClosed', 'closed'],
        ['refundAbnormal', 'abnormal'],
      ] as const)('accepted is not given back: %s', async (fault, state) => {
        const { transactionId } = await paid(rail, fault === 'refundClosed' ? 31 : 32);
        await rail.nextNotice();
        rail.simulator.faults.next(fault);
        const accepted = await rail.pay.refund(refundOf(transactionId, fault));
        expect(await rail.nextNotice()).toEqual({ kind: 'refund', news: { ...accepted, state } });
        expect(await rail.pay.queryRefund(numbered(fault))).toEqual({ ...accepted, state });
      });

      test('pay.funds_lacking: the account holds too little, and what is asked for again later goes back', async () => {
        const { transactionId } = await paid(rail, 33);
        await rail.nextNotice();
        rail.simulator.faults.next('fundsLacking');
        expect(await failure(rail.pay.refund(refundOf(transactionId, 'unfunded')))).toBe('pay.funds_lacking');
        expect(await rail.pay.queryRefund(numbered('unfunded'))).toBeNull();
        expect(await rail.pay.refund(refundOf(transactionId, 'unfunded'))).toMatchObject({
          state: 'processing',
        });
        await rail.nextNotice();
      });

      test('of a transaction that nobody made nothing can ever go back', async () => {
        expect(await rail.pay.refund(refundOf('4200000000', 'none'))).toMatchObject({ state: 'abnormal' });
      });
    });

    describe('pay.unavailable: no clear answer', () => {
      const faults: readonly (readonly [WechatPayFault, boolean])[] = [
        ['requestLost', false],
        ['serverError', false],
        ['rateLimited', false],
        ['answerLost', true],
        ['doubtfulError', true],
        ['badSignature', true],
        ['garbage', true],
      ];

      test.each(faults)('%s; whether it was done: %s', async (fault, isDone) => {
        const n = 40 + faults.findIndex(([name]) => name === fault);
        const isOpen = () =>
          rail.simulator.books().orders.some((order) => order.orderNumber === orderIdOf(n));
        rail.simulator.faults.next(fault);
        expect(await failure(open(rail, n))).toBe('pay.unavailable');
        expect(isOpen()).toBe(isDone);
        for (const call of [
          () => rail.pay.query({ orderId: orderIdOf(n), openid: OPENID }),
          () => rail.pay.close(orderIdOf(1_000)),
          () => rail.pay.queryRefund(numbered('nothing')),
          () => rail.pay.refund(refundOf('4200000000', 'nothing')),
        ]) {
          rail.simulator.faults.next(fault);
          expect(await failure(call())).toBe('pay.unavailable');
        }
        if (isDone)
          expect(await rail.pay.query({ orderId: orderIdOf(n), openid: OPENID })).toEqual({
            state: 'unpaid',
          });
        else expect(await failure(open(rail, n))).toBeNull();
        expect(isOpen()).toBe(true);
      });
    });
  });
}

import { fen } from '../../../shared/schemas/base.ts';
import { type CallFault, openHttpXpay, openWxpay, openXpay, type PayingRail } from './both.ts';
import { failure, orderIdOf } from './conformance.ts';

/** What every rail promises, checked against the rail's own books. */
function bothSuite(name: string, openRail: () => Promise<PayingRail>): void {
  describe(name, () => {
    let rail: PayingRail;
    beforeAll(async () => {
      rail = await openRail();
    });
    afterAll(() => rail.close());

    const query = (n: number) => rail.pay.query({ orderId: orderIdOf(n), openid: rail.openid });

    async function paid(n: number): Promise<string> {
      expect(await rail.decide(n, 'confirm')).toBe(true);
      const transaction = rail.books().transactions.find(({ orderNumber }) => orderNumber === orderIdOf(n));
      return transaction?.transactionId ?? '';
    }

    const numbered = (n: number, transactionId: string, refundId: string) => ({
      refundId,
      orderId: orderIdOf(n),
      openid: rail.openid,
      transactionId,
    });

    function refund(n: number, transactionId: string, refundId: string, refundFen = 9_900) {
      const asked = numbered(n, transactionId, refundId);
      return rail.pay.refund({ ...asked, refundFen: fen(refundFen), totalFen: fen(9_900), reason: '退款' });
    }

    const refundsNumbered = (refundId: string) =>
      rail.books().refunds.filter(({ refundNumber }) => refundNumber === refundId);

    test('an order is absent, unpaid, paid', async () => {
      expect(await query(1)).toEqual({ state: 'absent' });
      expect(await rail.decide(1, 'dismiss')).toBe(false);
      expect(await query(1)).toEqual({ state: 'unpaid' });
      const transactionId = await paid(1);
      expect(await query(1)).toMatchObject({
        state: 'success',
        news: {
          rail: rail.pay.name,
          ...rail.pay.merchant,
          orderNumber: orderIdOf(1),
          transactionId,
          totalFen: 9_900,
          currency: 'CNY',
          hasRefunds: false,
        },
      });
      expect(await rail.decide(1, 'confirm').catch(() => false)).toBe(false);
    });

    test('may be closed, or never is', async () => {
      await rail.decide(2, 'dismiss');
      if (rail.pay.abilities('android').mayClose) {
        expect(await rail.pay.close(orderIdOf(2))).toBe('closed');
        expect(await query(2)).toEqual({ state: 'closed' });
      } else {
        await expect(rail.pay.close(orderIdOf(2))).rejects.toThrow();
        expect(await rail.decide(2, 'confirm')).toBe(true);
      }
    });

    test('a refund is made once for its number, however often it is asked for', async () => {
      const transactionId = await paid(3);
      expect(await rail.pay.queryRefund(numbered(3, transactionId, 'refund-03'))).toBeNull();
      const accepted = { refundId: 'refund-03', state: 'processing', refundFen: 4_000, transactionId };
      expect(await refund(3, transactionId, 'refund-03', 4_000)).toEqual(accepted);
      expect(await refund(3, transactionId, 'refund-03', 4_000)).toMatchObject({ refundId: 'refund-03' });
      await rail.settle();
      expect(await refund(3, transactionId, 'refund-03', 4_000)).toMatchObject({ refundId: 'refund-03' });
      expect(await rail.pay.queryRefund(numbered(3, transactionId, 'refund-03'))).toEqual({
        ...accepted,
        state: 'success',
      });
      expect(refundsNumbered('refund-03')).toMatchObject([{ isSuccess: true }]);
    });

    test('no more goes back than came', async () => {
      const transactionId = await paid(4);
      await refund(4, transactionId, 'refund-04', 4_000);
      await rail.settle();
      const more = await refund(4, transactionId, 'more--04', 5_901).catch(() => ({ state: 'refused' }));
      expect(['refused', 'abnormal']).toContain(more.state);
      expect(refundsNumbered('more--04')).toEqual([]);
      await refund(4, transactionId, 'rest--04', 5_900);
      await rail.settle();
      expect(refundsNumbered('rest--04')).toMatchObject([{ isSuccess: true }]);
      expect(await query(4)).toMatchObject({ state: 'success', news: { hasRefunds: true } });
    });

    test('accepted is not given back', async () => {
      const transactionId = await paid(5);
      rail.failRefund();
      expect(await refund(5, transactionId, 'refund-05')).toMatchObject({ state: 'processing' });
      await rail.settle();
      expect(await rail.pay.queryRefund(numbered(5, transactionId, 'refund-05'))).toMatchObject({
        state: 'closed',
      });
      expect(await refund(5, transactionId, 'again-05')).toMatchObject({ state: 'processing' });
      await rail.settle();
      expect(refundsNumbered('again-05')).toMatchObject([{ isSuccess: true }]);
    });

    describe('pay.unavailable: no clear answer', () => {
      const faults: readonly CallFault[] = [
        'requestLost',
        'serverError',
        'rateLimited',
        'answerLost',
        'doubtfulError',
      ];

      test.each(faults)('%s, and a refund is still made once', async (fault) => {
        const n = 10 + faults.indexOf(fault);
        const transactionId = await paid(n);
        const number = `refund-${n}`;
        for (const call of [
          () => query(n),
          () => rail.pay.queryRefund(numbered(n, transactionId, number)),
          () => refund(n, transactionId, number),
        ]) {
          rail.next(fault);
          expect(await failure(call())).toBe('pay.unavailable');
        }
        expect(await refund(n, transactionId, number)).toMatchObject({ refundFen: 9_900 });
        await rail.settle();
        expect(refundsNumbered(number)).toMatchObject([{ isSuccess: true }]);
      });
    });
  });
}

bothSuite('WeChat Pay, simulated in this process', openWxpay);
bothSuite('virtual payment, simulated in this process', openXpay);
bothSuite('virtual payment, simulated behind a port', openHttpXpay);

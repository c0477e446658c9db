import { Wire } from '../../../local/simulators/wxpay/wire.ts';
import type { OutsideResponse } from '../../../shared/adapters/http/request.ts';
import { fen, HOUR_MS, MINUTE_MS, timeMs } from '../../../shared/schemas/base.ts';
import { keys } from '../../support/keys.ts';
import { seeded } from '../../support/seeded.ts';
import { confirm, failure, numbered, OPENID, open, orderIdOf, paid, paySuite } from './conformance.ts';
import { BASE_URL, openHttpRail, openVirtualRail, type VirtualRail } from './rails.ts';

paySuite('WeChat Pay, simulated in this process', async () => openVirtualRail());
paySuite('WeChat Pay, simulated behind a port', openHttpRail);

describe('time', () => {
  test('an order that ran out cannot be paid, and is closed at the rail without being asked', async () => {
    const rail = openVirtualRail();
    const { ticket: prepayId } = await open(rail, 1);
    rail.clock.advance(20 * MINUTE_MS - 1);
    expect(await rail.pay.query({ orderId: orderIdOf(1), openid: OPENID })).toEqual({ state: 'unpaid' });
    rail.clock.advance(1);
    expect(await rail.pay.query({ orderId: orderIdOf(1), openid: OPENID })).toEqual({ state: 'closed' });
    expect(confirm(rail, prepayId)).toMatch(/fail .*已关闭/);
  });

  test('the parameters for the phone are valid for two hours', async () => {
    const rail = openVirtualRail();
    const { ticket: prepayId } = await rail.pay.open({
      orderId: orderIdOf(1),
      description: '课程',
      amountFen: fen(1),
      openid: 'oalice',
      expiresAtMs: timeMs(rail.clock.now() + 3 * HOUR_MS),
    });
    rail.clock.advance(2 * HOUR_MS);
    expect(confirm(rail, prepayId, 'oalice')).toMatch(/fail prepay_id/);
  });

  test.each([
    [5 * MINUTE_MS - 1_000, null],
    [-(5 * MINUTE_MS - 1_000), null],
    [5 * MINUTE_MS + 1_000, 'pay.unavailable'],
    [-(5 * MINUTE_MS + 1_000), 'pay.unavailable'],
  ])('an answer whose clock is %d ms ahead: %s', async (skewMs, code) => {
    const rail = openVirtualRail();
    rail.simulator.skewMs = skewMs;
    expect(await failure(open(rail, 1))).toBe(code);
  });
});

describe('pay.unavailable: an answer that is signed, and whose status is not the documented one', () => {
  const order = { orderId: orderIdOf(1), openid: OPENID };
  const back = { ...order, refundId: 'one', transactionId: '4200000000000000000000000001' };
  const calls: readonly (readonly [string, number, (rail: VirtualRail) => Promise<unknown>])[] = [
    ['opening', 200, (rail) => open(rail, 1)],
    ['a question about an order', 200, (rail) => rail.pay.query(order)],
    ['closing', 204, (rail) => rail.pay.close(order.orderId)],
    [
      'a refund',
      200,
      (rail) => rail.pay.refund({ ...back, refundFen: fen(1), totalFen: fen(9_900), reason: '退款' }),
    ],
    ['a question about a refund', 200, (rail) => rail.pay.queryRefund(back)],
    ['a bill', 200, (rail) => rail.pay.bill(['2026-11-22'])],
  ];
  const statuses = [200, 201, 202, 204, 206, 301, 304];

  test.each(calls)('to %s: not %d', async (_, documented, ask) => {
    for (const status of statuses.filter((each) => each !== documented)) {
      for (const words of [
        '',
        '{"code":"USERPAYING","message":"用户支付中，需要输入密码"}',
        '{"code":"ORDER_CLOSED"}',
      ]) {
        const rail = openVirtualRail();
        const wire = new Wire({ keys, clock: rail.clock, random: seeded(2) });
        const headers = wire.signed(words, 'public_key', 0);
        rail.tamper = () => ({ status, headers, body: Buffer.from(words) });
        expect([status, await failure(ask(rail))]).toEqual([status, 'pay.unavailable']);
      }
    }
  });

  test('closing is done when it is answered 204', async () => {
    const rail = openVirtualRail();
    await open(rail, 1);
    expect(await rail.pay.close(order.orderId)).toBe('closed');
  });
});

describe('the second address', () => {
  const backupBaseUrl = 'https://api2.mch.weixin.qq.com';

  test.each(['requestLost', 'answerLost', 'serverError', 'badSignature'] as const)(
    'opens after %s, within the three seconds of one call',
    async (fault) => {
      const rail = openVirtualRail({ backupBaseUrl });
      rail.simulator.faults.next(fault);
      await open(rail, 1);
      expect(rail.calls.map(({ url }) => new URL(url).origin)).toEqual([BASE_URL, backupBaseUrl]);
      expect(rail.calls.reduce((sum, { timeoutMs }) => sum + timeoutMs, 0)).toBe(3_000);
      expect(rail.simulator.books().orders).toHaveLength(1);
    },
  );

  test('is asked once, and not at all when the first answered, however it answered', async () => {
    const rail = openVirtualRail({ backupBaseUrl });
    rail.simulator.faults.next('requestLost', 2);
    expect(await failure(open(rail, 1))).toBe('pay.unavailable');
    expect(rail.calls).toHaveLength(2);
    rail.simulator.faults.next('rateLimited');
    expect(await failure(open(rail, 1))).toBe('pay.unavailable');
    expect(rail.calls).toHaveLength(3);
  });
});

/** The calls about order 1. */
const calls = {
  query: ({ pay }: VirtualRail) => pay.query({ orderId: orderIdOf(1), openid: OPENID }),
  close: ({ pay }: VirtualRail) => pay.close(orderIdOf(1)),
  queryRefund: ({ pay }: VirtualRail) => pay.queryRefund(numbered('one')),
};

describe('what is asked', () => {
  test.each(['query', 'close', 'queryRefund'] as const)('%s is not repeated by itself', async (call) => {
    const rail = openVirtualRail({ backupBaseUrl: 'https://api2.mch.weixin.qq.com' });
    rail.simulator.faults.next('requestLost');
    expect(await failure(calls[call](rail))).toBe('pay.unavailable');
    expect(rail.calls).toHaveLength(1);
    expect(rail.calls[0]?.timeoutMs).toBe(3_000);
  });

  test('an answer about another order or another refund is none', async () => {
    const rail = openVirtualRail();
    const { transactionId } = await paid(rail, 7);
    const refund = {
      orderId: orderIdOf(7),
      openid: OPENID,
      transactionId,
      refundFen: fen(1),
      totalFen: fen(9_900),
      reason: '退款',
    };
    await rail.pay.refund({ ...refund, refundId: 'seven' });
    // Genuine and fresh answers, but given to another question by somebody in between.
    for (const [recorded, asked] of [
      [
        () => rail.pay.query({ orderId: orderIdOf(7), openid: OPENID }),
        () => rail.pay.query({ orderId: orderIdOf(8), openid: OPENID }),
      ],
      [() => rail.pay.queryRefund(numbered('seven')), () => rail.pay.queryRefund(numbered('eight'))],
      [() => rail.pay.queryRefund(numbered('seven')), () => rail.pay.refund({ ...refund, refundId: 'nine' })],
    ] as const) {
      const answers: OutsideResponse[] = [];
      rail.tamper = (answer) => {
        answers.push(answer);
        return answers[0] ?? answer;
      };
      await recorded();
      expect(await failure(asked())).toBe('pay.unavailable');
    }
  });

  test.each([
    ['no body', (answer: OutsideResponse) => ({ ...answer, body: Buffer.alloc(0) })],
    [
      'a changed byte',
      ({ body, ...answer }: OutsideResponse) => {
        const changed = Buffer.from(body);
        changed.writeUInt8(changed.readUInt8(20) ^ 1, 20);
        return { ...answer, body: changed };
      },
    ],
    ['no signature', (answer: OutsideResponse) => ({ ...answer, headers: {} })],
    ['a redirect', (answer: OutsideResponse) => ({ ...answer, status: 302 })],
  ])('an answer with %s is none', async (_, tamper) => {
    const rail = openVirtualRail();
    await open(rail, 1);
    rail.tamper = tamper;
    expect(await failure(rail.pay.query({ orderId: orderIdOf(1), openid: OPENID }))).toBe('pay.unavailable');
  });
});

import { type AppError, refusalOf } from '../../../shared/errors.ts';
import { fen, MINUTE_MS } from '../../../shared/schemas/base.ts';
import { failure, numbered, OPENID, open, orderIdOf, paid } from './conformance.ts';
import { openVirtualRail, type VirtualRail } from './rails.ts';

const PARAM_ERROR = {
  code: 'PARAM_ERROR',
  message: '参数错误',
  detail: { field: '/payer/openid', issue: 'invalid', location: 'body' },
};
const SIGN_ERROR = {
  code: 'SIGN_ERROR',
  message: '错误的签名，验签失败',
  detail: { field: 'signature', issue: 'sign not match', location: 'authorization' },
};

let rail: VirtualRail;
beforeEach(() => {
  rail = openVirtualRail();
});

async function caught(call: Promise<unknown>): Promise<AppError> {
  return call.then(
    () => Promise.reject(new Error('it was accepted')),
    (thrown) => thrown,
  );
}

const query = () => rail.pay.query({ orderId: orderIdOf(1), openid: OPENID });

describe('what WeChat Pay says when it refuses', () => {
  test('field and issue of a signed refusal are kept', async () => {
    rail.simulator.refusing = { path: /jsapi/, status: 400, words: PARAM_ERROR, isSigned: true };
    const thrown = await caught(open(rail, 1));
    expect(thrown.message).toContain('PARAM_ERROR 参数错误; field /payer/openid; issue invalid');
    expect(refusalOf(thrown)).toMatchObject({ call: 'open', code: 'PARAM_ERROR', verdict: 'refused' });
  });

  test('an unsigned 401 that says SIGN_ERROR is ours to mend, and its words are kept', async () => {
    rail.simulator.refusing = { path: /./, status: 401, words: SIGN_ERROR, isSigned: false };
    expect(refusalOf(await caught(query()))).toEqual({
      platform: 'wxpay',
      call: 'query',
      code: 'SIGN_ERROR',
      words: '错误的签名，验签失败; field signature; issue sign not match; (unsigned)',
      verdict: 'ours',
    });
  });

  test.each([
    ['ORDER_NOT_EXIST', 404],
    ['ORDER_CLOSED', 400],
    ['ORDER_PAID', 400],
    ['INVALID_REQUEST', 400],
  ])('an unsigned %s decides nothing', async (code, status) => {
    const { transactionId } = await paid(rail, 2);
    rail.simulator.refusing = { path: /./, status, words: { code, message: '' }, isSigned: false };
    const asked = { ...numbered('r1'), transactionId, refundFen: fen(1), totalFen: fen(9_900), reason: '' };
    for (const call of [query, () => rail.pay.close(orderIdOf(1)), () => rail.pay.refund(asked)]) {
      const thrown = await caught(call());
      expect([thrown.code, refusalOf(thrown)?.code, refusalOf(thrown)?.verdict]).toEqual([
        'pay.unavailable',
        code,
        'unknown',
      ]);
    }
  });

  test('RESOURCE_NOT_EXISTS is absence of a refund, and of nothing else: a wrong path is answered so too', async () => {
    const words = { code: 'RESOURCE_NOT_EXISTS', message: '接口不存在' };
    rail.simulator.refusing = { path: /./, status: 404, words, isSigned: true };
    expect(await rail.pay.queryRefund(numbered('r1'))).toBeNull();
    expect(await failure(query())).toBe('pay.unavailable');
    expect(await failure(rail.pay.close(orderIdOf(1)))).toBe('pay.unavailable');
  });

  test.each([404, 400, 403, 409])(
    'status %d without a code that is known decides nothing',
    async (status) => {
      for (const words of [{}, { code: 'NEW_CODE' }, { code: 7 }, { message: '订单不存在' }]) {
        rail.simulator.refusing = { path: /./, status, words, isSigned: true };
        for (const call of [
          query,
          () => rail.pay.close(orderIdOf(1)),
          () => rail.pay.queryRefund(numbered('r1')),
        ])
          expect(refusalOf(await caught(call()))?.verdict).toBe('unknown');
      }
    },
  );

  test('words are one line, cut, and without what is secret', async () => {
    const message = `a\u2028b\u202ec\n${'很'.repeat(500)}`;
    const words = { code: 'PARAM_ERROR', message, detail: { field: `openid=${'o'.repeat(28)}`, issue: '' } };
    rail.simulator.refusing = { path: /./, status: 400, words, isSigned: true };
    const said = refusalOf(await caught(query()))?.words ?? '';
    expect(said).toMatch(/^a b c 很+$/);
    expect(said.length).toBe(200);
    rail.simulator.refusing = { ...rail.simulator.refusing, words: { ...words, message: '参数错误' } };
    expect(refusalOf(await caught(query()))?.words).toBe('参数错误; field openid=[redacted]');
  });
});

test('who is refused because of its own account asks ever more rarely, and at once after a good answer', async () => {
  const words = { code: 'NO_AUTH', message: '商户暂无权限使用此功能' };
  rail.simulator.refusing = { path: /out-trade-no/, status: 403, words, isSigned: true };
  for (let second = 0; second < 3_600; second += 1) {
    await failure(query());
    rail.clock.advance(1_000);
  }
  expect(rail.calls.length).toBeLessThan(15);
  // The refusal does not stop other calls of the same merchant.
  expect(await failure(open(rail, 1))).toBeNull();
  rail.simulator.refusing = null;
  rail.clock.advance(10 * MINUTE_MS);
  for (let n = 0; n < 30; n += 1) expect(await query()).toEqual({ state: 'unpaid' });
});

test('a buyer whose account is odd keeps nobody else from paying', async () => {
  const words = { code: 'ACCOUNT_ERROR', message: '账号异常' };
  rail.simulator.refusing = { path: /jsapi/, status: 403, words, isSigned: true };
  for (let n = 0; n < 10; n += 1) await failure(open(rail, 1));
  rail.simulator.refusing = null;
  expect(await failure(open(rail, 2))).toBeNull();
});

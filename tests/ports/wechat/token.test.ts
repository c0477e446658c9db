import { sendTo } from '../../../local/simulators/exchange.ts';
import { createWeixinSimulator, type WeixinSimulator } from '../../../local/simulators/wechat/simulator.ts';
import type { OutsideRequest, OutsideResponse, Send } from '../../../shared/adapters/http/request.ts';
import { type CallWechat, wechatCalls } from '../../../shared/adapters/wechat/token.ts';
import { XPAY_CODES, xpayCode } from '../../../shared/adapters/xpay/codes.ts';
import { codeOf, refusalOf } from '../../../shared/errors.ts';
import { MINUTE_MS } from '../../../shared/schemas/base.ts';
import { type VirtualClock, virtualClock } from '../../support/clock.ts';
import { keys } from '../../support/keys.ts';
import { quiet } from '../../support/quiet.ts';
import { seeded } from '../../support/seeded.ts';

const asked = {
  method: 'POST',
  platform: 'xpay',
  codes: XPAY_CODES['/xpay/query_order'],
  codeOf: xpayCode,
  path: '/xpay/query_order',
  query: { pay_sig: 'a+b' },
  body: '{}',
  timeoutMs: 3_000,
} as const;

const answer = (words: unknown, status = 200): OutsideResponse => ({
  status,
  headers: {},
  body: Buffer.from(typeof words === 'string' ? words : JSON.stringify(words)),
});

async function failure(call: Promise<unknown>): Promise<string | null> {
  return call.then(
    () => null,
    (caught) => codeOf(caught) ?? String(caught),
  );
}

describe('a call with an access token', () => {
  let clock: VirtualClock;
  let simulator: WeixinSimulator;
  let sent: OutsideRequest[];
  let call: CallWechat;
  let send: Send;
  /** What the API answers to calls other than for the token; null for no answer. */
  let says: (request: OutsideRequest) => OutsideResponse | null;
  const tokensAsked = () => sent.filter(({ url }) => url.endsWith('/cgi-bin/stable_token'));
  const tokenOf = ({ url }: OutsideRequest) => new URL(url).searchParams.get('access_token');

  beforeEach(() => {
    clock = virtualClock();
    simulator = createWeixinSimulator({ keys, clock, random: seeded(1) });
    sent = [];
    says = () => answer({ errcode: 0, errmsg: 'ok', n: 1 });
    const reach: Send = sendTo((request) => simulator.handle(request));
    send = async (request) => {
      sent.push(request);
      if (request.url.includes('/cgi-bin/')) return reach(request);
      const said = says(request);
      if (said === null) throw new Error(`no answer to ${request.url}`);
      return said;
    };
    call = wechatCalls({
      appid: keys.appid,
      secret: keys.appSecret,
      baseUrl: 'https://api.weixin.qq.com',
      send,
      clock,
      log: quiet,
    });
  });

  test('carries the token and what else stands in the query, and answers what WeChat said', async () => {
    expect(await call(asked)).toEqual({ refusal: null, json: { errcode: 0, errmsg: 'ok', n: 1 } });
    const [, request] = sent;
    const url = new URL(request?.url ?? '');
    expect([url.pathname, url.searchParams.get('pay_sig')]).toEqual(['/xpay/query_order', 'a+b']);
    expect(request).toMatchObject({ method: 'POST', body: '{}', timeoutMs: 3_000 });
    expect(tokensAsked()[0]?.url).not.toContain(keys.appSecret);
  });

  test('wechat.unavailable: an answer without errcode says nothing, whatever else it says', async () => {
    says = () => answer({ order: {} });
    expect(await failure(call(asked))).toBe('wechat.unavailable');
  });

  test.each([
    [-1, '', 'later'],
    [44990, 'reach max rate limit, retry later', 'later'],
    [48001, 'api unauthorized', 'ours'],
    [268490002, '数据不存在', 'absent'],
    [268490002, '数据不存在 rid: 6a', 'absent'],
    [268490002, '签名字段[pay_sig]为空', 'refused'],
    [268490002, '数据不存在或参数错误', 'refused'],
    [268490002, '', 'refused'],
    [268499999, 'what is this', 'unknown'],
  ])('errcode %d “%s” is %s', async (errcode, errmsg, verdict) => {
    says = () => answer({ errcode, errmsg });
    const { refusal } = await call(asked);
    expect(refusal).toMatchObject({ platform: 'xpay', call: '/xpay/query_order', words: errmsg, verdict });
  });

  test('a secret of ours that WeChat does not take is ours to mend, and it is asked ever more rarely', async () => {
    const wrong = wechatCalls({
      appid: keys.appid,
      secret: 'wrong',
      baseUrl: 'https://w',
      send,
      clock,
      log: quiet,
    });
    const first: unknown = await wrong(asked).catch((thrown: unknown) => thrown);
    expect(refusalOf(first)).toMatchObject({ call: '/cgi-bin/stable_token', code: '40125', verdict: 'ours' });
    for (let minute = 0; minute < 60; minute += 1) {
      expect(await failure(wrong(asked))).toBe('wechat.unavailable');
      expect(await failure(wrong({ ...asked, path: '/xpay/refund_order' }))).toBe('wechat.unavailable');
      clock.advance(MINUTE_MS);
    }
    expect(tokensAsked().length).toBeLessThan(15);
  });

  test('the token is fetched once, however many ask at once, and again in its last minute', async () => {
    await Promise.all([call(asked), call(asked), call(asked)]);
    expect(tokensAsked()).toHaveLength(1);
    clock.advance(119 * MINUTE_MS - 1);
    await call(asked);
    expect(tokensAsked()).toHaveLength(1);
    clock.advance(1);
    await Promise.all([call(asked), call(asked)]);
    expect(tokensAsked()).toHaveLength(2);
    expect(new Set(sent.filter((each) => !tokensAsked().includes(each)).map(tokenOf)).size).toBe(2);
  });

  test.each([40001, 40014, 42001])(
    'errcode %d: the token is fetched anew, and the call repeated once',
    async (errcode) => {
      await call(asked);
      const old = tokenOf(sent.at(-1) ?? asRequest());
      clock.advance(116 * MINUTE_MS);
      says = (request) => answer(tokenOf(request) === old ? { errcode } : { errcode: 0 });
      await Promise.all([call(asked), call(asked)]);
      expect(tokensAsked()).toHaveLength(2);
      says = () => answer({ errcode });
      const before = sent.length;
      expect(await failure(call(asked))).toBe('wechat.unavailable');
      expect(sent.length - before).toBe(3);
    },
  );

  test.each<[string, OutsideResponse | null]>([
    ['no answer', null],
    ['a failing server', answer('<html>', 502)],
    ['no JSON', answer('hello')],
    ['a list', answer([])],
    ['an errcode that is none', answer({ errcode: '0' })],
  ])('wechat.unavailable: %s; it is not repeated, and says nothing of the token', async (_, said) => {
    await call(asked);
    const token = tokenOf(sent.at(-1) ?? asRequest()) ?? '';
    says = () => said;
    const before = sent.length;
    const caught = await call(asked).then(
      () => null,
      (thrown: Error) => thrown,
    );
    expect(codeOf(caught)).toBe('wechat.unavailable');
    expect(sent.length - before).toBe(1);
    expect(token).not.toBe('');
    expect(JSON.stringify(caught, Object.getOwnPropertyNames(caught ?? {}))).not.toContain(token);
  });

  test.each<[string, OutsideResponse | null]>([
    ['does not answer', null],
    ['is busy', answer({ errcode: -1 })],
    ['was asked too often', answer({ errcode: 45009 })],
  ])('wechat.unavailable: a path that %s is left alone for ten seconds; others are not', async (_, said) => {
    says = ({ url }) => (url.includes(asked.path) ? said : answer({ errcode: 0 }));
    for (let n = 0; n < 20; n += 1) await failure(call(asked));
    const before = sent.length;
    const caught: unknown = await call(asked).catch((thrown: unknown) => thrown);
    expect(caught).toMatchObject({ code: 'wechat.unavailable', params: { retryAfterSeconds: 10 } });
    expect(sent.length).toBe(before);
    expect(await failure(call({ ...asked, path: '/xpay/refund_order' }))).toBeNull();
    says = () => answer({ errcode: 0 });
    clock.advance(10_000);
    for (let n = 0; n < 4; n += 1) expect(await failure(call(asked))).toBeNull();
  });

  test('wechat.unavailable: no token; the next call asks for one again', async () => {
    simulator.faults.next('busy');
    expect(await failure(call(asked))).toBe('wechat.unavailable');
    simulator.faults.next('requestLost');
    expect(await failure(Promise.all([call(asked), call(asked)]))).toBe('wechat.unavailable');
    expect(await failure(call(asked))).toBeNull();
    expect(tokensAsked()).toHaveLength(3);
  });
});

function asRequest(): OutsideRequest {
  throw new Error('nothing was sent');
}

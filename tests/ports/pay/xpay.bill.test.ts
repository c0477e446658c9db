import { sendTo } from '../../../local/simulators/exchange.ts';
import { createWeixinSimulator } from '../../../local/simulators/wechat/simulator.ts';
import { createXpaySimulator } from '../../../local/simulators/xpay/simulator.ts';
import type { OutsideRequest, OutsideResponse } from '../../../shared/adapters/http/request.ts';
import { wechatApi } from '../../../shared/adapters/wechat/api.ts';
import { wechatCalls } from '../../../shared/adapters/wechat/token.ts';
import { xpay } from '../../../shared/adapters/xpay/rail.ts';
import { dayOf } from '../../../shared/domain/day.ts';
import { codeOf } from '../../../shared/errors.ts';
import { DAY_MS, fen, MINUTE_MS, OrderId } from '../../../shared/schemas/base.ts';
import { endlessTurn, virtualClock } from '../../support/clock.ts';
import { keys } from '../../support/keys.ts';
import { quiet } from '../../support/quiet.ts';
import { seeded } from '../../support/seeded.ts';

const orderIdOf = (n: number) => OrderId.parse(`ord_01JD${String(n).padStart(22, '0')}`);

/** A shop, its platform, and one buyer who has logged in. */
async function open() {
  const clock = virtualClock();
  const random = seeded(1);
  const weixin = createWeixinSimulator({ keys, clock, random });
  const simulator = createXpaySimulator({
    keys,
    clock,
    random,
    schedule: clock.schedule,
    deliver: async () => ({ status: 200, headers: {}, body: Buffer.from('success') }),
    weixin,
    pushUrl: 'https://shop.example/push',
  });
  const sent: OutsideRequest[] = [];
  const pauses: number[] = [];
  let tamper = (answer: OutsideResponse, _: OutsideRequest) => answer;
  const reach = sendTo((request) => (request.path.startsWith('/xpay/') ? simulator : weixin).handle(request));
  const account = {
    appid: keys.appid,
    secret: keys.appSecret,
    baseUrl: 'https://api.weixin.qq.com',
    clock,
    log: quiet,
    send: async (request: OutsideRequest) => {
      sent.push(request);
      return tamper(await reach(request), request);
    },
  };
  const call = wechatCalls(account);
  const pause = async (ms: number) => {
    pauses.push(ms);
    clock.advance(ms);
  };
  const shop = { appid: keys.appid, offerId: keys.xpayOfferId, appKey: keys.xpayAppKey, env: 0 } as const;
  const rail = xpay({
    ...shop,
    call,
    send: account.send,
    listOrigins: [account.baseUrl],
    pause,
    loop: endlessTurn,
  });
  const { openid, code } = weixin.phone.login('alice');
  const { sessionKey } = await wechatApi({ ...account, call }).codeToSession(code);
  simulator.putOnSale({ id: 'g_9900', priceFen: 9_900 });

  async function pay(n: number, platform: 'ios' | 'android' = 'android') {
    const goods = { id: 'g_9900', priceFen: fen(9_900) };
    const payment = rail.request({
      orderId: orderIdOf(n),
      ticket: null,
      payableFen: fen(9_900),
      goods,
      sessionKey,
    });
    if (payment.rail !== 'xpay') throw new Error('another rail');
    expect(simulator.phone.payVirtual({ ...payment, openid, platform }, 'confirm').errCode).toBe(0);
    const paidAtMs = clock.now();
    await clock.runDue();
    const found = simulator.books().transactions.find((each) => each.orderNumber === orderIdOf(n));
    return { paidAtMs, transactionId: found?.transactionId ?? '' };
  }

  return {
    clock,
    simulator,
    rail,
    pay,
    openid,
    sent,
    pauses,
    today: dayOf(clock.now()),
    spoil: (how: typeof tamper) => {
      tamper = how;
    },
  };
}

type Opened = Awaited<ReturnType<typeof open>>;

async function failure(call: Promise<unknown>): Promise<string | null> {
  return call.then(
    () => null,
    (caught) => codeOf(caught) ?? String(caught),
  );
}

const isList = ({ url }: OutsideRequest) => url.includes('/xpay/lists/');

describe('the bill of a day', () => {
  let shop: Opened;
  const whole = async () => shop.rail.bill([shop.today]);
  const bill = async () => (await whole())?.rows ?? null;

  beforeEach(async () => {
    shop = await open();
  });

  test('has everything that was paid and that went back, by WeChat Pay and through Apple', async () => {
    const android = await shop.pay(1);
    const apple = await shop.pay(2, 'ios');
    shop.simulator.faults.next('lose');
    const undelivered = await shop.pay(3);
    const refundId = 'rl_01JD0000000000000000000000';
    const asked = {
      refundId,
      orderId: orderIdOf(1),
      openid: shop.openid,
      transactionId: android.transactionId,
    };
    await shop.rail.refund({ ...asked, refundFen: fen(4_000), totalFen: fen(9_900), reason: '' });
    shop.simulator.apple.refund(orderIdOf(2));
    shop.clock.advance(2 * MINUTE_MS);
    await shop.clock.runDue();
    const row = { refundId: null, feeFen: 0, state: 'success', currency: 'CNY', openid: shop.openid };
    const payment = (n: number, { paidAtMs, transactionId }: typeof android) => ({
      ...row,
      kind: 'payment',
      orderNumber: orderIdOf(n),
      transactionId,
      amountFen: 9_900,
      settledFen: 9_900,
      atMs: paidAtMs,
      isByApple: n === 2,
    });
    const rows = (await bill()) ?? [];
    expect(rows).toHaveLength(5);
    expect(rows).toEqual(
      expect.arrayContaining([
        payment(1, android),
        payment(2, apple),
        payment(3, undelivered),
        {
          ...row,
          kind: 'refund',
          orderNumber: orderIdOf(1),
          transactionId: android.transactionId,
          refundId,
          amountFen: 4_000,
          settledFen: 4_000,
          atMs: expect.any(Number),
        },
        {
          ...row,
          kind: 'refund',
          orderNumber: orderIdOf(2),
          transactionId: apple.transactionId,
          // The platform's number, because there is no other.
          refundId: expect.stringMatching(/^XR/),
          amountFen: 9_900,
          settledFen: 9_900,
          atMs: expect.any(Number),
        },
      ]),
    );
  });

  test('has both payments of one number, which no question about the number shows', async () => {
    shop.simulator.faults.next('doublePay');
    await shop.pay(1);
    shop.clock.advance(MINUTE_MS);
    await shop.clock.runDue();
    expect((await bill())?.map(({ orderNumber }) => orderNumber)).toEqual([orderIdOf(1), orderIdOf(1)]);
  });

  test('has nothing of another day, and is empty when nothing happened', async () => {
    expect(await bill()).toEqual([]);
    await shop.pay(1);
    shop.clock.advance(DAY_MS);
    expect(await bill()).toHaveLength(1);
    const tomorrow = dayOf(shop.clock.now());
    expect(await shop.rail.bill([tomorrow])).toEqual({ rows: [], unreadable: [] });
    await shop.pay(2);
    shop.sent.length = 0;
    expect((await shop.rail.bill([shop.today, tomorrow]))?.rows).toHaveLength(2);
    // The lists of one day: no list is made twice.
    expect(shop.sent.filter(isList)).toHaveLength(6);
  });

  test('has what the platform keeps once it has settled with us', async () => {
    await shop.pay(1);
    shop.clock.advance(3 * DAY_MS);
    expect(await bill()).toMatchObject([{ feeFen: 99 }]);
  });

  test.each([
    ['another host', 'https://lists.example.com/xpay/lists/1.csv'],
    ['an inner address', 'http://169.254.0.23/latest/meta-data'],
    ['another scheme', 'http://api.weixin.qq.com/xpay/lists/1.csv'],
    ['another port', 'https://api.weixin.qq.com:8443/xpay/lists/1.csv'],
    ['a host that begins like it', 'https://api.weixin.qq.com.example.com/1.csv'],
    ['a host behind a name of it', 'https://api.weixin.qq.com@example.com/1.csv'],
    ['a host behind a backslash', 'https://example.com\\@api.weixin.qq.com/1.csv'],
    ['a file', 'file:///etc/passwd'],
    ['no address', 'lists/1.csv'],
  ])('is fetched from where configuration says, and from nowhere else: %s', async (_, url) => {
    await shop.pay(1);
    shop.spoil((answer, request) =>
      request.url.includes('query_download_order')
        ? { ...answer, body: Buffer.from(JSON.stringify({ errcode: 0, status: 2, download_url: url })) }
        : answer,
    );
    shop.sent.length = 0;
    expect(codeOf(await bill().catch((caught: unknown) => caught))).toBe('pay.unavailable');
    expect(shop.sent.length).toBeGreaterThan(1);
    expect(shop.sent.filter((request) => !request.url.startsWith('https://api.weixin.qq.com/'))).toEqual([]);
    expect(shop.sent.filter(({ method }) => method === 'GET')).toEqual([]);
  });

  test('is waited for, two seconds at a time, and not for ever', async () => {
    await shop.pay(1);
    shop.simulator.faults.shares.listSlow = 1;
    expect(await bill()).toHaveLength(1);
    expect(new Set(shop.pauses)).toEqual(new Set([2_000]));
    const { length } = shop.pauses;
    shop.spoil((answer, { url }) =>
      url.includes('query_download_order')
        ? { ...answer, body: Buffer.from('{"errcode":268490011,"errmsg":"数据生成中"}') }
        : answer,
    );
    expect(await bill()).toBeNull();
    expect(shop.pauses.length - length).toBe(9);
  });

  test('pay.unavailable: a list that cannot be made, or fetched', async () => {
    await shop.pay(1);
    shop.simulator.faults.next('listFailed');
    expect(await failure(bill())).toBe('pay.unavailable');
    shop.spoil((answer, request) => (isList(request) ? { ...answer, status: 403 } : answer));
    expect(await failure(bill())).toBe('pay.unavailable');
    shop.spoil((answer, request) => {
      if (isList(request)) throw new Error('no answer');
      return answer;
    });
    expect(await failure(bill())).toBe('pay.unavailable');
  });

  test('pay.unavailable: what is no whole list', async () => {
    await shop.pay(1);
    const spoilt: readonly ((text: string) => string)[] = [
      (text) => text.replace(',paid_fee,', ',fee,'),
      () => '<html>403</html>',
      () => '',
    ];
    for (const how of spoilt) {
      shop.spoil((answer, request) => {
        const text = Buffer.from(answer.body).toString('utf8');
        return isList(request) && text.includes('paid_fee')
          ? { ...answer, body: Buffer.from(how(text)) }
          : answer;
      });
      expect(await failure(bill())).toBe('pay.unavailable');
    }
  });

  const withoutLast = (line: string) => line.slice(0, line.lastIndexOf(','));
  const spoilt: readonly (readonly [string, (line: string) => string, string])[] = [
    ['an amount in yuan', (line) => line.replace('9900', '99.00'), 'paid_fee 99.00'],
    ['an amount below nothing', (line) => line.replace('9900', '-9900'), 'paid_fee -9900'],
    ['an amount too few', withoutLast, '列数不符'],
    ['a quote that does not end', (line) => `"${line}`, '列数不符'],
    ['no time', (line) => line.replace(/,1[0-9]{9},/, ',0,'), 'paid_time 0'],
  ];

  test.each(spoilt)('%s is told by itself, and holds up no other line', async (_, spoil, told) => {
    await shop.pay(1);
    await shop.pay(2);
    const before = await whole();
    shop.spoil((answer, request) => {
      if (!isList(request)) return answer;
      const lines = Buffer.from(answer.body).toString('utf8').split('\r\n');
      const text = lines.map((line) => (line.includes(orderIdOf(1)) ? spoil(line) : line)).join('\r\n');
      return { ...answer, body: Buffer.from(text) };
    });
    const after = await whole();
    expect(after?.rows).toEqual(before?.rows.filter(({ orderNumber }) => orderNumber !== orderIdOf(1)));
    const isTorn = told === '列数不符';
    expect(after?.unreadable).toMatchObject([
      { bill: told, orderNumber: isTorn ? null : orderIdOf(1), refundId: null },
    ]);
    expect(await whole()).toEqual(after);
  });

  test('a value may be empty, also the first of its line', async () => {
    await shop.pay(1);
    shop.spoil((answer, request) => {
      if (!isList(request)) return answer;
      const [names = '', ...lines] = Buffer.from(answer.body).toString('utf8').trimEnd().split('\r\n');
      const text = [`remark,${names.replace('\uFEFF', '')}`, ...lines.map((line) => `,${line}`)].join('\r\n');
      return { ...answer, body: Buffer.from(text) };
    });
    expect(await bill()).toMatchObject([{ orderNumber: orderIdOf(1), amountFen: 9_900 }]);
  });

  test('values in quotes may hold commas and quotes', async () => {
    await shop.pay(1);
    shop.simulator.lists.planted = (lines) => lines.map((line) => ({ ...line, openid: 'o"1",2' }));
    expect(await bill()).toMatchObject([{ openid: 'o"1",2' }]);
  });
});

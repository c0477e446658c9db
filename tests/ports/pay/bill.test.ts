import { sendTo } from '../../../local/simulators/exchange.ts';
import type { BillLine } from '../../../local/simulators/wxpay/bills.ts';
import { readBill } from '../../../shared/adapters/wxpay/bill.ts';
import { wechatPay } from '../../../shared/adapters/wxpay/rail.ts';
import { dayAfter, dayOf, dayStartMs } from '../../../shared/domain/day.ts';
import { DAY_MS, fen, HOUR_MS, MINUTE_MS } from '../../../shared/schemas/base.ts';
import { endlessTurn } from '../../support/clock.ts';
import { seededIds } from '../../support/ids.ts';
import { quiet } from '../../support/quiet.ts';
import { seeded } from '../../support/seeded.ts';
import { failure, OPENID, open, orderIdOf, paid } from './conformance.ts';
import { BASE_URL, merchantConfig, openVirtualRail, type VirtualRail } from './rails.ts';

const today = (rail: VirtualRail) => dayOf(rail.clock.now());

/** Moves time on until the bill of the day is ready. */
function untilReady(rail: VirtualRail, day: string): void {
  rail.clock.advance(dayStartMs(dayAfter(day, 1)) + 10 * HOUR_MS - rail.clock.now());
}

/** Two payments, one of which is partly refunded. */
async function traded(rail: VirtualRail) {
  const first = await paid(rail, 1);
  const second = await paid(rail, 2);
  await rail.pay.refund({
    refundId: 'one',
    orderId: orderIdOf(1),
    openid: OPENID,
    transactionId: first.transactionId,
    refundFen: fen(3_300),
    totalFen: fen(9_900),
    reason: '退款',
  });
  rail.clock.advance(MINUTE_MS);
  await rail.clock.runDue();
  return { first, second };
}

describe('the bill of a day', () => {
  test('says everything that was paid and that went back, in fen, with what it cost', async () => {
    const rail = openVirtualRail();
    const day = today(rail);
    const { first, second } = await traded(rail);
    untilReady(rail, day);
    const rows = (await rail.pay.bill([day]))?.rows;
    const payment = {
      kind: 'payment',
      refundId: null,
      amountFen: 9_900,
      settledFen: 9_900,
      feeFen: 59,
      state: 'success',
      currency: 'CNY',
    };
    expect(rows).toHaveLength(3);
    expect(rows).toContainEqual({
      ...payment,
      transactionId: second.transactionId,
      orderNumber: orderIdOf(2),
      atMs: second.paidAtMs,
      openid: OPENID,
    });
    expect(rows?.find(({ kind }) => kind === 'refund')).toMatchObject({
      transactionId: first.transactionId,
      orderNumber: orderIdOf(1),
      refundId: 'one',
      amountFen: 3_300,
      settledFen: 3_300,
      feeFen: -20,
      state: 'success',
    });
  });

  test('of some days has what each of them has, and is not there as long as one is missing', async () => {
    const rail = openVirtualRail();
    const first = today(rail);
    await paid(rail, 1);
    rail.clock.advance(DAY_MS);
    const second = today(rail);
    await paid(rail, 2);
    untilReady(rail, second);
    const numbers = async (days: readonly string[]) =>
      (await rail.pay.bill(days))?.rows.map(({ orderNumber }) => orderNumber);
    expect(await numbers([first, second])).toEqual([orderIdOf(1), orderIdOf(2)]);
    expect(await numbers([second])).toEqual([orderIdOf(2)]);
    rail.clock.advance(-1);
    expect(await rail.pay.bill([first, second])).toBeNull();
  });

  test('is empty when nothing happened', async () => {
    const rail = openVirtualRail();
    untilReady(rail, today(rail));
    expect(await rail.pay.bill([dayAfter(today(rail), -1)])).toEqual({ rows: [], unreadable: [] });
  });

  test('is refused when its bytes are not those the signed answer named', async () => {
    const rail = openVirtualRail();
    const day = today(rail);
    await paid(rail, 1);
    untilReady(rail, day);
    rail.simulator.bills.isSpoiled = true;
    expect(await failure(rail.pay.bill([day]))).toBe('pay.unavailable');
  });

  test('is fetched from WeChat Pay, whatever host the answer names', async () => {
    const rail = openVirtualRail();
    const day = today(rail);
    await paid(rail, 1);
    untilReady(rail, day);
    rail.calls.length = 0;
    await rail.pay.bill([day]);
    expect(rail.calls.map(({ url }) => new URL(url).origin)).toEqual([BASE_URL, BASE_URL]);
  });

  test('leaves out what another mini-program of the same merchant sold', async () => {
    const rail = openVirtualRail();
    const day = today(rail);
    await paid(rail, 1);
    untilReady(rail, day);
    const other = wechatPay({
      ...merchantConfig,
      appid: 'wx0000000000000000',
      clock: rail.clock,
      log: quiet,
      ids: seededIds(rail.clock, seeded(2)),
      send: sendTo((request) => rail.simulator.handle(request)),
    });
    const ours = { rows: [{ kind: 'payment' }], unreadable: [] };
    const theirs = { rows: [], unreadable: [] };
    expect([await rail.pay.bill([day]), await other.bill([day])]).toMatchObject([ours, theirs]);
  });
});

const file = (rail: VirtualRail, day: string) => {
  const { bills } = rail.simulator;
  const named = bills.named(new URLSearchParams({ bill_date: day }), rail.clock.now());
  return bills.file(new URL(String(named.download_url)).searchParams.get('token') ?? '')?.toString() ?? '';
};

const read = (text: string) => readBill(Buffer.from(text), endlessTurn);

const refusedAs = (text: string) => read(text).then(() => null, String);

describe('a bill’s text', () => {
  let text = '';
  beforeAll(async () => {
    const rail = openVirtualRail();
    const day = today(rail);
    await traded(rail);
    untilReady(rail, day);
    text = file(rail, day);
  });

  test('is read with backticks before the columns’ names, without a byte order mark, and with other line ends', async () => {
    const expected = await read(text);
    const named = text.replace(/(?<=^|,)(?=[\u4e00-\u9fa5\uFEFF])/gm, '`');
    for (const other of [
      text.replace('\uFEFF', ''),
      text.replaceAll('\r\n', '\n'),
      named.replace('`\uFEFF', '\uFEFF`'),
    ])
      expect(await read(other)).toEqual(expected);
  });

  test.each([
    ['a line is missing', (whole: string) => whole.replace(/\r\n`2026[^\r]*/, '')],
    ['an amount was changed', (whole: string) => whole.replace('`99.00,`0.00,`\r', '`98.00,`0.00,`\r')],
    ['a fee was changed', (whole: string) => whole.replace('`0.5900', '`0.5800')],
    ['the sums are missing', (whole: string) => whole.slice(0, whole.indexOf('总交易单数'))],
    ['a column is missing', (whole: string) => whole.replace('交易时间,', '')],
    ['a column is there twice', (whole: string) => whole.replace('费率备注', '手续费')],
    ['a sum is no number', (whole: string) => whole.replace(/`198\.00(?=,`33)/, '`约198')],
    ['a line is there twice', (whole: string) => whole.replace(/(\r\n`2026[^\r]*)/, '$1$1')],
    ['there is nothing', () => ''],
    ['it is a page', () => '<html>502</html>'],
  ])('is refused when %s', async (_, change) => {
    const changed = change(text);
    expect(changed).not.toBe(text);
    expect(await refusedAs(changed)).toMatch(/pay\.unavailable: the bill/);
  });

  /** The bill with one column of the second payment's line changed. The line's title looks like the end of a value. */
  const withCell = (column: string, value: string) => {
    const names = (text.split('\r\n')[0] ?? '').replace('\uFEFF', '').split(',');
    const changed = (line: string) => {
      const [before = '', title = '', after = ''] = line.split(/(知课 课程,`第一章`)/);
      const values = [...before.split(',`').slice(0, -1), title, ...after.split(',`').slice(1)];
      values[names.indexOf(column)] = names.indexOf(column) === 0 ? `\`${value}` : value;
      return values.join(',`');
    };
    const lines = text.split('\r\n');
    return lines.map((line) => (line.includes(orderIdOf(2)) ? changed(line) : line)).join('\r\n');
  };

  test.each([
    ['交易状态', 'REVOKED', '交易状态 REVOKED'],
    ['交易状态', 'USERPAYING', '交易状态 USERPAYING'],
    ['微信订单号', '一二三', '微信订单号 一二三'],
    ['商户退款单号', '一二三', '商户退款单号 一二三'],
    ['交易时间', '昨天', '交易时间 昨天'],
    ['交易时间', '2026-13-20 10:00:00', '交易时间 2026-13-20 10:00:00'],
    ['订单金额', '99.001', '订单金额 99.001'],
    ['订单金额', '9,9.00', '订单金额 9,9.00'],
    ['订单金额', '', '订单金额 '],
    ['应结订单金额', '约99', '应结订单金额 约99'],
    ['手续费', '免', '手续费 免'],
  ])(
    'with an odd %s, %s, is read without that line, which is told by itself',
    async (column, value, told) => {
      const whole = await read(text);
      const odd = await read(withCell(column, value));
      const isOther = ({ row }: (typeof whole)[number]) => row !== null && row.orderNumber !== orderIdOf(2);
      expect(odd.filter(({ row }) => row !== null)).toEqual(whole.filter(isOther));
      const unreadable = odd.flatMap((line) => (line.unreadable === null ? [] : [line.unreadable]));
      expect(unreadable).toMatchObject([{ bill: told, orderNumber: orderIdOf(2), refundId: null }]);
      expect(unreadable[0]?.billFen).toBe(told.startsWith('订单金额') ? null : 9_900);
    },
  );

  test('is refused when what can be read is more than its sum, whatever cannot', async () => {
    expect(await refusedAs(withCell('订单金额', '约99'))).toBeNull();
    const less = withCell('订单金额', '约99').replace(/`198\.00,`33\.00\r\n$/, '`98.99,`33.00\r\n');
    expect(await refusedAs(less)).toMatch('its sums are others: 订单总金额');
  });

  test('is read without a line that a text has torn in two', async () => {
    const torn = text.replace('`知课 课程', '`知课\r\n`课程');
    expect(torn).not.toBe(text);
    const lines = await read(torn);
    expect(lines.filter(({ row }) => row !== null)).toHaveLength(2);
    const pieces = lines.flatMap(({ unreadable }) => (unreadable === null ? [] : [unreadable]));
    expect(pieces).toMatchObject([{ bill: '列数不符' }, { bill: '列数不符' }]);
    expect(new Set(pieces.map(({ about }) => about)).size).toBe(2);
    // Two parts are read as one line or two, but never as none.
    expect(await refusedAs(torn.replace('`3.0,', '`2.0,'))).toMatch('more or fewer');
    expect(await refusedAs(torn.replace('`3.0,', '`5.0,'))).toMatch('more or fewer');
  });

  test('has what is settled apart from what was paid, when coupons of the shop’s own were used', async () => {
    const rail = openVirtualRail();
    const day = today(rail);
    await traded(rail);
    untilReady(rail, day);
    rail.simulator.bills.planted = (lines) =>
      lines.map((line) => ({ ...line, couponFen: line.refund === null ? 1_000 : 333 }));
    const amounts = (await rail.pay.bill([day]))?.rows.map((row) => [row.amountFen, row.settledFen]);
    expect(amounts).toEqual([
      [3_300, 2_967],
      [9_900, 8_900],
      [9_900, 8_900],
    ]);
  });

  test('is the same in the early layout, which has one amount where the later one has two', async () => {
    const rail = openVirtualRail();
    const day = today(rail);
    await traded(rail);
    untilReady(rail, day);
    const full = await rail.pay.bill([day]);
    rail.simulator.bills.layout = 'early';
    expect(file(rail, day)).not.toContain('应结订单金额');
    expect(await rail.pay.bill([day])).toEqual(full);
    expect(full?.rows).toHaveLength(3);
  });

  test('may have its columns in another order, and more of them', async () => {
    const [head = '', ...lines] = text.replace('\uFEFF', '').trimEnd().split('\r\n');
    const moved = [
      `${head},新列`,
      ...lines.map((line) => (line.startsWith('`2026') ? `${line},\`新` : line)),
    ];
    expect((await read(moved.join('\r\n'))).map(({ row }) => row)).toEqual(
      (await read(text)).map(({ row }) => row),
    );
  });

  test('may hold fees of less than a fen: each is rounded to the nearest', async () => {
    const halved = text.replace('`0.59000', '`0.58500').replace(/`0\.98000(?=,`198)/, '`0.97500');
    expect(await refusedAs(text)).toBeNull();
    const fees = (await read(halved)).map(({ row }) => row?.feeFen ?? 0);
    expect(halved).toContain('0.58500');
    expect(fees.sort((left, right) => left - right)).toEqual([-20, 59, 59]);
  });
});

test('a line of the same mini-program in a state that is none of ours is told by itself', async () => {
  const rail = openVirtualRail();
  const day = today(rail);
  await traded(rail);
  untilReady(rail, day);
  const counter = { 交易类型: 'MICROPAY', 交易状态: 'REVOKED', 商户订单号: 'POS20261120000000000001' };
  rail.simulator.bills.planted = (lines) => {
    const [first, ...others] = lines;
    const zero = {
      atMs: 0,
      totalFen: 0,
      refund: null,
      feeFen: 0,
      transactionId: '4200000000000000000000000009',
    };
    const refund = first?.refund ?? null;
    const unheard = refund && { ...refund, state: 'UNHEARD' };
    return first === undefined
      ? []
      : [{ ...first, refund: unheard }, ...others, { ...first, ...zero, cells: counter }];
  };
  const bill = await rail.pay.bill([day]);
  expect(bill?.rows.map(({ kind }) => kind)).toEqual(['payment', 'payment']);
  expect(bill?.unreadable).toMatchObject([
    { bill: '退款状态 UNHEARD', refundId: 'one', billFen: 3_300 },
    { bill: '交易状态 REVOKED', orderNumber: 'POS20261120000000000001', refundId: null, billFen: 0 },
  ]);
});

test('planted differences keep the bill whole', async () => {
  const rail = openVirtualRail();
  const day = today(rail);
  await traded(rail);
  untilReady(rail, day);
  rail.simulator.bills.planted = (lines: readonly BillLine[]) => lines.slice(1);
  expect((await rail.pay.bill([day]))?.rows).toHaveLength(2);
});

describe('while WeChat Pay is down', () => {
  test('calls through an open breaker are refused at once, and tried again after ten seconds', async () => {
    const rail = openVirtualRail();
    rail.simulator.faults.shares.requestLost = 1;
    for (let n = 0; n < 20; n += 1) expect(await failure(open(rail, 1))).toBe('pay.unavailable');
    rail.calls.length = 0;
    const refused = await open(rail, 1).catch((caught: unknown) => caught);
    expect(refused).toMatchObject({ code: 'pay.unavailable', params: { retryAfterSeconds: 10 } });
    expect(rail.calls).toHaveLength(0);
    rail.simulator.faults.shares.requestLost = 0;
    rail.clock.advance(10_000);
    for (let n = 0; n < 3; n += 1) await open(rail, 1);
    expect(rail.calls).toHaveLength(3);
  });

  test('one question that is not answered takes no other with it', async () => {
    const rail = openVirtualRail();
    rail.simulator.faults.shares.requestLost = 1;
    for (let n = 0; n < 20; n += 1) await failure(open(rail, 1));
    rail.simulator.faults.shares.requestLost = 0;
    expect(await rail.pay.query({ orderId: orderIdOf(1), openid: OPENID })).toEqual({ state: 'absent' });
  });

  test('the second address opens orders alone once the first is known to be down', async () => {
    const rail = openVirtualRail({ backupBaseUrl: 'https://api2.mch.weixin.qq.com' });
    const isFirst = () => rail.calls.at(-1)?.url.startsWith(BASE_URL) === true;
    rail.tamper = (answer) => (isFirst() ? { ...answer, status: 502 } : answer);
    for (let n = 0; n < 40; n += 1) await failure(open(rail, 1));
    rail.calls.length = 0;
    await open(rail, 1);
    expect(rail.calls.map(({ url }) => new URL(url).origin)).toEqual(['https://api2.mch.weixin.qq.com']);
  });

  test('a thousand buyers make it no more than a fifth more calls', async () => {
    const rail = openVirtualRail({ backupBaseUrl: 'https://api2.mch.weixin.qq.com' });
    rail.simulator.faults.shares.requestLost = 1;
    for (let n = 0; n < 1_000; n += 1) {
      await failure(open(rail, 1));
      rail.clock.advance(100);
    }
    expect(rail.calls.length).toBeLessThan(1_200);
  });

  test('while the first address is bad and not down, a fifth more calls are made and not more', async () => {
    const rail = openVirtualRail({ backupBaseUrl: 'https://api2.mch.weixin.qq.com' });
    let asked = 0;
    rail.tamper = (answer) => {
      if (rail.calls.at(-1)?.url.startsWith(BASE_URL) !== true) return answer;
      asked += 1;
      return asked % 5 < 2 ? { ...answer, status: 502 } : answer;
    };
    let failed = 0;
    for (let n = 0; n < 1_000; n += 1) {
      if ((await failure(open(rail, n))) !== null) failed += 1;
      rail.clock.advance(100);
    }
    expect(asked).toBe(1_000);
    expect(rail.calls.length).toBeGreaterThan(1_190);
    expect(rail.calls.length).toBeLessThanOrEqual(1_202);
    expect(failed).toBe(1_400 - rail.calls.length);
  });

  test('too many calls are as bad as none', async () => {
    const rail = openVirtualRail();
    rail.simulator.faults.shares.rateLimited = 1;
    for (let n = 0; n < 20; n += 1) await failure(open(rail, 1));
    rail.calls.length = 0;
    expect(await failure(open(rail, 1))).toBe('pay.unavailable');
    expect(rail.calls).toHaveLength(0);
  });
});

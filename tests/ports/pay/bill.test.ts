import { sendTo } from '../../../local/simulators/exchange.ts';
import type { BillLine } from '../../../local/simulators/wxpay/bills.ts';
import { readBill } from '../../../shared/adapters/wxpay/bill.ts';
import { wechatPay } from '../../../shared/adapters/wxpay/rail.ts';
import { dayAfter, dayOf, dayStartMs } from '../../../shared/domain/day.ts';
import { DAY_MS, fen, HOUR_MS, MINUTE_MS } from '../../../shared/schemas/base.ts';
import { seededIds } from '../../support/ids.ts';
import { seeded } from '../../support/seeded.ts';
import { failure, OPENID, open, orderIdOf, paid } from './conformance.ts';
import { BASE_URL, merchantConfig, openVirtualRail, type VirtualRail } from './rails.ts';

const today = (rail: VirtualRail) => dayOf(rail.clock.now());

/** Moves time to when the bill of the day is there. */
function untilReady(rail: VirtualRail, day: string): void {
  rail.clock.advance(dayStartMs(dayAfter(day, 1)) + 10 * HOUR_MS - rail.clock.now());
}

/** Two payments, one of which goes back in part. */
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
    const rows = await rail.pay.bill([day]);
    const payment = {
      kind: 'payment',
      refundId: null,
      amountFen: 9_900,
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
      (await rail.pay.bill(days))?.map(({ orderNumber }) => orderNumber);
    expect(await numbers([first, second])).toEqual([orderIdOf(1), orderIdOf(2)]);
    expect(await numbers([second])).toEqual([orderIdOf(2)]);
    rail.clock.advance(-1);
    expect(await rail.pay.bill([first, second])).toBeNull();
  });

  test('is empty when nothing happened', async () => {
    const rail = openVirtualRail();
    untilReady(rail, today(rail));
    expect(await rail.pay.bill([dayAfter(today(rail), -1)])).toEqual([]);
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
      ids: seededIds(rail.clock, seeded(2)),
      send: sendTo((request) => rail.simulator.handle(request)),
    });
    expect([await rail.pay.bill([day]), await other.bill([day])]).toMatchObject([[{ kind: 'payment' }], []]);
  });
});

const file = (rail: VirtualRail, day: string) => {
  const { bills } = rail.simulator;
  const named = bills.named(new URLSearchParams({ bill_date: day }), rail.clock.now());
  return bills.file(new URL(String(named.download_url)).searchParams.get('token') ?? '')?.toString() ?? '';
};

const refusedAs = (text: string) => {
  try {
    readBill(Buffer.from(text));
    return null;
  } catch (caught) {
    return String(caught);
  }
};

describe('a bill’s text', () => {
  let text = '';
  beforeAll(async () => {
    const rail = openVirtualRail();
    const day = today(rail);
    await traded(rail);
    untilReady(rail, day);
    text = file(rail, day);
  });

  test('is read with backticks before the columns’ names, without a byte order mark, and with other line ends', () => {
    const expected = readBill(Buffer.from(text));
    const named = text.replace(/(?<=^|,)(?=[\u4e00-\u9fa5\uFEFF])/gm, '`');
    for (const other of [
      text.replace('\uFEFF', ''),
      text.replaceAll('\r\n', '\n'),
      named.replace('`\uFEFF', '\uFEFF`'),
    ])
      expect(readBill(Buffer.from(other))).toEqual(expected);
  });

  test.each([
    ['a line is missing', (whole: string) => whole.replace(/\r\n`2026[^\r]*/, '')],
    ['an amount was changed', (whole: string) => whole.replace('`99.00,`0.00,`\r', '`98.00,`0.00,`\r')],
    ['a fee was changed', (whole: string) => whole.replace('`0.5900', '`0.5800')],
    ['the sums are missing', (whole: string) => whole.slice(0, whole.indexOf('总交易单数'))],
    ['a column is missing', (whole: string) => whole.replace('交易时间,', '')],
    ['an amount has less than a fen in it', (whole: string) => whole.replaceAll('`99.00', '`99.001')],
    ['an amount is no number', (whole: string) => whole.replaceAll('`99.00', '`9,9.00')],
    ['there is nothing', () => ''],
    ['it is a page', () => '<html>502</html>'],
  ])('is refused when %s', (_, change) => {
    const changed = change(text);
    expect(changed).not.toBe(text);
    expect(refusedAs(changed)).toMatch(/pay\.unavailable: the bill/);
  });

  test('may hold what was sold and undone elsewhere: it counts for the sums, and is no row', () => {
    const undone = readBill(Buffer.from(text.replace('`SUCCESS,`OTHERS', '`REVOKED,`OTHERS')));
    expect(undone.filter(({ row }) => row === null)).toMatchObject([{ says: 'REVOKED ', kind: 'payment' }]);
    const whole = readBill(Buffer.from(text));
    expect(undone.filter(({ row }) => row !== null)).toEqual(
      whole.filter((_, at) => undone[at]?.row !== null),
    );
  });

  test('may hold fees of less than a fen: each is rounded to the nearest', () => {
    const halved = text.replace('`0.59000', '`0.58500').replace(/`0\.98000(?=,`198)/, '`0.97500');
    expect(refusedAs(text)).toBeNull();
    const fees = readBill(Buffer.from(halved)).map(({ row }) => row?.feeFen ?? 0);
    expect(halved).toContain('0.58500');
    expect(fees.sort((left, right) => left - right)).toEqual([-20, 59, 59]);
  });
});

test('a state of a refund of ours that nobody has heard of refuses the bill', async () => {
  const rail = openVirtualRail();
  const day = today(rail);
  await traded(rail);
  untilReady(rail, day);
  rail.simulator.bills.planted = (lines) =>
    lines.map((line) => ({ ...line, refund: line.refund && { ...line.refund, state: 'UNHEARD' } }));
  expect(await failure(rail.pay.bill([day]))).toBe('pay.unavailable');
});

test('planted differences keep the bill whole', async () => {
  const rail = openVirtualRail();
  const day = today(rail);
  await traded(rail);
  untilReady(rail, day);
  rail.simulator.bills.planted = (lines: readonly BillLine[]) => lines.slice(1);
  expect(await rail.pay.bill([day])).toHaveLength(2);
});

describe('while WeChat Pay is down', () => {
  test('what nobody can answer is refused at once, and asked again after ten seconds', async () => {
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

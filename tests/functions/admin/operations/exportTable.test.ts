import { closeCase } from '../../../../functions/admin/operations/closeCase.ts';
import { exportTable } from '../../../../functions/admin/operations/exportTable.ts';
import { syncPayments } from '../../../../functions/payments/syncPayments.ts';
import { DAY_MS, fen, HOUR_MS, MINUTE_MS } from '../../../../shared/schemas/base.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { givenCase } from '../../../support/given/case.ts';
import { givenProduct } from '../../../support/given/course.ts';
import { type Buyer, givenOrder, storedIn } from '../../../support/given/order.ts';
import { givenLateMoney, givenMoney, passMinutes } from '../../../support/given/payment.ts';
import { givenNickname } from '../../../support/given/profile.ts';
import { askBack, givenPaid } from '../../../support/given/refund.ts';
import { givenStaff, type Staff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(exportTable, () => {
  let world: World;
  let finance: Staff;
  let alice: Buyer;
  let start: number;
  const ask = (kind: string, changes: object = {}, { token } = finance) =>
    world.call(
      exportTable,
      { kind, fromAtMs: start, untilAtMs: start + DAY_MS, reason: '月度对账', ...changes },
      { token },
    );
  const lines = async (kind: string, changes: object = {}, staff = finance) =>
    String((await ask(kind, changes, staff)).body)
      .split('\r\n')
      .slice(1, -1);

  beforeEach(async () => {
    world = await createWorld();
    start = world.clock.now();
    finance = await givenStaff(world, 'finance');
    alice = await world.login('alice');
  });
  afterEach(() => world.close());

  test('a file for spreadsheets: its name, its type, its mark, its headings and its lines', async () => {
    const order = await givenOrder(world, alice);
    const { status, headers, body } = await ask('orders');
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': expect.stringMatching(/^attachment; filename="orders-\d{4}-\d\d-\d\d\.csv"$/),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    const text = String(body);
    expect(text.startsWith('\uFEFF订单号,用户,状态,')).toBe(true);
    expect(text).toContain(`\r\n${order.id},${alice.userId},待支付,微信支付,网页,一门课程,99.00,`);
  });

  test('every kind has its lines', async () => {
    await givenMoney(world, alice, await givenOrder(world, alice));
    await givenLateMoney(world, await world.login('bob'));
    await world.drain();
    expect(await lines('orders')).toHaveLength(2);
    expect(await lines('payments')).toHaveLength(2);
    expect(await lines('refunds')).toHaveLength(1);
    expect((await lines('points')).length).toBeGreaterThan(0);
    expect(await lines('users')).toHaveLength(3);
    expect((await lines('journal')).length).toBeGreaterThan(3);
    await givenCase(world, 'complaint', 'one');
    expect(await lines('cases')).toHaveLength(1);
  });

  test('the lines of orders: one row for each, whose columns come to what the order says', async () => {
    const wanted = [
      await givenProduct(world),
      await givenProduct(world, { listFen: fen(4_900), title: '=1+1' }),
    ];
    const order = await givenPaid(world, alice, wanted);
    const [line] = order.lines;
    if (line === undefined) throw new Error('an order without lines');
    await askBack(world, alice, order, line.paidFen, { productIds: [line.productId] });
    await world.drain();
    const [headings = '', ...rows] = String((await ask('order_lines')).body)
      .split('\r\n')
      .slice(0, -1);
    const columns = headings.replace('\uFEFF', '').split(',');
    const cells = (heading: string) => rows.map((row) => row.split(',')[columns.indexOf(heading)]);
    expect(cells('订单号')).toEqual([order.id, order.id]);
    expect(cells('行号')).toEqual(['1', '2']);
    expect(cells('商品')).toEqual(order.lines.map(({ productId }) => productId));
    expect(cells('名称')).toEqual(['一门课程', '`=1+1']);
    const sumFen = (heading: string) =>
      cells(heading).reduce((sum, cell) => sum + Math.round(Number(cell) * 100), 0);
    expect([sumFen('原价（元）'), sumFen('实付（元）')]).toEqual([order.listFen, order.payableFen]);
    expect(sumFen('已退（元）') + sumFen('退款中（元）')).toBe(line.paidFen);
  });

  test('the journal comes line by line, of whole days, and its debits are its credits', async () => {
    await givenMoney(world, alice, await givenOrder(world, alice));
    await world.drain();
    const booked = await lines('journal', { fromAtMs: world.clock.now(), untilAtMs: world.clock.now() + 1 });
    const fenIn = (column: number) =>
      booked.reduce((sum, line) => sum + Math.round(Number(line.split(',')[column]) * 100), 0);
    expect([fenIn(4), fenIn(5)]).toEqual([9_900, 9_900]);
    expect(await lines('journal', { fromAtMs: start - DAY_MS, untilAtMs: start - DAY_MS + 1 })).toEqual([]);
  });

  test('the journal of all that can be asked for is whole, from the first instant to the last', async () => {
    for (const [fromAtMs, untilAtMs] of [
      [0, 1],
      [9_999_999_999_998, 9_999_999_999_999],
    ]) {
      expect(await lines('journal', { fromAtMs, untilAtMs })).toEqual([]);
    }
  });

  test('cases come with what was done about them, the open ones first', async () => {
    const closed = await givenCase(world, 'complaint', 'one');
    const { token } = await givenStaff(world, 'support');
    await world.call(closeCase, { caseId: closed, resolution: '=已退款' }, { token });
    world.clock.advance(1);
    const open = await givenCase(world, 'complaint', 'two');
    const told = await lines('cases');
    expect(told.map((line) => line.split(',')[0])).toEqual([open, closed]);
    expect(told[1]).toContain(',`=已退款,');
  });

  test('only of the time that was asked for: from, and until without it', async () => {
    const order = await givenOrder(world, alice);
    const at = world.clock.now();
    expect(await lines('orders', { fromAtMs: at, untilAtMs: at + 1 })).toHaveLength(1);
    expect(await lines('orders', { fromAtMs: at - 1, untilAtMs: at })).toEqual([]);
    expect(order.createdAtMs).toBe(at);
  });

  test('money is in the time in which it moved, as in the journal: not in that of the order or of the request', async () => {
    const order = await givenOrder(world, alice);
    await givenOrder(world, alice, { product: await givenProduct(world) });
    const ordered = { fromAtMs: start, untilAtMs: world.clock.now() + 1 };
    world.clock.advance(3 * MINUTE_MS);
    const paid = { fromAtMs: world.clock.now(), untilAtMs: world.clock.now() + 1 };
    await givenMoney(world, alice, order);
    await world.drain();
    expect(await lines('payments', ordered)).toEqual([]);
    expect((await lines('payments', paid)).map((line) => line.split(',')[0])).toEqual([order.id]);

    world.clock.advance(MINUTE_MS);
    const asked = { fromAtMs: world.clock.now(), untilAtMs: world.clock.now() + 1 };
    expect((await askBack(world, alice, order, 9_900)).status).toBe(200);
    expect(await lines('refunds', asked)).toHaveLength(1);
    world.clock.advance(MINUTE_MS);
    const back = { fromAtMs: world.clock.now(), untilAtMs: world.clock.now() + HOUR_MS };
    await passMinutes(world, 3, syncPayments);
    expect(await lines('refunds', asked)).toEqual([]);
    expect((await lines('refunds', back))[0]).toContain(`,${order.id},微信支付,已退款,99.00,`);
  });

  test('P7: what is about a person is masked, unless who may asks for it; both are in the audit log with why', async () => {
    await givenOrder(world, alice);
    await givenNickname(world, alice, '张小明');
    const admin = await givenStaff(world, 'admin');
    for (const kind of ['users', 'payments']) {
      const hidden = (await lines(kind, {}, admin)).join();
      const shown = (await lines(kind, { personal: 'true' }, admin)).join();
      expect(hidden).not.toContain(alice.openid);
      expect(hidden).not.toContain('张小明');
      expect(shown.includes('张小明')).toBe(kind === 'users');
    }
    expect(await storedIn(world, 'audit')).toContainEqual(
      expect.objectContaining({
        action: 'export.create',
        target: 'users',
        reason: '月度对账',
        after: expect.objectContaining({ personal: 'shown', fromAtMs: start }),
      }),
    );
  });

  test('auth.forbidden: what is about a person takes a right of its own, and nothing is made or written down', async () => {
    expect((await ask('users', { personal: 'true' })).code).toBe('auth.forbidden');
    const support = await givenStaff(world, 'support');
    expect((await ask('orders', {}, support)).code).toBe('auth.forbidden');
    expect(await storedIn(world, 'audit')).toEqual([]);
  });

  test('auth.second_factor_required: what is about a person takes a fresh second factor', async () => {
    const admin = await givenStaff(world, 'admin', { secondFactor: 'stale' });
    expect((await ask('users', { personal: 'true' }, admin)).code).toBe('auth.second_factor_required');
    expect((await ask('users', {}, admin)).status).toBe(200);
    expect(await storedIn(world, 'audit')).toHaveLength(1);
  });

  test('a text that looks like a number keeps its digits in a spreadsheet, and an amount is a number', async () => {
    await givenMoney(world, alice, await givenOrder(world, alice));
    await world.drain();
    await givenNickname(world, alice, '007');
    const admin = await givenStaff(world, 'admin');
    expect((await lines('users', { personal: 'true' }, admin)).join()).toContain(',`007,学员,');
    const payment = (await lines('payments'))[0]?.split(',') ?? [];
    expect([payment[4], payment[6]]).toEqual(['99.00', expect.stringMatching(/^`\d{28}$/)]);
  });

  test('S29: a name that would be a formula is none in the file', async () => {
    await givenNickname(world, alice, '=HYPERLINK("http://x")');
    await givenOrder(world, alice, { product: await givenProduct(world, { title: '@SUM(A1),"x"' }) });
    const admin = await givenStaff(world, 'admin');
    expect((await lines('users', { personal: 'true' }, admin)).join()).toContain(
      '"`=HYPERLINK(""http://x"")"',
    );
    expect((await lines('orders')).join()).toContain('"`@SUM(A1),""x"""');
  });

  test('more lines than one page, one batch and one piece hold: each once', async () => {
    const product = await givenProduct(world, { listFen: fen(0) });
    for (let index = 0; index < 620; index += 1) {
      // Logins from one address are limited to 100 a minute.
      if (index % 100 === 99) world.clock.advance(MINUTE_MS);
      await givenOrder(world, await world.login(`buyer${index}`), { product });
    }
    for (const kind of ['orders', 'payments']) {
      const ids = (await lines(kind)).map((line) => line.split(',')[0]);
      expect([ids.length, new Set(ids).size]).toEqual([620, 620]);
    }
  });

  test('request.invalid for more than a year, no time, no reason, and what cannot be exported', async () => {
    for (const changes of [
      { untilAtMs: start + 367 * DAY_MS },
      { untilAtMs: start },
      { fromAtMs: undefined },
      { reason: undefined },
      { personal: 'yes' },
    ]) {
      expect((await ask('orders', changes)).code).toBe('request.invalid');
    }
    expect((await ask('sessions')).code).toBe('request.invalid');
  });

  test('request.too_many: ten a minute', async () => {
    for (let count = 0; count < 10; count += 1) expect((await ask('refunds')).status).toBe(200);
    expect((await ask('refunds')).code).toBe('request.too_many');
  });
});

import { runReconciliation } from '../../../../functions/admin/books/runReconciliation.ts';
import * as reconciliations from '../../../../shared/data/books/reconciliations.ts';
import { billReadyAtMs } from '../../../../shared/domain/books/reconciliation.ts';
import { dayAfter, dayOf } from '../../../../shared/domain/day.ts';
import { DAY_MS } from '../../../../shared/schemas/base.ts';
import type { Day } from '../../../../shared/schemas/books/journal.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { givenOrder, stored, storedIn } from '../../../support/given/order.ts';
import { givenMoney } from '../../../support/given/payment.ts';
import { givenStaff, type Staff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(runReconciliation, () => {
  let world: World;
  let finance: Staff;
  let day: Day;

  beforeEach(async () => {
    world = await createWorld();
    const alice = await world.login('alice');
    await givenMoney(world, alice, await givenOrder(world, alice));
    await world.drain();
    day = dayOf(world.clock.now());
    world.clock.advance(DAY_MS);
    finance = await givenStaff(world, 'finance');
  });
  afterEach(() => world.close());

  const run = (of: Day, token = finance.token) =>
    world.call(runReconciliation, { rail: 'wxpay', day: of, reason: '核对漏单' }, { token });

  const found = () => stored(world, reconciliations.collection, `wxpay:${day}`);

  test('has a day looked at now, and is in the audit log', async () => {
    expect((await run(day)).data).toEqual({ reconciliationId: `wxpay:${day}`, askedAtMs: world.clock.now() });
    await world.drain();
    expect(await found()).toMatchObject({ paymentCount: 1, openCount: 0, finishedAtMs: world.clock.now() });
    expect(await storedIn(world, 'audit')).toMatchObject([
      {
        actorId: finance.userId,
        action: 'reconciliation.run',
        target: `wxpay:${day}`,
        reason: '核对漏单',
      },
    ]);
  });

  test('looks again at a day that was looked at: what was wrong with the bill then is healed', async () => {
    world.wechatPay.bills.planted = () => [];
    await run(day);
    await world.drain();
    expect(await found()).toMatchObject({ openCount: 1, healedCount: 0 });
    world.wechatPay.bills.planted = null;
    await run(day);
    await world.drain();
    expect(await found()).toMatchObject({ openCount: 0, healedCount: 1 });
  });

  test('each run is in the audit log, whatever the caller names its request', async () => {
    const other = await givenStaff(world, 'admin');
    for (const token of [finance.token, finance.token, other.token]) {
      const asked = { rail: 'wxpay', day, reason: '复核' };
      await world.call(runReconciliation, asked, { token, headers: { 'x-request-id': 'always-the-same' } });
    }
    const runs = await storedIn(world, 'audit');
    expect(runs).toHaveLength(3);
    expect(runs).toContainEqual(expect.objectContaining({ actorId: other.userId }));
  });

  test('reconciliation.day_out_of_range', async () => {
    const today = dayOf(world.clock.now());
    for (const wrong of [today, dayAfter(today, 1), dayAfter(today, -81)]) {
      expect((await run(wrong)).error.code).toBe('reconciliation.day_out_of_range');
    }
    expect(await storedIn(world, 'reconciliations', 'audit')).toEqual([]);
  });

  test('request.invalid: a date that does not exist', async () => {
    for (const wrong of ['2026-02-30', '2026-13-01', 'yesterday']) {
      expect((await run(wrong)).error.code).toBe('request.invalid');
    }
  });

  test('reconciliation.not_ready: before ten in the morning, and of a rail that the shop does not use', async () => {
    world.clock.advance(billReadyAtMs(day) - world.clock.now() - 1);
    expect((await run(day)).error.code).toBe('reconciliation.not_ready');
    world.clock.advance(1);
    Object.assign(world.ports.rails, { wxpay: null });
    expect((await run(day)).error.code).toBe('reconciliation.not_ready');
    expect(await storedIn(world, 'reconciliations', 'audit')).toEqual([]);
  });

  test('is for finance', async () => {
    const editor = await givenStaff(world, 'editor');
    expect((await run(day, editor.token)).error.code).toBe('auth.forbidden');
  });
});

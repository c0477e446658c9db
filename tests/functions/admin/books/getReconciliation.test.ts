import { getReconciliation } from '../../../../functions/admin/books/getReconciliation.ts';
import { reconcile } from '../../../../functions/books/reconcile.ts';
import { dayOf } from '../../../../shared/domain/day.ts';
import { DAY_MS } from '../../../../shared/schemas/base.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { givenOrder } from '../../../support/given/order.ts';
import { givenMoney } from '../../../support/given/payment.ts';
import { givenStaff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(getReconciliation, () => {
  let world: World;

  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  test('answers what became of a day and what differed, page after page', async () => {
    const { token } = await givenStaff(world, 'finance');
    const day = dayOf(world.clock.now());
    const alice = await world.login('alice');
    for (let n = 0; n < 3; n += 1) await givenMoney(world, alice, await givenOrder(world, alice));
    await world.drain();
    world.clock.advance(DAY_MS);
    world.wechatPay.bills.planted = () => [];
    await world.run(reconcile);
    const asked = { rail: 'wxpay', day, limit: 2 };
    const { data } = await world.call(getReconciliation, asked, { token });
    expect(data.reconciliation).toMatchObject({ openCount: 3, paymentCount: 0 });
    const { nextCursor: cursor, items } = data.differences;
    const next = await world.call(getReconciliation, { ...asked, cursor }, { token });
    expect([...items, ...next.data.differences.items].map(({ kind }) => kind)).toEqual(
      Array.from({ length: 3 }, () => 'missing_remote'),
    );
  });

  test('reconciliation.not_found', async () => {
    const { token } = await givenStaff(world, 'admin');
    const { error } = await world.call(getReconciliation, { rail: 'wxpay', day: '2026-01-01' }, { token });
    expect(error.code).toBe('reconciliation.not_found');
  });

  test('is for finance', async () => {
    const { token } = await givenStaff(world, 'editor');
    const { error } = await world.call(getReconciliation, { rail: 'wxpay', day: '2026-01-01' }, { token });
    expect(error.code).toBe('auth.forbidden');
  });
});

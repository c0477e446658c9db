import { listReconciliations } from '../../../../functions/admin/books/listReconciliations.ts';
import { reconcile } from '../../../../functions/books/reconcile.ts';
import { dayAfter, dayOf } from '../../../../shared/domain/day.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { givenStaff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(listReconciliations, () => {
  let world: World;

  beforeEach(async () => {
    world = await createWorld();
    await world.run(reconcile);
  });
  afterEach(() => world.close());

  test('lists the rails’ days, the newest first, page after page', async () => {
    const { token } = await givenStaff(world, 'finance');
    const first = await world.call(listReconciliations, { limit: 10 }, { token });
    const cursor = first.data.nextCursor;
    const second = await world.call(listReconciliations, { limit: 10, cursor }, { token });
    const days = [...first.data.items, ...second.data.items].map(({ id }) => id);
    const today = dayOf(world.clock.now());
    const week = [1, 2, 3, 4, 5, 6, 7].map((back) => dayAfter(today, -back));
    expect(days).toEqual(week.flatMap((day) => [`xpay:${day}`, `wxpay:${day}`]));
    expect(second.data.nextCursor).toBeNull();
  });

  test('is for finance', async () => {
    const { token } = await givenStaff(world, 'support');
    expect((await world.call(listReconciliations, {}, { token })).error.code).toBe('auth.forbidden');
  });
});

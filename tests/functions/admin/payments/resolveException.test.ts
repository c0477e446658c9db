import { resolveException } from '../../../../functions/admin/payments/resolveException.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { givenException } from '../../../support/given/exception.ts';
import { storedIn } from '../../../support/given/order.ts';
import { givenStaff, type Staff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(resolveException, () => {
  let world: World;
  let finance: Staff;
  const resolve = (exceptionId: string, note = '已线下退款', { token } = finance) =>
    world.call(resolveException, { exceptionId, note }, { token });

  beforeEach(async () => {
    world = await createWorld();
    finance = await givenStaff(world, 'finance');
  });
  afterEach(() => world.close());

  test('it says who saw to it, when and how, and so does the audit log', async () => {
    const { id } = await givenException(world);
    const resolution = { by: finance.userId, note: '已线下退款', atMs: world.clock.now() };
    expect((await resolve(id)).data.exception).toMatchObject({ id, state: 'resolved', resolution });
    expect(await storedIn(world, 'audit')).toMatchObject([
      {
        ...{ action: 'exception.resolve', target: id, reason: '已线下退款' },
        ...{ before: { state: 'open' }, after: { resolution } },
      },
    ]);
  });

  test('resolved again, by somebody else too, the first note stays', async () => {
    const { id } = await givenException(world);
    await resolve(id);
    const other = await givenStaff(world, 'admin');
    expect((await resolve(id, '别的', other)).data.exception.resolution?.note).toBe('已线下退款');
    expect(await storedIn(world, 'audit')).toHaveLength(1);
  });

  test('exception.not_found, and auth.forbidden for support', async () => {
    expect((await resolve('nobody:knows:this')).code).toBe('exception.not_found');
    const support = await givenStaff(world, 'support');
    expect((await resolve('nobody:knows:this', '好', support)).code).toBe('auth.forbidden');
  });
});

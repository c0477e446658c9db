import { resetSecondFactor } from '../../../../functions/admin/identity/resetSecondFactor.ts';
import { getMe } from '../../../../functions/identity/getMe.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { storedIn } from '../../../support/given/order.ts';
import {
  givenNamedStaff,
  givenSecondFactor,
  givenStaff,
  logIn,
  type Staff,
} from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(resetSecondFactor, () => {
  let world: World;
  let admin: Staff;
  const reset = (userId: string, { token } = admin) =>
    world.call(resetSecondFactor, { userId, reason: '手机丢失' }, { token });

  beforeEach(async () => {
    world = await createWorld();
    admin = await givenStaff(world, 'admin', { secondFactor: true });
  });
  afterEach(() => world.close());

  test('S07: the factor is gone, all sessions have ended, and the password alone logs in again', async () => {
    const bob = await givenNamedStaff(world, 'finance');
    await givenSecondFactor(world, bob);
    expect((await reset(bob.userId)).status).toBe(200);
    expect((await world.call(getMe, {}, { token: bob.token })).code).toBe('auth.required');
    expect((await logIn(world)).status).toBe(200);
    expect(await storedIn(world, 'audit')).toContainEqual(
      expect.objectContaining({ action: 'second_factor.reset', target: bob.userId, reason: '手机丢失' }),
    );
  });

  test('where there is none, nothing happens', async () => {
    const bob = await givenStaff(world, 'finance');
    expect((await reset(bob.userId)).status).toBe(200);
    expect(await storedIn(world, 'audit')).toEqual([]);
    expect((await world.call(getMe, {}, { token: bob.token })).status).toBe(200);
  });

  test('staff.not_yourself, user.not_found, and who has shown no factor may not', async () => {
    expect((await reset(admin.userId)).code).toBe('staff.not_yourself');
    expect((await reset(world.ports.ids.make('usr'))).code).toBe('user.not_found');
    const plain = await givenStaff(world, 'admin');
    expect((await reset(admin.userId, plain)).code).toBe('auth.second_factor_required');
  });
});

import { listStaff } from '../../../../functions/admin/identity/listStaff.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { givenNamedStaff, givenSecondFactor, givenStaff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(listStaff, () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  test('everybody who works here and nobody else, newest first, page by page', async () => {
    const boss = await givenNamedStaff(world, 'finance');
    await givenSecondFactor(world, boss);
    await world.login('alice');
    world.clock.advance(1);
    const admin = await givenStaff(world, 'admin');
    const { token } = admin;
    const first = (await world.call(listStaff, { limit: 1 }, { token })).data;
    const second = (await world.call(listStaff, { limit: 1, cursor: first.nextCursor }, { token })).data;
    expect([...first.items, ...second.items]).toMatchObject([
      { id: admin.userId, role: 'admin', hasSecondFactor: false },
      { id: boss.userId, role: 'finance', hasSecondFactor: true },
    ]);
    expect(second.nextCursor).toBeNull();
  });

  test('auth.forbidden for all but administrators', async () => {
    const { token } = await givenStaff(world, 'support');
    expect((await world.call(listStaff, {}, { token })).code).toBe('auth.forbidden');
  });
});

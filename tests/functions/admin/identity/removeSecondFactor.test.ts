import { removeSecondFactor } from '../../../../functions/admin/identity/removeSecondFactor.ts';
import { getMe } from '../../../../functions/identity/getMe.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { badWorld, storedIn } from '../../../support/given/order.ts';
import {
  appCode,
  givenNamedStaff,
  givenSecondFactor,
  logIn,
  type Staff,
} from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(removeSecondFactor, () => {
  let world: World;
  let staff: Staff;
  let given: Awaited<ReturnType<typeof givenSecondFactor>>;
  const remove = (secondFactor: object) =>
    world.call(removeSecondFactor, { secondFactor }, { token: staff.token });

  async function begin() {
    staff = await givenNamedStaff(world, 'finance');
    given = await givenSecondFactor(world, staff);
  }
  beforeEach(async () => {
    world = await createWorld();
    await begin();
  });
  afterEach(() => world.close());

  test('S07: it is off, the audit log says so, and every session has ended', async () => {
    expect((await remove({ recoveryCode: given.recoveryCodes[3] })).status).toBe(200);
    expect(await storedIn(world, 'secondFactors')).toEqual([]);
    expect(await storedIn(world, 'audit')).toContainEqual(
      expect.objectContaining({ action: 'second_factor.turn_off', after: { secondFactor: 'off' } }),
    );
    expect((await world.call(getMe, {}, { token: staff.token })).code).toBe('auth.required');
    expect((await logIn(world)).status).toBe(200);
  });

  test('auth.second_factor_wrong: it stays on', async () => {
    expect((await remove({ oneTimeCode: appCode(world, given.key) })).code).toBe('auth.second_factor_wrong');
    expect(await storedIn(world, 'secondFactors')).toMatchObject([{ state: 'on' }]);
  });

  test('where none is on, nothing happens', async () => {
    staff = await givenNamedStaff(world, 'finance', 'other');
    expect((await remove({ oneTimeCode: '123456' })).status).toBe(200);
    expect(await storedIn(world, 'secondFactors')).toHaveLength(1);
  });

  test('when the answer to its commit is lost it is still off, once', async () => {
    await world.close();
    world = await badWorld(11, { conflict: 0.2, commitLost: 0.5 });
    await begin();
    expect((await remove({ oneTimeCode: appCode(world, given.key, 30) })).status).toBe(200);
    expect(await storedIn(world, 'audit')).toHaveLength(3);
  });
});

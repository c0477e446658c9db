import { resetSecondFactor } from '../../../../functions/admin/identity/resetSecondFactor.ts';
import { getMe } from '../../../../functions/identity/getMe.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { badWorld, storedIn } from '../../../support/given/order.ts';
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
    admin = await givenStaff(world, 'admin');
  });
  afterEach(() => world.close());

  test('S07: the factor is gone, all sessions have ended, and the answered code enrols anew', async () => {
    const bob = await givenNamedStaff(world, 'finance');
    await givenSecondFactor(world, bob);
    const { data } = await reset(bob.userId);
    expect((await world.call(getMe, {}, { token: bob.token })).code).toBe('auth.required');
    const { token } = (await logIn(world)).data;
    const staff = { token, userId: bob.userId };
    await expect(givenSecondFactor(world, { ...staff, enrolmentCode: bob.enrolmentCode })).rejects.toThrow(
      'auth.enrolment_code_wrong',
    );
    const given = await givenSecondFactor(world, { ...staff, enrolmentCode: data.enrolmentCode ?? '' });
    expect((await logIn(world, { recoveryCode: given.recoveryCodes[0] })).status).toBe(200);
    expect(await storedIn(world, 'audit')).toContainEqual(
      expect.objectContaining({ action: 'second_factor.reset', target: bob.userId, reason: '手机丢失' }),
    );
  });

  test('who has none gets a code too; a learner gets none, and nothing happens', async () => {
    const bob = await givenStaff(world, 'finance', { secondFactor: false });
    expect((await reset(bob.userId)).data.enrolmentCode).toMatch(/^([A-Z2-7]{4}-){3}[A-Z2-7]{4}$/);
    expect(await storedIn(world, 'secondFactors')).toMatchObject([{ id: bob.userId, state: 'invited' }]);
    const alice = await world.login('alice');
    expect((await reset(alice.userId)).data.enrolmentCode).toBeNull();
    expect(await storedIn(world, 'audit')).toHaveLength(1);
  });

  test('when the answer to its commit is lost, the code that is answered is the one that is stored', async () => {
    await world.close();
    world = await badWorld(5, { conflict: 0.2, commitLost: 0.5 });
    admin = await givenStaff(world, 'admin');
    const bob = await givenNamedStaff(world, 'finance');
    const { data } = await reset(bob.userId);
    const { token } = (await logIn(world)).data;
    const enrolmentCode = data.enrolmentCode ?? '';
    const { key } = await givenSecondFactor(world, { token, userId: bob.userId, enrolmentCode });
    expect(key).toMatch(/^[A-Z2-7]{32}$/);
  });

  test('staff.not_yourself, user.not_found, and who has shown no factor may not', async () => {
    expect((await reset(admin.userId)).code).toBe('staff.not_yourself');
    expect((await reset(world.ports.ids.make('usr'))).code).toBe('user.not_found');
    const plain = await givenStaff(world, 'admin', { secondFactor: 'stale' });
    expect((await reset(admin.userId, plain)).code).toBe('auth.second_factor_required');
  });
});

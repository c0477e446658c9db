import { setStaffRole } from '../../../../functions/admin/identity/setStaffRole.ts';
import { register } from '../../../../functions/identity/register.ts';
import * as users from '../../../../shared/data/identity/users.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { exported } from '../../../support/given/export.ts';
import { badWorld, stored, storedIn } from '../../../support/given/order.ts';
import { givenSecondFactor, givenStaff, PASSWORD, type Staff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(setStaffRole, () => {
  let world: World;
  let admin: Staff;
  /** Sets a role, by default with the role that the user really has as the one seen. */
  const setRole = async (by: Staff, userId: string, role: string, changes: object = {}) => {
    const seen = await world.ports.database.find(users.collection, userId);
    const asked = { userId, expectedRole: seen?.role ?? 'learner', role, reason: '入职', ...changes };
    return world.call(setStaffRole, asked, { token: by.token });
  };
  const anAdmin = () => givenStaff(world, 'admin');
  const roleOf = async ({ userId }: Staff) => (await stored(world, users.collection, userId)).role;

  beforeEach(async () => {
    world = await createWorld();
    admin = await anAdmin();
  });
  afterEach(() => world.close());

  test('the role counts from the next call on, and the audit log says who gave it, and why', async () => {
    const bob = await givenStaff(world, 'learner');
    const { data } = await setRole(admin, bob.userId, 'finance');
    expect(data.staff).toMatchObject({ id: bob.userId, role: 'finance', hasSecondFactor: false });
    expect(await roleOf(bob)).toBe('finance');
    expect(await storedIn(world, 'audit')).toMatchObject([
      {
        actorId: admin.userId,
        target: bob.userId,
        action: 'staff.role',
        reason: '入职',
        before: { role: 'learner' },
        after: { role: 'finance' },
      },
    ]);
  });

  test('a new member of staff gets a code to enrol by, once, good for a day; who has a factor gets none', async () => {
    const { data } = await world.call(register, { userName: 'boss', password: PASSWORD });
    const bob = { token: data.token, userId: data.user.id };
    const made = await setRole(admin, bob.userId, 'finance');
    const enrolmentCode = made.data.enrolmentCode ?? '';
    expect(JSON.stringify(await exported(world))).not.toContain(enrolmentCode.replaceAll('-', ''));
    expect((await setRole(admin, bob.userId, 'finance')).data.enrolmentCode).toBeNull();
    await givenSecondFactor(world, { ...bob, enrolmentCode });
    expect((await setRole(admin, bob.userId, 'editor')).data).toMatchObject({
      staff: { hasSecondFactor: true },
      enrolmentCode: null,
    });
    const alice = await world.login('alice');
    expect((await setRole(admin, alice.userId, 'learner')).data.enrolmentCode).toBeNull();
  });

  test('the role somebody has already changes nothing', async () => {
    const bob = await givenStaff(world, 'editor');
    expect((await setRole(admin, bob.userId, 'editor')).status).toBe(200);
    expect(await storedIn(world, 'audit')).toEqual([]);
  });

  test('staff.role_changed: of two who saw the same role one is refused, and told the role', async () => {
    const bob = await givenStaff(world, 'editor');
    expect((await setRole(admin, bob.userId, 'learner')).status).toBe(200);
    const before = await storedIn(world, 'users', 'audit');
    const second = await setRole(await anAdmin(), bob.userId, 'finance', { expectedRole: 'editor' });
    expect(second.error).toMatchObject({ code: 'staff.role_changed', params: { role: 'learner' } });
    expect(await roleOf(bob)).toBe('learner');
    expect(await storedIn(world, 'audit')).toEqual(before.filter((doc) => 'action' in Object(doc)));
  });

  test('staff.not_yourself: nobody gives themselves a role or takes it away', async () => {
    expect((await setRole(admin, admin.userId, 'learner')).code).toBe('staff.not_yourself');
    expect(await roleOf(admin)).toBe('admin');
  });

  test.each([1, 2, 3, 4, 5])(
    'when two take each other’s role at the same moment, one of them stays (%i)',
    async (seed) => {
      await world.close();
      world = await createWorld({ seed });
      const [one, other] = [await anAdmin(), await anAdmin()];
      await Promise.all([setRole(one, other.userId, 'learner'), setRole(other, one.userId, 'learner')]);
      expect([await roleOf(one), await roleOf(other)].sort()).toEqual(['admin', 'learner']);
    },
  );

  test('user.not_found; request.invalid for a role that does not exist', async () => {
    expect((await setRole(admin, world.ports.ids.make('usr'), 'editor')).code).toBe('user.not_found');
    const bob = await givenStaff(world, 'learner');
    expect((await setRole(admin, bob.userId, 'owner')).code).toBe('request.invalid');
    expect((await setRole(admin, bob.userId, 'editor', { reason: ' ' })).code).toBe('request.invalid');
    expect(await roleOf(bob)).toBe('learner');
  });

  test('auth.second_factor_required, and auth.forbidden for all other roles', async () => {
    const bob = await givenStaff(world, 'learner');
    const plain = await givenStaff(world, 'admin', { secondFactor: 'stale' });
    expect((await setRole(plain, bob.userId, 'editor')).code).toBe('auth.second_factor_required');
    for (const role of ['editor', 'support', 'finance'] as const) {
      const staff = await givenStaff(world, role);
      expect((await setRole(staff, bob.userId, 'editor')).code).toBe('auth.forbidden');
    }
    expect(await roleOf(bob)).toBe('learner');
  });

  test('when the answer to its commit is lost it is still done and audited once', async () => {
    await world.close();
    world = await badWorld(3, { conflict: 0.2, commitLost: 0.5 });
    admin = await anAdmin();
    const bob = await givenStaff(world, 'learner');
    expect((await setRole(admin, bob.userId, 'editor')).status).toBe(200);
    expect(await storedIn(world, 'audit')).toHaveLength(1);
  });
});

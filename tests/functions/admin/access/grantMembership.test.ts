import { getMembership } from '../../../../functions/access/getMembership.ts';
import { grantMembership } from '../../../../functions/admin/access/grantMembership.ts';
import * as memberships from '../../../../shared/data/access/memberships.ts';
import { noMembership } from '../../../../shared/domain/access/membership.ts';
import { GRANTS_MAX, type MembershipGrant } from '../../../../shared/schemas/access/membership.ts';
import { MembershipGrantId, timeMs, UserId } from '../../../../shared/schemas/base.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { unknownProductId } from '../../../support/given/course.ts';
import { NOTHING_ALONE } from '../../../support/given/dailyValue.ts';
import { exported } from '../../../support/given/export.ts';
import { givenMember } from '../../../support/given/member.ts';
import { badWorld, storedIn } from '../../../support/given/order.ts';
import { givenStaff, type Staff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(grantMembership, () => {
  let world: World;
  let support: Staff;
  let alice: Awaited<ReturnType<World['login']>>;
  const asked = (changes: object = {}) => ({
    grantId: MembershipGrantId.parse(world.ports.ids.make('mgr')),
    userId: alice.userId,
    scope: { kind: 'platform' },
    length: { kind: 'days', days: 7 },
    reason: '补偿',
    ...changes,
  });
  const give = (input: object) => world.call(grantMembership, input, support);

  beforeEach(async () => {
    world = await createWorld();
    support = await givenStaff(world, 'support');
    alice = await world.login('alice');
  });
  afterEach(() => world.close());

  test('staff.not_yourself', async () => {
    expect((await give(asked({ userId: support.userId }))).code).toBe('staff.not_yourself');
    expect(await storedIn(world, 'memberships', 'audit')).toEqual([]);
  });

  test('staff.second_person_needed: above the daily limit no membership is given', async () => {
    await world.close();
    world = await createWorld(NOTHING_ALONE);
    support = await givenStaff(world, 'support');
    alice = await world.login('alice');
    const { error } = await give(asked());
    expect(error).toMatchObject({ code: 'staff.second_person_needed', params: { value: 7 } });
    const quarter = await give(asked({ length: { kind: 'months', months: 3 } }));
    expect(quarter.error.params).toMatchObject({ kind: 'membershipDays', value: 93 });
    expect(await storedIn(world, 'memberships')).toEqual([]);
  });

  test('it begins where what there is ends; the same again gives once, and is audited once', async () => {
    const end = await givenMember(world, alice.userId);
    const input = asked();
    const { data } = await give(input);
    expect(data.scopes).toMatchObject([{ isLive: true, untilAtMs: end + 7 * 86_400_000 }]);
    const before = await exported(world);
    world.clock.advance(1_000);
    expect((await give(input)).data).toEqual(data);
    expect(await exported(world)).toEqual(before);
    const audited = await storedIn(world, 'audit');
    expect(audited).toMatchObject([{ action: 'membership.grant', target: alice.userId, reason: '补偿' }]);
    expect((await world.call(getMembership, {}, alice)).data).toEqual(data);
  });

  test('on a database that conflicts and loses the answers to its commits it gives once', async () => {
    await world.close();
    world = await badWorld(2, { conflict: 0.3, commitLost: 0.3 });
    support = await givenStaff(world, 'support');
    alice = await world.login('alice');
    const input = asked({ length: { kind: 'months', months: 12 } });
    await Promise.all([give(input), give(input)]);
    expect(await storedIn(world, 'memberships')).toMatchObject([{ grants: [{ cause: 'staff' }] }]);
  });

  test('membership.grant_taken: the same id for another length', async () => {
    const input = asked();
    await give(input);
    const other = { ...input, length: { kind: 'days', days: 8 } };
    expect(await give(other)).toMatchObject({ status: 409, code: 'membership.grant_taken' });
  });

  test('the same id for somebody else is a grant of their own, and audited as such', async () => {
    const bob = await world.login('bob');
    const input = asked();
    await give(input);
    expect((await give({ ...input, userId: bob.userId })).status).toBe(200);
    const audited = await storedIn(world, 'audit');
    for (const target of [alice.userId, bob.userId]) {
      expect(audited).toContainEqual(expect.objectContaining({ action: 'membership.grant', target }));
    }
  });

  test('membership.too_many: there is room for what is bought later', async () => {
    const grantOf = (count: number): MembershipGrant => ({
      sourceId: MembershipGrantId.parse(world.ports.ids.make('mgr')),
      ...{ cause: 'staff', productId: null, scope: { kind: 'platform' }, length: { kind: 'days', days: 1 } },
      ...{ atMs: timeMs(count), state: 'active' },
    });
    const grants = Array.from({ length: GRANTS_MAX / 2 }, (_, count) => grantOf(count));
    const full = { ...noMembership(alice.userId, world.clock.now()), grants };
    await world.ports.database.tx((tx) => memberships.save(tx, null, full));
    expect(await give(asked())).toMatchObject({ status: 409, code: 'membership.too_many' });
    expect(await storedIn(world, 'audit')).toEqual([]);
  });

  test('product.not_found and user.not_found', async () => {
    const productId = unknownProductId(world);
    const answer = await give(asked({ scope: { kind: 'product', productId } }));
    expect(answer).toMatchObject({ status: 404, code: 'product.not_found' });
    const userId = UserId.parse(world.ports.ids.make('usr'));
    expect(await give(asked({ userId }))).toMatchObject({ status: 404, code: 'user.not_found' });
  });

  test('auth.forbidden: for editors', async () => {
    const editor = await givenStaff(world, 'editor');
    expect(await world.call(grantMembership, asked(), editor)).toMatchObject({ code: 'auth.forbidden' });
  });
});

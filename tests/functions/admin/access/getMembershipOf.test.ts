import { getMembershipOf } from '../../../../functions/admin/access/getMembershipOf.ts';
import { UserId } from '../../../../shared/schemas/base.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { givenMember } from '../../../support/given/member.ts';
import { storedIn } from '../../../support/given/order.ts';
import { givenStaff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(getMembershipOf, () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  test('staff see it, and that they looked is written down; user.not_found; not for learners', async () => {
    const alice = await world.login('alice');
    const support = await givenStaff(world, 'support');
    const untilAtMs = await givenMember(world, alice.userId);
    const { data } = await world.call(getMembershipOf, { userId: alice.userId }, support);
    expect(data.scopes).toMatchObject([{ untilAtMs }]);
    const looked = { action: 'membership.view', target: alice.userId, actorId: support.userId };
    expect(await storedIn(world, 'audit')).toMatchObject([looked]);
    const userId = UserId.parse(world.ports.ids.make('usr'));
    expect(await world.call(getMembershipOf, { userId }, support)).toMatchObject({ code: 'user.not_found' });
    expect(await world.call(getMembershipOf, { userId }, alice)).toMatchObject({ code: 'auth.forbidden' });
  });
});

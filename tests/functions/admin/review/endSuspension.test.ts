import { endSuspension } from '../../../../functions/admin/review/endSuspension.ts';
import { createComment } from '../../../../functions/talk/createComment.ts';
import { UserId } from '../../../../shared/schemas/base.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { aComment } from '../../../support/given/comment.ts';
import { givenCourse } from '../../../support/given/course.ts';
import { type Buyer, storedIn } from '../../../support/given/order.ts';
import { givenStaff, type Staff } from '../../../support/given/staff.ts';
import { givenRemoved, givenWriter } from '../../../support/given/writer.ts';
import { createWorld, type World } from '../../../support/world.ts';

let world: World;
let alice: Buyer;
let support: Staff;
let threadId: string;

beforeEach(async () => {
  world = await createWorld();
  alice = await givenWriter(world, 'alice');
  support = await givenStaff(world, 'support');
  threadId = `product:${(await givenCourse(world)).productId}`;
});
afterEach(() => world.close());

const ends = (userId: UserId = alice.userId, by = support) =>
  world.call(endSuspension, { userId, reason: '已电话沟通' }, by);
const writes = () => world.call(createComment, aComment(world, threadId), alice);
const entries = async () =>
  ((await storedIn(world, 'audit')) as { action: string }[]).filter(
    ({ action }) => action === 'writing.end_suspension',
  );

describeFunction(endSuspension, () => {
  test('who was silent writes again, is trusted as little as before, and the audit log has who and why', async () => {
    await givenRemoved(world, alice, 3);
    expect((await writes()).code).toBe('writing.suspended');
    const { writer } = (await ends()).data;
    const pardonedAtMs = world.clock.now();
    expect(writer).toMatchObject({ suspension: null, pardonedAtMs, trust: 0 });
    expect(writer.removed).toHaveLength(3);
    expect((await writes()).status).toBe(200);
    expect(await entries()).toMatchObject([
      { actorId: support.userId, target: alice.userId, reason: '已电话沟通', after: { pardonedAtMs } },
    ]);
  });

  test('repeating it changes nothing, and a removal that comes later silences again', async () => {
    await givenRemoved(world, alice, 3);
    const first = await ends();
    world.clock.advance(1_000);
    expect((await ends()).data.writer.pardonedAtMs).toBe(first.data.writer.pardonedAtMs);
    expect(await entries()).toHaveLength(1);
    await givenRemoved(world, alice, 1);
    expect((await writes()).code).toBe('writing.suspended');
    expect((await ends()).status).toBe(200);
    expect((await writes()).status).toBe(200);
  });

  test('writing.not_suspended for who is not silent, and nothing is stored', async () => {
    expect((await ends()).code).toBe('writing.not_suspended');
    expect(await storedIn(world, 'writers')).toEqual([]);
    await givenRemoved(world, alice, 2);
    expect((await ends()).code).toBe('writing.not_suspended');
    expect(await entries()).toEqual([]);
  });

  test('staff.not_yourself, user.not_found, and who may not review ends nothing', async () => {
    await givenRemoved(world, alice, 3);
    expect((await ends(support.userId)).code).toBe('staff.not_yourself');
    expect((await ends(UserId.parse(world.ports.ids.make('usr')))).code).toBe('user.not_found');
    expect((await ends(alice.userId, await givenStaff(world, 'finance'))).code).toBe('auth.forbidden');
  });
});

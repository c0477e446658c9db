import { commentApproved } from '../../../events/commentApproved.ts';
import { rewardComment } from '../../../functions/points/rewardComment.ts';
import { REWARDS } from '../../../shared/domain/points/pointsRewards.ts';
import { fact } from '../../../shared/event.ts';
import { CommentId, type UserId } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenFact } from '../../support/given/fact.ts';
import { storedIn } from '../../support/given/order.ts';
import { pointsAccountOf } from '../../support/given/points.ts';
import { createWorld, type World } from '../../support/world.ts';

const { points: REWARD, perDayMax } = REWARDS.comment_approved;

describeFunction(rewardComment, () => {
  let world: World;
  let userId: UserId;
  const approve = async () => {
    const commentId = CommentId.parse(world.ports.ids.make('cmt'));
    const data = { commentId, userId, approvedAtMs: world.clock.now() };
    const id = await givenFact(world, fact(commentApproved, commentId, data));
    await Promise.all([1, 2].map(() => world.deliver('rewardComment', id)));
    return commentId;
  };

  beforeEach(async () => {
    world = await createWorld();
    ({ userId } = await world.login('alice'));
  });
  afterEach(() => world.close());

  test('a comment that passed review earns once, however often it is told', async () => {
    const commentId = await approve();
    expect(await storedIn(world, 'pointsEntries')).toMatchObject([
      { id: `${commentId}:approved`, cause: 'comment_approved', availableAfter: REWARD },
    ]);
  });

  test('a day has only so many, whatever else the day has earned', async () => {
    for (let n = 0; n <= perDayMax; n += 1) await approve();
    expect(await pointsAccountOf(world, userId)).toMatchObject({ available: perDayMax * REWARD });
  });
});

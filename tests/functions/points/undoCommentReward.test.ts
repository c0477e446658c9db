import { contentRemoved } from '../../../events/contentRemoved.ts';
import { decideReview } from '../../../functions/admin/review/decideReview.ts';
import { undoCommentReward } from '../../../functions/points/undoCommentReward.ts';
import { REWARDS } from '../../../shared/domain/points/pointsRewards.ts';
import { fact } from '../../../shared/event.ts';
import type { PointsEntry } from '../../../shared/schemas/points/points.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenFact } from '../../support/given/fact.ts';
import { type Buyer, storedIn } from '../../support/given/order.ts';
import { checksText, givenWritten, type Wrote } from '../../support/given/review.ts';
import { givenStaff } from '../../support/given/staff.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let alice: Buyer;

beforeEach(async () => {
  world = await createWorld();
  alice = await world.login('alice');
});
afterEach(() => world.close());

const moved = async () =>
  ((await storedIn(world, 'pointsEntries')) as PointsEntry[]).map(({ cause, availableAfter }) => [
    cause,
    availableAfter,
  ]);
const removes = async ({ target }: Wrote) => {
  const asked = { target, version: 1, decision: 'remove', reason: '广告' };
  await world.call(decideReview, asked, await givenStaff(world, 'support'));
  await world.drain();
};
const published = async () => {
  const wrote = await givenWritten(world, alice);
  await checksText(world, wrote);
  await world.drain();
  return wrote;
};
const { points } = REWARDS.comment_approved;

describeFunction(undoCommentReward, () => {
  test('the points of a removed comment go back, once, however often it is told', async () => {
    const wrote = await published();
    await removes(wrote);
    const back = [
      ['comment_approved', points],
      ['content_removed', 0],
    ];
    expect(await moved()).toEqual(back);
    const told = { target: wrote.target, userId: alice.userId, removedAtMs: world.clock.now() };
    await world.deliver('undoCommentReward', await givenFact(world, fact(contentRemoved, 'again', told)));
    expect(await moved()).toEqual(back);
  });

  test('a comment that earned nothing, beyond the number of a day, takes nothing', async () => {
    const wrote: Wrote[] = [];
    for (let n = 0; n <= REWARDS.comment_approved.perDayMax; n += 1) wrote.push(await published());
    const last = wrote.at(-1);
    if (last !== undefined) await removes(last);
    expect((await moved()).map(([cause]) => cause)).not.toContain('content_removed');
  });
});

import { contentRestored } from '../../../events/contentRestored.ts';
import { decideReview } from '../../../functions/admin/review/decideReview.ts';
import { rewardRestoredComment } from '../../../functions/points/rewardRestoredComment.ts';
import { appealReview } from '../../../functions/review/appealReview.ts';
import { REWARDS } from '../../../shared/domain/points/pointsRewards.ts';
import { fact } from '../../../shared/event.ts';
import { HOUR_MS } from '../../../shared/schemas/base.ts';
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

const { points } = REWARDS.comment_approved;
const moved = async () =>
  ((await storedIn(world, 'pointsEntries')) as PointsEntry[])
    .toSorted((one, other) => one.line - other.line)
    .map(({ cause, availableAfter }) => [cause, availableAfter]);
const published = async () => {
  const wrote = await givenWritten(world, alice);
  await checksText(world, wrote);
  await world.drain();
  return wrote;
};
const decides = async ({ target }: Wrote, decision: string) => {
  const asked = { target, version: 1, decision, reason: '看过了' };
  const { status, code } = await world.call(decideReview, asked, await givenStaff(world, 'support'));
  if (status !== 200) throw new Error(`not decided: ${code}`);
};
const appeals = ({ target }: Wrote) =>
  world.call(appealReview, { target, words: '误判' }, { token: alice.token });
/** Staff take it away, its author appeals, and staff decide so about that. */
const appealed = async (wrote: Wrote, decision: 'approve' | 'reject') => {
  await decides(wrote, 'remove');
  await world.drain();
  await appeals(wrote);
  await decides(wrote, decision);
};

describeFunction(rewardRestoredComment, () => {
  test('a won appeal gives the points back, once, however often it is told', async () => {
    const wrote = await published();
    await appealed(wrote, 'approve');
    await world.drain();
    const back = [
      ['comment_approved', points],
      ['content_removed', 0],
      ['content_restored', points],
    ];
    expect(await moved()).toEqual(back);
    const told = { target: wrote.target, userId: alice.userId, removal: 1, restoredAtMs: world.clock.now() };
    await world.deliver(
      'rewardRestoredComment',
      await givenFact(world, fact(contentRestored, 'again', told)),
    );
    expect(await moved()).toEqual(back);
  });

  test('a comment that is removed again after that loses them again, for good, because it is appealed once', async () => {
    const wrote = await published();
    await appealed(wrote, 'approve');
    await world.drain();
    await decides(wrote, 'remove');
    await world.drain();
    expect((await moved()).slice(2)).toEqual([
      ['content_restored', points],
      ['content_removed', 0],
    ]);
    expect((await appeals(wrote)).code).toBe('appeal.made_before');
  });

  test('a lost appeal gives nothing back', async () => {
    await appealed(await published(), 'reject');
    await world.drain();
    expect((await moved()).map(([cause]) => cause)).toEqual(['comment_approved', 'content_removed']);
  });

  test('a comment that earned nothing gets nothing back', async () => {
    const wrote: Wrote[] = [];
    for (let n = 0; n <= REWARDS.comment_approved.perDayMax; n += 1) wrote.push(await published());
    const last = wrote.at(-1);
    if (last !== undefined) await appealed(last, 'approve');
    await world.drain();
    expect(new Set((await moved()).map(([cause]) => cause))).toEqual(new Set(['comment_approved']));
  });

  test('what is told before the points are taken waits for that, and gives up where they never are', async () => {
    const wrote = await published();
    const told = { target: wrote.target, userId: alice.userId, removal: 1, restoredAtMs: world.clock.now() };
    const early = await givenFact(world, fact(contentRestored, 'early', told));
    await expect(world.deliver('rewardRestoredComment', early)).rejects.toMatchObject({
      code: 'database.conflict',
    });
    expect(await moved()).toEqual([['comment_approved', points]]);
    await decides(wrote, 'remove');
    await world.drain();
    await world.deliver('rewardRestoredComment', early);
    expect((await moved()).at(-1)).toEqual(['content_restored', points]);
    const other = await published();
    const never = { ...told, target: other.target };
    const late = await givenFact(world, fact(contentRestored, 'never', never));
    world.clock.advance(HOUR_MS);
    await world.deliver('rewardRestoredComment', late);
    expect((await moved()).at(-1)?.[0]).toBe('comment_approved');
  });
});

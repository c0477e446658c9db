import { decideReview } from '../../../../functions/admin/review/decideReview.ts';
import { appealReview } from '../../../../functions/review/appealReview.ts';
import { flagContent } from '../../../../functions/review/flagContent.ts';
import type { ReviewDecision } from '../../../../shared/schemas/review/review.ts';
import { ThreadId } from '../../../../shared/schemas/talk/thread.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { givenProduct } from '../../../support/given/course.ts';
import { type Buyer, storedIn } from '../../../support/given/order.ts';
import {
  checksText,
  givenEdited,
  givenFlagged,
  givenWritten,
  type Wrote,
  writtenNow,
} from '../../../support/given/review.ts';
import { givenStaff, givenStaffOf, type Staff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

let world: World;
let alice: Buyer;
let support: Staff;

beforeEach(async () => {
  world = await createWorld();
  alice = await world.login('alice');
  support = await givenStaff(world, 'support');
});
afterEach(() => world.close());

const decides = ({ target }: Wrote, decision: ReviewDecision, version = 1, by = support) =>
  world.call(decideReview, { target, version, decision, reason: '看过了' }, by);
const appeals = ({ target }: Wrote) =>
  world.call(appealReview, { target, words: '请再看看' }, { token: alice.token });
const doubtful = async () => {
  const wrote = await givenWritten(world, alice, '这里存疑');
  await checksText(world, wrote);
  return wrote;
};
const published = async (body = '讲得很清楚') => {
  const wrote = await givenWritten(world, alice, body);
  await checksText(world, wrote);
  await world.drain();
  return wrote;
};
const openCases = async () =>
  ((await storedIn(world, 'cases')) as { id: string; state: string }[]).flatMap(({ id, state }) =>
    state === 'open' ? [id] : [],
  );
const points = async () =>
  ((await storedIn(world, 'pointsEntries')) as { cause: string }[]).map(({ cause }) => cause);

describeFunction(decideReview, () => {
  test('approve: it is public from now on, its case closes with the reason, and the audit log has who and why', async () => {
    const wrote = await doubtful();
    expect((await decides(wrote, 'approve')).data.review).toMatchObject({ state: 'public', keptVersion: 1 });
    expect(await writtenNow(world, wrote)).toMatchObject({ isShown: true });
    expect(await storedIn(world, 'cases')).toMatchObject([
      { state: 'closed', closedBy: support.userId, resolution: '看过了' },
    ]);
    const entries = (await storedIn(world, 'audit')) as { action: string }[];
    expect(entries.filter(({ action }) => action === 'content.decide')).toMatchObject([
      {
        actorId: support.userId,
        target: wrote.target,
        reason: '看过了',
        after: { state: 'public', decision: 'approve' },
      },
    ]);
    await world.drain();
    expect(await points()).toEqual(['comment_approved']);
  });

  test('LK16: a removal says its cause and who did it, in the writing, on its writer and in the audit log', async () => {
    const wrote = await published();
    expect((await decides(wrote, 'remove')).status).toBe(200);
    const { review } = await writtenNow(world, wrote);
    expect(review).toMatchObject({
      state: 'removed',
      cause: 'staff',
      by: support.userId,
      takenBy: support.userId,
    });
    expect(await storedIn(world, 'writers')).toMatchObject([
      { removed: [{ target: wrote.target, by: support.userId }] },
    ]);
  });

  test('remove: nobody sees it, and each removal takes its points once, as each won appeal gives them back', async () => {
    const wrote = await published();
    const others = await Promise.all([1, 2].map(() => givenStaff(world, 'support')));
    await decides(wrote, 'remove');
    await world.drain();
    expect(await writtenNow(world, wrote)).toMatchObject({ isShown: false, shown: null });
    expect(await points()).toEqual(['comment_approved', 'content_removed']);
    await appeals(wrote);
    expect((await decides(wrote, 'approve', 1, others[0])).status).toBe(200);
    expect(await storedIn(world, 'writers')).toMatchObject([{ removed: [] }]);
    expect((await decides(wrote, 'remove', 1, others[1])).status).toBe(200);
    await world.drain();
    const [earned, taken] = ['comment_approved', 'content_removed'];
    expect((await points()).toSorted()).toEqual([earned, taken, taken, 'content_restored']);
  });

  test('keep: what flags hid is seen again, and the case about it closes', async () => {
    const wrote = await published();
    await givenFlagged(world, wrote);
    expect(await writtenNow(world, wrote)).toMatchObject({ isShown: false });
    expect(await openCases()).toEqual([`content_flagged:${wrote.target}:1`]);
    await decides(wrote, 'keep');
    expect(await writtenNow(world, wrote)).toMatchObject({ isShown: true, review: { keptVersion: 1 } });
    expect(await openCases()).toEqual([]);
    await givenFlagged(world, wrote);
    expect(await writtenNow(world, wrote)).toMatchObject({ isShown: true });
  });

  test('keep, while an edit waits: the flags of what is public count against who made them', async () => {
    const threadId = ThreadId.parse(`product:${(await givenProduct(world)).id}`);
    const wrote = await givenWritten(world, alice, '讲得很清楚', { threadId });
    await checksText(world, wrote);
    const flagged = { target: wrote.target, reason: 'abusive' };
    expect((await world.call(flagContent, flagged, support)).status).toBe(200);
    await givenEdited(world, wrote, '改过的话');
    const boss = await givenStaff(world, 'admin');
    expect((await decides(wrote, 'keep', 2, boss)).status).toBe(200);
    expect(await storedIn(world, 'flags')).toMatchObject([{ version: 1, overturnedAtMs: world.clock.now() }]);
  });

  test('reject: a first version is removed; of an edit only the edit is refused', async () => {
    const first = await doubtful();
    expect((await decides(first, 'reject')).data.review.state).toBe('removed');
    const wrote = await published();
    await givenEdited(world, wrote, '改成存疑的');
    await checksText(world, wrote, 2);
    expect((await decides(wrote, 'reject', 2)).data.review.state).toBe('rejected');
    expect(await writtenNow(world, wrote)).toMatchObject({ isShown: true, shown: { body: '讲得很清楚' } });
    expect(await openCases()).toEqual([]);
  });

  test('repeating a decision changes nothing and is recorded once', async () => {
    const wrote = await doubtful();
    const first = await decides(wrote, 'approve');
    const again = await decides(wrote, 'approve');
    expect(again.data).toEqual(first.data);
    const entries = (await storedIn(world, 'audit')) as { action: string }[];
    expect(entries.filter(({ action }) => action === 'content.decide')).toHaveLength(1);
  });

  test('LK14, review.version_changed: what was edited since staff looked is not decided about', async () => {
    const wrote = await published();
    await givenEdited(world, wrote, '第二版存疑');
    await checksText(world, wrote, 2);
    expect((await decides(wrote, 'approve', 1)).code).toBe('review.version_changed');
    expect((await decides(wrote, 'approve', 2)).status).toBe(200);
  });

  test('review.not_waiting: a decision that is not open', async () => {
    expect((await decides(await published(), 'approve')).code).toBe('review.not_waiting');
    expect((await decides(await doubtful(), 'keep')).code).toBe('review.not_waiting');
  });

  test('review.own: nobody decides about their own writing', async () => {
    const wrote = await doubtful();
    const own = await givenStaffOf(world, alice.userId, 'support');
    expect((await decides(wrote, 'approve', 1, own)).code).toBe('review.own');
  });

  test('review.same_person: an appeal is decided by another person than who took it away', async () => {
    const wrote = await published();
    await decides(wrote, 'remove');
    await appeals(wrote);
    expect((await decides(wrote, 'approve')).code).toBe('review.same_person');
    expect((await decides(wrote, 'approve', 1, await givenStaff(world, 'admin'))).status).toBe(200);
  });

  test('review.not_found: nothing is there', async () => {
    const nothing = { id: 'x', target: 'comment:cmt_01JD0000000000000000000004' } as unknown as Wrote;
    expect((await decides(nothing, 'approve')).code).toBe('review.not_found');
  });

  test.each(['finance', 'editor'] as const)('%s may not', async (role) => {
    expect((await decides(await doubtful(), 'approve', 1, await givenStaff(world, role))).code).toBe(
      'auth.forbidden',
    );
  });
});

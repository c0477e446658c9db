import { decideReview } from '../../../../functions/admin/review/decideReview.ts';
import { listReviews } from '../../../../functions/admin/review/listReviews.ts';
import { appealReview } from '../../../../functions/review/appealReview.ts';
import * as flags from '../../../../shared/data/review/flags.ts';
import * as comments from '../../../../shared/data/talk/comments.ts';
import { UserId } from '../../../../shared/schemas/base.ts';
import type { ReviewMatterKind } from '../../../../shared/schemas/review/review.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import type { Buyer } from '../../../support/given/order.ts';
import { checksText, givenEdited, givenFlagged, givenWritten } from '../../../support/given/review.ts';
import { givenStaff, type Staff } from '../../../support/given/staff.ts';
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

const listed = async (kind?: ReviewMatterKind) =>
  (await world.call(listReviews, { kind }, support)).data.items;
const written = async (body: string) => {
  const wrote = await givenWritten(world, alice, body);
  await checksText(world, wrote);
  world.clock.advance(1_000);
  return wrote;
};

describeFunction(listReviews, () => {
  test('what waits is listed with what was written, what others see, the doubts and the writer’s record', async () => {
    const wrote = await written('第一版');
    await givenEdited(world, wrote, '第二版存疑欺诈');
    await checksText(world, wrote, 2);
    expect(await listed()).toMatchObject([
      {
        ...{ id: `content_review:${wrote.target}:2`, kind: 'content_review' },
        written: {
          ...{ target: wrote.target, about: 'product:prd_01JD0000000000000000000002' },
          ...{ newest: { body: '第二版存疑欺诈' }, shown: { body: '第一版' } },
          review: { state: 'queued', version: 2, label: 20_008, doubts: ['check:20008'] },
          writer: { userId: alice.userId, published: 1, removed: 0 },
        },
      },
    ]);
  });

  test('the longest waiting comes first, page by page', async () => {
    const wrote = [await written('存疑一'), await written('存疑二'), await written('存疑三')];
    const first = (await world.call(listReviews, { limit: 2 }, support)).data;
    expect(first.items.map(({ written: of }) => of?.target)).toEqual([wrote[0]?.target, wrote[1]?.target]);
    const { data } = await world.call(listReviews, { limit: 2, cursor: first.nextCursor }, support);
    expect(data.items.map(({ written: of }) => of?.target)).toEqual([wrote[2]?.target]);
    expect(data.nextCursor).toBeNull();
  });

  test('what was flagged and what was appealed are lists of their own, and what is decided is in none', async () => {
    const flagged = await written('讲得很好');
    await givenFlagged(world, flagged);
    expect(await listed('content_flagged')).toMatchObject([
      { written: { review: { isHidden: true, flaggers: 2 } } },
    ]);
    const refused = await written('违规');
    await world.call(appealReview, { target: refused.target, words: '误判' }, { token: alice.token });
    expect(await listed('appeal')).toMatchObject([{ story: expect.stringContaining('误判') }]);
    expect(await listed()).toEqual([]);
    for (const [{ target }, decision] of [
      [flagged, 'keep'],
      [refused, 'approve'],
    ] as const) {
      const asked = { target, version: 1, decision, reason: '看过了' };
      expect((await world.call(decideReview, asked, support)).status).toBe(200);
    }
    expect([await listed('content_flagged'), await listed('appeal')]).toEqual([[], []]);
  });

  test('an appeal names who took it away, when and why, so that somebody else decides', async () => {
    const removed = await written('讲得一般');
    await givenFlagged(world, removed);
    const admin = await givenStaff(world, 'admin');
    const taken = {
      target: removed.target,
      version: 1,
      decision: 'remove',
      reason: '辱骂或攻击他人',
    } as const;
    await world.call(decideReview, taken, admin);
    const atMs = world.clock.now();
    const refused = await written('违规广告');
    for (const { target } of [removed, refused])
      await world.call(appealReview, { target, words: '误判' }, { token: alice.token });
    const earlier = (await listed('appeal')).map(({ written: of }) => of?.earlier);
    expect(earlier).toHaveLength(2);
    expect(earlier).toContainEqual({ by: admin.userId, atMs, reason: '辱骂或攻击他人' });
    expect(earlier).toContainEqual({ by: null, atMs: null, reason: '广告' });
  });

  test('what was flagged says for which reasons, the most frequent first', async () => {
    const flagged = await written('讲得很好');
    await world.ports.database.tx(async (tx) => {
      for (const [userId, reason, weight] of [
        ['usr_01JD0000000000000000000011', 'false', 3],
        ['usr_01JD0000000000000000000012', 'abusive', 3],
        ['usr_01JD0000000000000000000013', 'abusive', 2],
        ['usr_01JD0000000000000000000014', 'false', 0],
      ] as const) {
        const of = { target: flagged.target, version: 1, userId: UserId.parse(userId) };
        const made = { overturnedAtMs: null, atMs: world.clock.now() };
        await flags.insert(tx, { ...of, id: flags.flagId(of), reason, weight, ...made });
      }
    });
    await givenFlagged(world, flagged);
    expect(await listed('content_flagged')).toMatchObject([
      {
        written: {
          earlier: null,
          flags: [
            { reason: 'abusive', people: 2 },
            { reason: 'false', people: 1 },
          ],
        },
      },
    ]);
  });

  test('a case stays in the list when what it is about is gone, so that somebody can close it', async () => {
    const wrote = await written('存疑');
    await world.ports.database.tx((tx) => tx.remove(comments.collection, wrote.id));
    expect(await listed()).toMatchObject([{ written: null }]);
  });

  test('who may not review does not read it', async () => {
    const finance = await givenStaff(world, 'finance');
    expect((await world.call(listReviews, {}, finance)).code).toBe('auth.forbidden');
  });
});

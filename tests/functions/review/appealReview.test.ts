import { decideReview } from '../../../functions/admin/review/decideReview.ts';
import { appealReview } from '../../../functions/review/appealReview.ts';
import { APPEAL_MS } from '../../../shared/domain/review/review.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { type Buyer, storedIn } from '../../support/given/order.ts';
import { checksText, givenWritten, type Wrote, writtenNow } from '../../support/given/review.ts';
import { givenStaff } from '../../support/given/staff.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let alice: Buyer;

beforeEach(async () => {
  world = await createWorld();
  alice = await world.login('alice');
});
afterEach(() => world.close());

const appeals = ({ target }: Wrote, by = alice) =>
  world.call(appealReview, { target, words: '这是课程里的原话' }, { token: by.token });
const rejected = async () => {
  const wrote = await givenWritten(world, alice, '课上说的违规是什么意思');
  await checksText(world, wrote);
  return wrote;
};

describeFunction(appealReview, () => {
  test('what was refused waits for staff with its author’s words, unseen until they have decided', async () => {
    const wrote = await rejected();
    const answer = await appeals(wrote);
    expect(answer.data.review).toEqual({
      ...{
        target: wrote.target,
        state: 'queued',
        version: 1,
        isShown: false,
        isHidden: false,
        ...{ sinceAtMs: world.clock.now(), takenBy: 'platform', label: 20006, isAppealed: true },
        appealUntilMs: null,
      },
    });
    expect(await storedIn(world, 'cases')).toMatchObject([
      { id: `appeal:${wrote.target}:1`, state: 'open', userId: alice.userId },
    ]);
    expect(JSON.stringify(await storedIn(world, 'cases'))).toContain('这是课程里的原话');
    expect(await writtenNow(world, wrote)).toMatchObject({ isShown: false });
  });

  test('appeal.made_before: one appeal for a version', async () => {
    const wrote = await rejected();
    await appeals(wrote);
    const staff = await givenStaff(world, 'support');
    const decision = { target: wrote.target, version: 1, decision: 'reject', reason: '确有问题' };
    expect((await world.call(decideReview, decision, staff)).status).toBe(200);
    expect((await appeals(wrote)).code).toBe('appeal.made_before');
  });

  test('appeal.too_late: fourteen days after it was refused', async () => {
    const wrote = await rejected();
    world.clock.advance(APPEAL_MS);
    expect((await appeals(wrote)).code).toBe('appeal.too_late');
  });

  test('review.not_waiting: nothing was taken away', async () => {
    expect((await appeals(await givenWritten(world, alice))).code).toBe('review.not_waiting');
  });

  test('review.not_found: somebody else’s, and what is not there, look the same', async () => {
    const wrote = await rejected();
    const bob = await world.login('bob');
    expect((await appeals(wrote, bob)).code).toBe('review.not_found');
    const nothing = { target: 'comment:cmt_01JD0000000000000000000004', words: '请看看' };
    expect((await world.call(appealReview, nothing, bob)).code).toBe('review.not_found');
  });

  test.each(['secret:usr_1', 'comment:', 'comment', 'profile', 'comment:../x'])(
    'a target of no kind, or of another shape, is refused as input: %s',
    async (target) => {
      const answer = await world.call(appealReview, { target, words: '请看看' }, alice);
      expect([400, 404]).toContain(answer.status);
    },
  );
});

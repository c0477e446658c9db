import { decideReview } from '../../../functions/admin/review/decideReview.ts';
import { appealReview } from '../../../functions/review/appealReview.ts';
import { getReview } from '../../../functions/review/getReview.ts';
import { removeComment } from '../../../functions/talk/removeComment.ts';
import { APPEAL_MS } from '../../../shared/domain/review/review.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import type { Buyer } from '../../support/given/order.ts';
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

const looks = ({ target }: { readonly target: string }, by = alice) => world.call(getReview, { target }, by);
const review = async (wrote: Wrote) => (await looks(wrote)).data.written.review;
const rejected = async () => {
  const wrote = await givenWritten(world, alice, '课上说的违规色情是什么意思');
  await checksText(world, wrote);
  return wrote;
};
const decides = async ({ target }: Wrote, decision: 'approve' | 'reject' | 'remove') => {
  const staff = await givenStaff(world, 'support');
  const decided = await world.call(decideReview, { target, version: 1, decision, reason: '确有问题' }, staff);
  expect(decided.status).toBe(200);
};

describeFunction(getReview, () => {
  test('what the platform refused: its words, who and why, and until when one may appeal', async () => {
    const now = world.clock.now();
    const wrote = await rejected();
    const { written } = (await looks(wrote)).data;
    expect(written).toMatchObject({ title: null, body: '课上说的违规色情是什么意思' });
    expect(written.review).toEqual({
      ...{ target: wrote.target, state: 'rejected', version: 1, isShown: false, isHidden: false },
      ...{ sinceAtMs: now, takenBy: 'platform', label: 20002 },
      ...{ appealUntilMs: now + APPEAL_MS, isAppealed: false },
    });
    world.clock.advance(APPEAL_MS);
    expect(await review(wrote)).toMatchObject({ state: 'rejected', appealUntilMs: null, isAppealed: false });
  });

  test.each(['approve', 'reject'] as const)('what came of an appeal that staff %s', async (decision) => {
    const wrote = await rejected();
    await world.call(appealReview, { target: wrote.target, words: '这是课程里的原话' }, alice);
    expect(await review(wrote)).toMatchObject({ state: 'queued', isAppealed: true, appealUntilMs: null });
    await decides(wrote, decision);
    const state = decision === 'approve' ? 'public' : 'removed';
    expect(await review(wrote)).toMatchObject({ state, isAppealed: true, appealUntilMs: null });
  });

  test('what staff removed says so, without who they are', async () => {
    const wrote = await givenWritten(world, alice);
    await checksText(world, wrote);
    await decides(wrote, 'remove');
    expect(await review(wrote)).toMatchObject({ state: 'removed', takenBy: 'staff', label: null });
    expect(JSON.stringify((await looks(wrote)).data)).not.toContain('usr_');
  });

  test.each(['comment:abc', 'topic:cmt_01JD0000000000000000000004', 'constructor:abc', 'certificate:abc'])(
    '%s is no target',
    async (target) => {
      expect((await looks({ target })).code).toBe('request.invalid');
    },
  );

  test('review.not_found: somebody else’s, what was deleted, and what is not there look the same', async () => {
    const wrote = await rejected();
    expect((await looks(wrote, await world.login('bob'))).code).toBe('review.not_found');
    expect((await looks({ target: 'topic:top_01JD0000000000000000000004' })).code).toBe('review.not_found');
    await world.call(removeComment, { id: wrote.id }, alice);
    expect((await looks(wrote)).code).toBe('review.not_found');
  });

  test.each(['secret:usr_1', 'comment', 'comment:', 'comment:../x'])(
    'a target of no kind, or of another shape, is refused as input: %s',
    async (target) => {
      const answer = await world.call(getReview, { target }, alice);
      expect([400, 404]).toContain(answer.status);
    },
  );
});

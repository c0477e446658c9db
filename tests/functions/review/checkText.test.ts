import { checkText } from '../../../functions/review/checkText.ts';
import { AppError } from '../../../shared/errors.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { type Buyer, storedIn } from '../../support/given/order.ts';
import { checksText, givenEdited, givenWritten, writtenNow } from '../../support/given/review.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let alice: Buyer;

beforeEach(async () => {
  world = await createWorld();
  alice = await world.login('alice');
});
afterEach(() => world.close());

const openCases = async () =>
  (
    (await storedIn(world, 'cases')) as { kind: string; state: string; story: string; userId: string }[]
  ).filter(({ state }) => state === 'open');

describeFunction(checkText, () => {
  test('LK28: nobody sees a text before it passed; a passed one is public, once, and earns its points', async () => {
    const wrote = await givenWritten(world, alice);
    expect(await writtenNow(world, wrote)).toMatchObject({ isShown: false, shown: null, publicAtMs: 0 });
    await checksText(world, wrote);
    await world.drain();
    const published = await writtenNow(world, wrote);
    expect(published).toMatchObject({ isShown: true, review: { state: 'public', by: 'platform' } });
    expect(published.publicAtMs).toBe(published.review.publicAtMs);
    expect(await world.deliver('checkText', `text.submitted:${wrote.target}:1`)).toBe('skipped');
    expect(await storedIn(world, 'pointsEntries')).toMatchObject([{ cause: 'comment_approved' }]);
    expect(await storedIn(world, 'writers')).toMatchObject([{ published: 1 }]);
  });

  test('a risky text is refused with its label, and is no case; its author alone sees it', async () => {
    const wrote = await givenWritten(world, alice, '这里有违规色情内容');
    expect(await checksText(world, wrote)).toMatchObject({
      state: 'rejected',
      label: 20_002,
      by: 'platform',
    });
    expect(await writtenNow(world, wrote)).toMatchObject({
      isShown: false,
      newest: { body: '这里有违规色情内容' },
    });
    expect(await openCases()).toEqual([]);
  });

  test('a doubtful text waits for staff, as a case that says why', async () => {
    const wrote = await givenWritten(world, alice, '这里有存疑广告');
    expect(await checksText(world, wrote)).toMatchObject({ state: 'queued', doubts: ['check:10001'] });
    const [told] = await openCases();
    expect(told).toMatchObject({ kind: 'content_review', userId: alice.userId });
    expect(told?.story).toContain('广告');
  });

  test('doubts of our own rules send to staff what the platform passes', async () => {
    const wrote = await givenWritten(world, alice, '加我微信', { doubts: ['contact'] });
    expect(await checksText(world, wrote)).toMatchObject({ state: 'queued', doubts: ['contact'] });
  });

  test.each(['nobody', 'stranger', 'away'])(
    'what WeChat will never check (%s) waits for staff, and is not refused',
    async (name) => {
      const wrote = await givenWritten(world, await world.login(name));
      const review = await checksText(world, wrote);
      expect(review).toMatchObject({ state: 'queued', label: null });
      expect(review.doubts[0]).toMatch(/^unchecked:/);
      expect(await openCases()).toHaveLength(1);
    },
  );

  test('who never came by WeChat is not asked about: staff decide', async () => {
    const { register } = await import('../../../functions/identity/register.ts');
    const { data } = await world.call(register, {
      userName: 'nameless',
      password: 'three grey herons at dusk',
    });
    const wrote = await givenWritten(world, { userId: data.user.id });
    expect((await checksText(world, wrote)).doubts).toEqual(['unchecked:no_openid']);
  });

  test.each(['busy', 'serverError', 'answerLost'] as const)(
    'while WeChat does not answer (%s) it waits, and is asked again',
    async (fault) => {
      const wrote = await givenWritten(world, alice);
      world.weixin.faults.shares[fault] = 1;
      await expect(checksText(world, wrote)).rejects.toBeInstanceOf(AppError);
      expect(await writtenNow(world, wrote)).toMatchObject({ isShown: false, review: { state: 'checking' } });
      world.weixin.faults.shares[fault] = 0;
      expect(await checksText(world, wrote)).toMatchObject({ state: 'public' });
    },
  );

  test('a word far behind in a long text, and one across the border of two pieces, are found', async () => {
    for (const before of [4_990, 2_499]) {
      const wrote = await givenWritten(
        world,
        alice,
        `${'好'.repeat(before)}违规${'好'.repeat(4_998 - before)}`,
      );
      expect(await checksText(world, wrote)).toMatchObject({ state: 'rejected' });
    }
  });

  test('LK14: an edit while the first version is asked about is not published by its word', async () => {
    const wrote = await givenWritten(world, alice, '第一版');
    await givenEdited(world, wrote, '第二版有违规');
    expect(await checksText(world, wrote, 1)).toMatchObject({ state: 'checking', version: 2 });
    expect(await checksText(world, wrote, 2)).toMatchObject({ state: 'rejected' });
    expect(await writtenNow(world, wrote)).toMatchObject({ isShown: false, shown: null });
  });

  test('LK14: what was public stays as it was while an edit is checked, and when that is refused', async () => {
    const wrote = await givenWritten(world, alice, '第一版');
    await checksText(world, wrote);
    await givenEdited(world, wrote, '第二版有违规');
    expect(await writtenNow(world, wrote)).toMatchObject({ isShown: true, shown: { body: '第一版' } });
    await checksText(world, wrote, 2);
    expect(await writtenNow(world, wrote)).toMatchObject({
      ...{ isShown: true, shown: { body: '第一版' }, review: { state: 'rejected', publicVersion: 1 } },
    });
  });
});

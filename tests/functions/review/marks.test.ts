import { foldMarks } from '../../../functions/review/foldMarks.ts';
import { setMark } from '../../../functions/review/setMark.ts';
import { unsetMark } from '../../../functions/review/unsetMark.ts';
import { listComments } from '../../../functions/talk/listComments.ts';
import * as marks from '../../../shared/data/review/marks.ts';
import * as writers from '../../../shared/data/review/writers.ts';
import * as comments from '../../../shared/data/talk/comments.ts';
import { ALLOWED, newWriter } from '../../../shared/domain/review/trust.ts';
import { likedAmong } from '../../../shared/flows/review/likedAmong.ts';
import { CommentId, DAY_MS, SECOND_MS } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenChanged } from '../../support/given/changed.ts';
import { givenShown, givenWritten, storedComment } from '../../support/given/comment.ts';
import { type GivenCourse, givenCourse } from '../../support/given/course.ts';
import { type Buyer, badWorld, storedIn } from '../../support/given/order.ts';
import { givenPaid } from '../../support/given/refund.ts';
import { givenWriter } from '../../support/given/writer.ts';
import { defaultSettings } from '../../support/settings.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let alice: Buyer;
let bob: Buyer;
let course: GivenCourse;
let target: CommentId;

/** A comment of alice's about a course on sale, which everybody sees. */
async function begin(made: World): Promise<void> {
  world = made;
  [alice, bob] = [await givenWriter(world, 'alice'), await world.login('bob')];
  course = await givenCourse(world);
  target = (await givenShown(world, alice, `product:${course.productId}`)).id;
}
beforeEach(async () => begin(await createWorld()));
afterEach(() => world.close());

const newCommentId = () => CommentId.parse(world.ports.ids.make('cmt'));
const sets = ({ token }: Buyer, of = target) => world.call(setMark, { kind: 'like', target: of }, { token });
const unsets = ({ token }: Buyer, of = target) =>
  world.call(unsetMark, { kind: 'like', target: of }, { token });
const likes = async () => (await storedComment(world, target)).likes;

describeFunction(setMark, () => {
  test('writes the caller’s own mark and changes nothing of the comment, which is counted seconds later', async () => {
    const before = await storedComment(world, target);
    expect((await sets(bob)).data).toEqual({ isOn: true });
    expect(await storedComment(world, before.id)).toEqual(before);
    expect(await storedIn(world, 'marks')).toMatchObject([
      { userId: bob.userId, isOn: true, isCounted: false },
    ]);
    expect(await world.run(foldMarks)).toEqual({ 'marks.counted': 1 });
    expect(await likes()).toBe(1);
  });

  test('LK18 twenty clicks at once are one like, and a like that comes back counts once', async () => {
    expect(
      new Set((await Promise.all(Array.from({ length: 20 }, () => sets(bob)))).map(({ status }) => status)),
    ).toEqual(new Set([200]));
    await world.run(foldMarks);
    expect(await likes()).toBe(1);
    await unsets(bob);
    await sets(bob);
    expect(await world.run(foldMarks)).toEqual({ 'marks.counted': 0 });
    expect(await likes()).toBe(1);
  });

  test('thread.not_found: none, one that waits for its check, one that was hidden, and one the caller does not see', async () => {
    const none = newCommentId();
    const waiting = (await givenWritten(world, alice, `product:${course.productId}`)).id;
    for (const of of [none, waiting])
      expect(await sets(bob, of)).toMatchObject({ status: 404, code: 'thread.not_found' });
    const learner = await givenWriter(world, 'learner');
    await givenPaid(world, learner, [course.product]);
    const inside = (await givenShown(world, learner, `lesson:${course.paid.id}`)).id;
    expect(await sets(bob, inside)).toMatchObject({ code: 'thread.not_found' });
    expect((await sets(learner, inside)).status).toBe(200);
  });

  test('feature.off where nothing is written', async () => {
    await world.close();
    await begin(await createWorld());
    Object.assign(world.ports.settings, { talk: { ...defaultSettings.talk, comments: 'read' } });
    expect(await sets(bob)).toMatchObject({ status: 404, code: 'feature.off' });
  });

  test('writing.too_many: a day takes as many as trust allows, and taking back is never refused', async () => {
    const { mark } = ALLOWED[0].day;
    for (let n = 0; n < mark; n++) expect((await sets(bob)).status).toBe(200);
    expect(await sets(bob)).toMatchObject({
      status: 409,
      code: 'writing.too_many',
      error: { params: { max: mark } },
    });
    expect((await unsets(bob)).status).toBe(200);
    const known = { ...newWriter(bob.userId, world.clock.now()), published: 2 };
    await world.ports.database.tx((tx) => writers.save(tx, null, known));
    world.clock.advance(DAY_MS);
    for (let n = 0; n < ALLOWED[1].day.mark; n++) expect((await sets(bob)).status).toBe(200);
    expect(await sets(bob)).toMatchObject({ code: 'writing.too_many' });
  });

  test('a comment that everybody sees is read once in five seconds, and not shown to be marked for longer', async () => {
    await sets(bob);
    await givenChanged(world, comments, target, { isShown: false });
    expect((await sets(alice)).status).toBe(200);
    world.clock.advance(6 * SECOND_MS);
    expect(await sets(await world.login('carol'))).toMatchObject({ code: 'thread.not_found' });
  });
});

describeFunction(unsetMark, () => {
  test('takes the caller’s own mark back, also when it is gone from sight; where there is none nothing is written', async () => {
    expect((await unsets(bob)).data).toEqual({ isOn: false });
    expect(await storedIn(world, 'marks')).toEqual([]);
    await sets(bob);
    await sets(alice);
    await world.run(foldMarks);
    expect(await likes()).toBe(2);
    expect((await unsets(bob)).status).toBe(200);
    expect((await unsets(bob)).status).toBe(200);
    await world.run(foldMarks);
    expect(await likes()).toBe(1);
  });
});

describeFunction(foldMarks, () => {
  test('a page is told which of its comments the reader likes, in one read', async () => {
    await sets(bob);
    const other = newCommentId();
    expect([...(await likedAmong(world.ports.database, bob.userId, [target, other]))]).toEqual([target]);
    expect((await likedAmong(world.ports.database, alice.userId, [target])).size).toBe(0);
    expect((await likedAmong(world.ports.database, null, [target])).size).toBe(0);
    const asked = { threadId: `product:${course.productId}` };
    const [own] = (await world.call(listComments, asked, bob)).data.items;
    const [others] = (await world.call(listComments, asked, alice)).data.items;
    expect([own?.isLiked, own?.likes, others?.isLiked]).toEqual([true, 0, false]);
  });

  test('counts a mark of a comment that does not exist any more, and of many comments in one run', async () => {
    const ids = [target];
    for (let n = 0; n < 12; n++)
      ids.push(
        (await givenShown(world, await givenWriter(world, `w${n}`), `product:${course.productId}`)).id,
      );
    for (const of of ids) await sets(bob, of);
    const gone = newCommentId();
    const mark = { kind: 'like', target: gone, userId: bob.userId } as const;
    await world.ports.database.tx((tx) =>
      marks.save(tx, null, {
        ...{ ...mark, id: `like:${gone}:${bob.userId}`, isOn: true, countedAs: false, isCounted: false },
        atMs: world.clock.now(),
      }),
    );
    expect(await world.run(foldMarks)).toEqual({ 'marks.counted': 14 });
    for (const of of ids) expect((await storedComment(world, of)).likes).toBe(1);
    expect(await world.run(foldMarks)).toEqual({ 'marks.counted': 0 });
  });

  test('LK18 the count is the sum of the marks, whatever is set, taken back and counted at once, on a bad database', async () => {
    await world.close();
    await begin(await badWorld(7, { conflict: 0.3, commitLost: 0.1 }));
    const people: Buyer[] = [];
    for (let n = 0; n < 30; n++) people.push(await world.login(`fan${n}`));
    for (let round = 0; round < 4; round++) {
      const acts = people.map((each) => (world.random() < 0.7 ? sets(each) : unsets(each)));
      const runs = [world.run(foldMarks), world.run(foldMarks)];
      for (const { status } of await Promise.all(acts)) expect(status).toBe(200);
      await Promise.all(runs);
    }
    await world.run(foldMarks);
    const on = (await storedIn(world, 'marks')).filter((mark) => (mark as { isOn: boolean }).isOn);
    expect(await likes()).toBe(on.length);
  });
});

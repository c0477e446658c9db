import { foldMarks } from '../../../functions/review/foldMarks.ts';
import { setMark } from '../../../functions/review/setMark.ts';
import { foldComments } from '../../../functions/talk/foldComments.ts';
import { listComments } from '../../../functions/talk/listComments.ts';
import { rankHot } from '../../../functions/talk/rankHot.ts';
import * as comments from '../../../shared/data/talk/comments.ts';
import { decide, takeFlag } from '../../../shared/domain/review/review.ts';
import { hotOf, RANKED_MS } from '../../../shared/domain/talk/hot.ts';
import { DEFAULT_TALK } from '../../../shared/domain/talk/talk.ts';
import { stepReview } from '../../../shared/flows/review/stepReview.ts';
import { countComments } from '../../../shared/flows/talk/countComments.ts';
import { type CommentId, DAY_MS, UserId } from '../../../shared/schemas/base.ts';
import type { Reviewed } from '../../../shared/schemas/review/review.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenChanged } from '../../support/given/changed.ts';
import { givenShown, givenWritten, judge, storedComment } from '../../support/given/comment.ts';
import { givenCourse } from '../../support/given/course.ts';
import { type Buyer, storedIn } from '../../support/given/order.ts';
import { givenWriter } from '../../support/given/writer.ts';
import { ALL_ON } from '../../support/settings.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let alice: Buyer;
let product: string;
const STAFF = UserId.parse('usr_01JD0000000000000000000071');
const somebody = () => givenWriter(world, world.ports.ids.make('usr'));
const steps = (id: CommentId, step: (before: Reviewed) => Reviewed) => {
  const at = { now: world.clock.now(), requestId: 'given' };
  return world.ports.database.tx((tx) => stepReview(tx, `comment:${id}`, step, at));
};
const removes = (id: CommentId) =>
  steps(id, (own) =>
    decide(own, { decision: 'remove', version: own.review.version, by: STAFF }, world.clock.now()),
  );
const counts = async () => (await storedIn(world, 'threadCounts')) as { comments: number }[];
const opens = async () => {
  world = await createWorld();
  alice = await givenWriter(world, 'alice');
  product = `product:${(await givenCourse(world)).productId}`;
};

beforeEach(opens);
afterEach(() => world.close());

describeFunction(foldComments, () => {
  test('LK28: where comments and topics are off nothing is read; what came before counts once one is on', async () => {
    const { id } = await givenShown(world, alice, product);
    const { settings, database } = world.ports;
    await world.call(setMark, { kind: 'like', target: id }, await world.login('bob'));
    const list = jest.spyOn(database, 'list');
    Object.assign(settings, { talk: { ...ALL_ON, comments: 'off', topics: 'off' } });
    for (const timer of [foldComments, foldMarks, rankHot]) expect(await world.run(timer)).toEqual({});
    expect(list).not.toHaveBeenCalled();
    for (const feature of ['comments', 'topics'] as const) {
      Object.assign(settings, { talk: { ...DEFAULT_TALK, [feature]: 'read' } });
      for (const timer of [foldComments, foldMarks, rankHot]) await world.run(timer);
      expect(list.mock.calls.length).toBeGreaterThanOrEqual(3);
      list.mockClear();
    }
    expect(await counts()).toMatchObject([{ comments: 1 }]);
    expect(await storedComment(world, id)).toMatchObject({ likes: 1, isRanked: true });
  });

  test('whatever is shown, hidden by flags, kept, removed or deleted, counts are what is shown', async () => {
    const parent = await givenShown(world, alice, product);
    const replies = [];
    for (const body of ['甲', '乙', '丙', '丁', '戊'])
      replies.push((await givenShown(world, await somebody(), product, { parentId: parent.id, body })).id);
    const [one, two, three, four, five] = replies as [CommentId, CommentId, CommentId, CommentId, CommentId];
    const isSo = async (shown: readonly CommentId[]) => {
      await world.run(foldComments);
      const { replies: count, firstReplies } = await storedComment(world, parent.id);
      expect([count, firstReplies]).toEqual([shown.length, shown.slice(0, 3)]);
      expect(await counts()).toMatchObject([{ comments: 1 + shown.length }]);
    };
    await isSo([one, two, three, four, five]);
    await removes(one);
    await steps(three, (own) => takeFlag(takeFlag(own, 3), 3));
    await isSo([two, four, five]);
    const { now } = world.clock;
    await steps(three, (own) => decide(own, { decision: 'keep', version: 1, by: STAFF }, now()));
    await isSo([two, three, four, five]);
    await removes(two);
    await removes(four);
    await isSo([three, five]);
  });

  test('each counts once, whoever counts at the same time', async () => {
    const parent = await givenShown(world, alice, product);
    for (const _ of [1, 2, 3, 4]) await givenShown(world, await somebody(), product, { parentId: parent.id });
    const seen = (await comments.uncounted(world.ports.database, 100)) as Parameters<typeof countComments>[1];
    const { database } = world.ports;
    const runs = await Promise.all([1, 2, 3].map(() => countComments(database, seen, world.clock.now())));
    await world.run(foldComments);
    expect(runs.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(5);
    expect(await storedComment(world, parent.id)).toMatchObject({ replies: 4 });
    expect(await counts()).toMatchObject([{ comments: 5 }]);
  });

  test('what changed after it was read waits for the next run, and is then right', async () => {
    const parent = await givenShown(world, alice, product);
    const { id } = await givenShown(world, await somebody(), product, { parentId: parent.id });
    const seen = (await comments.uncounted(world.ports.database, 100)) as Parameters<typeof countComments>[1];
    await removes(id);
    expect(await countComments(world.ports.database, seen, world.clock.now())).toBe(1);
    await world.run(foldComments);
    expect(await storedComment(world, parent.id)).toMatchObject({ replies: 0, firstReplies: [] });
    expect(await counts()).toMatchObject([{ comments: 1 }]);
    expect(await comments.uncounted(world.ports.database, 100)).toEqual([]);
  });

  test('hundreds in several threads are counted in one run', async () => {
    const others = [];
    for (let n = 0; n < 3; n += 1) others.push(`product:${(await givenCourse(world)).productId}`);
    const first = await storedComment(world, (await givenShown(world, alice, product)).id);
    for (let n = 0; n < 150; n += 1) {
      const id = world.ports.ids.make('cmt') as CommentId;
      const threadId = others[n % 3] ?? product;
      await world.ports.database.tx((tx) => comments.insert(tx, { ...first, id, threadId }));
    }
    expect(await world.run(foldComments)).toEqual({ 'comment.counted': 151 });
    expect((await counts()).map((each) => each.comments).sort()).toEqual([1, 50, 50, 50]);
  });
});

describeFunction(rankHot, () => {
  test('a place is that of the present likes and replies, and nothing is written where nothing changed', async () => {
    const { id } = await givenShown(world, alice, product);
    await world.run(rankHot);
    await givenChanged(world, comments, id, { likes: 5 });
    const { publicAtMs } = await storedComment(world, id);
    expect(await world.run(rankHot)).toEqual({ 'comment.ranked': 1 });
    expect((await storedComment(world, id)).hot).toBe(hotOf({ likes: 5, replies: 0, publicAtMs }));
    expect(await world.run(rankHot)).toEqual({ 'comment.ranked': 0 });
  });

  test('what is older than seven days stays where it is', async () => {
    const { id } = await givenShown(world, alice, product);
    await world.run(rankHot);
    const { hot } = await storedComment(world, id);
    world.clock.advance(RANKED_MS + 1);
    await givenChanged(world, comments, id, { likes: 500 });
    expect(await world.run(rankHot)).toEqual({ 'comment.ranked': 0 });
    expect((await storedComment(world, id)).hot).toBe(hot);
  });

  test('what passes later than it was written stands by when it was shown', async () => {
    const waiting = await givenWritten(world, alice, product);
    world.clock.advance(DAY_MS / 2);
    const between = await givenShown(world, await somebody(), product);
    world.clock.advance(DAY_MS / 2);
    await judge(world, waiting.id);
    await world.run(rankHot);
    const asked = { threadId: product, sort: 'hot' };
    const { items } = (await world.call(listComments, asked)).data;
    expect(items.map(({ id }) => id)).toEqual([waiting.id, between.id]);
  });
});

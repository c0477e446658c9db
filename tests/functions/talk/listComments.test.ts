import { blockUser } from '../../../functions/review/blockUser.ts';
import { setMark } from '../../../functions/review/setMark.ts';
import { foldComments } from '../../../functions/talk/foldComments.ts';
import { listComments } from '../../../functions/talk/listComments.ts';
import { listMyComments } from '../../../functions/talk/listMyComments.ts';
import { listReplies } from '../../../functions/talk/listReplies.ts';
import { rankHot } from '../../../functions/talk/rankHot.ts';
import * as comments from '../../../shared/data/talk/comments.ts';
import { DAY_MS } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenChanged } from '../../support/given/changed.ts';
import { givenShown, givenWritten, judge } from '../../support/given/comment.ts';
import { type GivenCourse, givenCourse, givenProductChange } from '../../support/given/course.ts';
import { givenAccess } from '../../support/given/entitlement.ts';
import type { Buyer } from '../../support/given/order.ts';
import { givenNickname } from '../../support/given/profile.ts';
import { givenWriter } from '../../support/given/writer.ts';
import { defaultSettings } from '../../support/settings.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let alice: Buyer;
let bob: Buyer;
let course: GivenCourse;
let product: string;
const shows = async (input: object = {}, reader: Buyer | null = null) =>
  (await world.call(listComments, { threadId: product, ...input }, reader ?? {})).data;
/** Somebody new, each time another one. */
const somebody = () => givenWriter(world, world.ports.ids.make('usr'));
const bodies = ({ items }: { readonly items: readonly { readonly body: string | null }[] }) =>
  items.map(({ body }) => body);

beforeEach(async () => {
  world = await createWorld();
  alice = await givenWriter(world, 'alice');
  bob = await givenWriter(world, 'bob');
  course = await givenCourse(world);
  product = `product:${course.productId}`;
});
afterEach(() => world.close());

describeFunction(listComments, () => {
  test('nobody but its author sees anything of what has not passed', async () => {
    for (const verdict of [null, 'review', 'risky'] as const) {
      const { id } = await givenWritten(world, await somebody(), product, { body: '未审核的话' });
      if (verdict !== null) await judge(world, id, verdict);
    }
    const parent = await givenShown(world, alice, product, { body: '可以看' });
    await givenWritten(world, bob, product, { parentId: parent.id, body: '未审核的话' });
    await world.run(foldComments);
    for (const reader of [null, bob]) expect(bodies(await shows({}, reader))).toEqual(['可以看']);
    expect((await shows()).items).toMatchObject([{ replies: 0, firstReplies: [] }]);
  });

  test('says which the reader likes, among replies too', async () => {
    const parent = await givenShown(world, alice, product);
    const reply = await givenShown(world, bob, product, { parentId: parent.id });
    await world.run(foldComments);
    await world.call(setMark, { kind: 'like', target: reply.id }, alice);
    expect((await shows({}, alice)).items).toMatchObject([
      { isLiked: false, firstReplies: [{ isLiked: true }] },
    ]);
    expect((await shows({}, bob)).items).toMatchObject([
      { isLiked: false, firstReplies: [{ isLiked: false }] },
    ]);
  });

  test('newest first, page by page, each once', async () => {
    for (const body of ['一', '二', '三', '四', '五'])
      await givenShown(world, await somebody(), product, { body });
    const first = await shows({ limit: 2 });
    const second = await shows({ limit: 2, cursor: first.nextCursor });
    const third = await shows({ limit: 2, cursor: second.nextCursor });
    expect([first, second, third].flatMap(bodies)).toEqual(['五', '四', '三', '二', '一']);
    expect(third.nextCursor).toBeNull();
  });

  test('by interest: what is liked and answered stands above what is newer', async () => {
    const old = await givenShown(world, alice, product, { body: '旧的' });
    world.clock.advance(DAY_MS);
    await givenShown(world, bob, product, { body: '新的' });
    await world.run(rankHot);
    expect(bodies(await shows({ sort: 'hot' }))).toEqual(['新的', '旧的']);
    await givenChanged(world, comments, old.id, { likes: 9 });
    expect(await world.run(rankHot)).toEqual({ 'comment.ranked': 1 });
    expect(bodies(await shows({ sort: 'hot' }))).toEqual(['旧的', '新的']);
    expect(bodies(await shows())).toEqual(['新的', '旧的']);
    expect(await world.run(rankHot)).toEqual({ 'comment.ranked': 0 });
  });

  test('with the first three replies to each, oldest first, and how many there are', async () => {
    const parent = await givenShown(world, alice, product);
    for (const body of ['甲', '乙', '丙', '丁'])
      await givenShown(world, await somebody(), product, { parentId: parent.id, body });
    await world.run(foldComments);
    const [comment] = (await shows()).items;
    expect(comment).toMatchObject({ replies: 4 });
    expect(comment?.firstReplies.map(({ body }) => body)).toEqual(['甲', '乙', '丙']);
  });

  test('names and pictures are those of today, and only these are told of an author', async () => {
    await givenShown(world, alice, product);
    await givenNickname(world, alice, '新名字');
    const [comment] = (await shows({}, alice)).items;
    expect(comment).toMatchObject({ author: { id: alice.userId, nickname: '新名字' }, isMine: true });
    expect(Object.keys(comment?.author ?? {}).sort()).toEqual(['avatarUrl', 'id', 'nickname']);
    expect((await shows({}, bob)).items).toMatchObject([{ isMine: false }]);
  });

  test('what people wrote whom the reader blocks is left out, replies too', async () => {
    const parent = await givenShown(world, alice, product, { body: '看得到' });
    await givenShown(world, bob, product, { body: '看不到' });
    await givenShown(world, bob, product, { parentId: parent.id, body: '看不到' });
    await world.run(foldComments);
    await world.call(blockUser, { userId: bob.userId }, alice);
    expect((await shows({}, alice)).items).toMatchObject([{ body: '看得到', firstReplies: [] }]);
    expect((await world.call(listReplies, { id: parent.id }, alice)).data.items).toEqual([]);
    expect(bodies(await shows({}, bob))).toHaveLength(2);
  });

  test('thread.not_found: a paid lesson’s for who does not own it, also when they did', async () => {
    const threadId = `lesson:${course.paid.id}`;
    await givenAccess(world, alice.userId, course.productId, { kind: 'days', days: 1 });
    await givenShown(world, alice, threadId);
    expect(bodies(await shows({ threadId }, alice))).toHaveLength(1);
    for (const reader of [bob, {}])
      expect(await world.call(listComments, { threadId }, reader)).toMatchObject({
        code: 'thread.not_found',
      });
    world.clock.advance(2 * DAY_MS);
    expect(await world.call(listComments, { threadId }, alice)).toMatchObject({ code: 'thread.not_found' });
  });

  test('a trial lesson’s and a product’s are read by everybody, a withdrawn product’s by its owners', async () => {
    const trial = `lesson:${course.trial.id}`;
    expect((await shows({ threadId: trial })).items).toEqual([]);
    await givenAccess(world, alice.userId, course.productId);
    await givenProductChange(world, course.productId, { state: 'withdrawn' });
    world.clock.advance(DAY_MS);
    for (const threadId of [trial, product]) {
      expect(await world.call(listComments, { threadId })).toMatchObject({ code: 'thread.not_found' });
      expect((await shows({ threadId }, alice)).items).toEqual([]);
    }
  });

  test('feature.off when they are off; where nothing is written, what is there can be read', async () => {
    await givenShown(world, alice, product);
    Object.assign(world.ports.settings, { talk: { ...defaultSettings.talk, comments: 'read' } });
    expect((await shows()).items).toHaveLength(1);
    Object.assign(world.ports.settings, { talk: { ...defaultSettings.talk, comments: 'off' } });
    expect(await world.call(listComments, { threadId: product })).toMatchObject({ code: 'feature.off' });
  });
});

describeFunction(listReplies, () => {
  const replies = async (id: string, input: object = {}) =>
    (await world.call(listReplies, { id, ...input })).data;

  test('oldest first, page by page, with the comment itself', async () => {
    const parent = await givenShown(world, alice, product, { body: '主' });
    for (const body of ['甲', '乙', '丙'])
      await givenShown(world, await somebody(), product, { parentId: parent.id, body });
    await givenWritten(world, await somebody(), product, { parentId: parent.id, body: '未审核' });
    await world.run(foldComments);
    const first = await replies(parent.id, { limit: 2 });
    const second = await replies(parent.id, { limit: 2, cursor: first.nextCursor });
    expect([first, second].flatMap(bodies)).toEqual(['甲', '乙', '丙']);
    expect(first.comment).toMatchObject({ body: '主', replies: 3 });
  });

  test('comment.not_found: of what is not shown, of a reply, of nothing, of somebody whom the reader blocks', async () => {
    const waiting = await givenWritten(world, alice, product);
    const parent = await givenShown(world, alice, product);
    const reply = await givenShown(world, bob, product, { parentId: parent.id });
    for (const id of [waiting.id, reply.id, world.ports.ids.make('cmt')])
      expect(await world.call(listReplies, { id })).toMatchObject({ code: 'comment.not_found' });
    await world.call(blockUser, { userId: alice.userId }, bob);
    const { id } = parent;
    expect(await world.call(listReplies, { id }, bob)).toMatchObject({ code: 'comment.not_found' });
  });

  test('thread.not_found, feature.off: as for the thread', async () => {
    await givenAccess(world, alice.userId, course.productId);
    const { id } = await givenShown(world, alice, `lesson:${course.paid.id}`);
    expect(await world.call(listReplies, { id }, bob)).toMatchObject({ code: 'thread.not_found' });
    Object.assign(world.ports.settings, { talk: { ...defaultSettings.talk, comments: 'off' } });
    expect(await world.call(listReplies, { id }, alice)).toMatchObject({ code: 'feature.off' });
  });
});

describeFunction(listMyComments, () => {
  test('one’s own in every state with its newest words, newest first; nobody else’s', async () => {
    await givenShown(world, alice, product, { body: '公开' });
    const risky = await givenWritten(world, alice, product, { body: '拒绝' });
    await judge(world, risky.id, 'risky');
    await givenWritten(world, alice, `lesson:${course.trial.id}`, { body: '审核中' }).catch(() => null);
    const mine = (await world.call(listMyComments, {}, alice)).data;
    expect(mine.items).toMatchObject([
      { body: '拒绝', state: 'rejected', isShown: false },
      { body: '公开', state: 'public', isShown: true },
    ]);
    expect((await world.call(listMyComments, {}, bob)).data.items).toEqual([]);
  });

  test('in one thread, also without access to it and when comments are off', async () => {
    const threadId = `lesson:${course.paid.id}`;
    await givenAccess(world, alice.userId, course.productId, { kind: 'days', days: 1 });
    await givenShown(world, alice, product, { body: '别处' });
    await givenWritten(world, alice, threadId, { body: '课内' });
    world.clock.advance(2 * DAY_MS);
    Object.assign(world.ports.settings, { talk: { ...defaultSettings.talk, comments: 'off' } });
    const mine = await world.call(listMyComments, { threadId }, alice);
    expect(bodies(mine.data)).toEqual(['课内']);
  });
});

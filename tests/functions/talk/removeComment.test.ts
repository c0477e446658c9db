import { foldComments } from '../../../functions/talk/foldComments.ts';
import { getThread } from '../../../functions/talk/getThread.ts';
import { listComments } from '../../../functions/talk/listComments.ts';
import { listMyComments } from '../../../functions/talk/listMyComments.ts';
import { listReplies } from '../../../functions/talk/listReplies.ts';
import { removeComment } from '../../../functions/talk/removeComment.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenShown, storedComment } from '../../support/given/comment.ts';
import { type GivenCourse, givenCourse } from '../../support/given/course.ts';
import { givenAccess } from '../../support/given/entitlement.ts';
import { type Buyer, storedIn } from '../../support/given/order.ts';
import { givenWriter } from '../../support/given/writer.ts';
import { defaultSettings } from '../../support/settings.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(removeComment, () => {
  let world: World;
  let alice: Buyer;
  let course: GivenCourse;
  let product: string;
  const removes = (id: string, writer = alice) => world.call(removeComment, { id }, writer);
  const shows = async () => (await world.call(listComments, { threadId: product })).data.items;

  beforeEach(async () => {
    world = await createWorld();
    alice = await givenWriter(world, 'alice');
    course = await givenCourse(world);
    product = `product:${course.productId}`;
  });
  afterEach(() => world.close());

  test('its words are gone from the store, in every version', async () => {
    const { id } = await givenShown(world, alice, product, { body: '后悔写下的话' });
    expect((await removes(id)).data).toEqual({ id });
    expect(JSON.stringify(await storedIn(world, 'comments'))).not.toContain('后悔');
    expect(await shows()).toEqual([]);
    expect((await world.call(listMyComments, {}, alice)).data.items).toEqual([]);
  });

  test('replies to it stay, and it keeps its place without words and author', async () => {
    const { id } = await givenShown(world, alice, product);
    const bob = await givenWriter(world, 'bob');
    const reply = await givenShown(world, bob, product, { parentId: id, body: '同意' });
    await world.run(foldComments);
    await removes(id);
    await world.run(foldComments);
    expect(await shows()).toMatchObject([
      { id, body: null, author: null, replies: 1, firstReplies: [{ id: reply.id, body: '同意' }] },
    ]);
    const { comment, items } = (await world.call(listReplies, { id })).data;
    expect([comment.body, items.map(({ body }) => body)]).toEqual([null, ['同意']]);
    await removes(reply.id, bob);
    await world.run(foldComments);
    expect(await shows()).toEqual([]);
  });

  test('its stars count no longer, and may be given again', async () => {
    await givenAccess(world, alice.userId, course.productId);
    const { id } = await givenShown(world, alice, product, { stars: 1 });
    await world.run(foldComments);
    await removes(id);
    await removes(id);
    await world.run(foldComments);
    const thread = await world.call(getThread, { kind: 'product', id: course.productId }, alice);
    expect(thread.data).toMatchObject({ comments: 0, rating: null, mayRate: true });
    await givenShown(world, alice, product, { stars: 5 });
    await world.run(foldComments);
    expect(
      (await world.call(getThread, { kind: 'product', id: course.productId }, alice)).data,
    ).toMatchObject({
      ...{ comments: 1, rating: { people: 1, averageHundredths: 500 }, mayRate: false },
    });
  });

  test('a second time is the same, and nothing is counted twice', async () => {
    const { id } = await givenShown(world, alice, product);
    await world.run(foldComments);
    await Promise.all([removes(id), removes(id)]);
    for (const _ of [1, 2]) await world.run(foldComments);
    expect((await world.call(getThread, { kind: 'product', id: course.productId })).data.comments).toBe(0);
    expect(await storedComment(world, id)).toMatchObject({ review: { state: 'deleted' }, isCounted: true });
  });

  test('one’s own can always be deleted: without access, and when comments are off', async () => {
    await givenAccess(world, alice.userId, course.productId, { kind: 'days', days: 1 });
    const { id } = await givenShown(world, alice, `lesson:${course.paid.id}`);
    world.clock.advance(2 * 86_400_000);
    Object.assign(world.ports.settings, { talk: { ...defaultSettings.talk, comments: 'off' } });
    expect((await removes(id)).status).toBe(200);
  });

  test('comment.not_found: also for a comment of somebody else', async () => {
    const { id } = await givenShown(world, alice, product);
    expect(await removes(id, await givenWriter(world, 'bob'))).toMatchObject({
      ...{ status: 404, code: 'comment.not_found' },
    });
    expect(await removes(world.ports.ids.make('cmt'))).toMatchObject({ code: 'comment.not_found' });
    expect(await shows()).toHaveLength(1);
  });
});

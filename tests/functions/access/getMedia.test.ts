import { getMedia } from '../../../functions/access/getMedia.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { unknownProductId } from '../../support/given/course.ts';
import { givenMember } from '../../support/given/member.ts';
import { storedIn } from '../../support/given/order.ts';
import { givenSold } from '../../support/given/products.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(getMedia, () => {
  let world: World;
  let alice: Awaited<ReturnType<World['login']>>;
  const get = (productId: string, options: object = alice) => world.call(getMedia, { productId }, options);

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
  });
  afterEach(() => world.close());

  test('a member of the product plays it, for its length and a quarter of an hour; that is no download', async () => {
    const { id } = await givenSold(world, 'media');
    await givenMember(world, alice.userId, { kind: 'product', productId: id });
    const { data } = await get(id);
    expect(data).toMatchObject({ productId: id, durationSeconds: 600 });
    expect(data.mediaUrl).toContain('audio/talk.mp3');
    expect(data.mediaExpiresAtMs).toBe(world.clock.now() + 25 * 60_000);
    expect(await storedIn(world, 'usages')).toMatchObject([{ opened: [id], downloadedAtMs: null }]);
  });

  test('product.not_owned: a member of the platform, where it is not free for members', async () => {
    const { id } = await givenSold(world, 'media');
    await givenMember(world, alice.userId);
    const answer = await get(id);
    expect(answer).toMatchObject({ status: 403, code: 'product.not_owned' });
    expect(JSON.stringify(answer.body)).not.toContain('talk.mp3');
    const free = await givenSold(world, 'media', { isFreeForMembers: true });
    expect((await get(free.id)).status).toBe(200);
  });

  test('product.not_found: another kind, and what does not exist', async () => {
    const book = await givenSold(world, 'content');
    for (const id of [book.id, unknownProductId(world)]) {
      expect(await get(id, {})).toMatchObject({ status: 404, code: 'product.not_found' });
    }
  });
});

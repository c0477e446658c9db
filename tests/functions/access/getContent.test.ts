import { getContent } from '../../../functions/access/getContent.ts';
import { revokeSource } from '../../../shared/flows/access/grantAccess.ts';
import { SourceId } from '../../../shared/schemas/access/entitlement.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenCourse, unknownProductId } from '../../support/given/course.ts';
import { givenAccess } from '../../support/given/entitlement.ts';
import { exported } from '../../support/given/export.ts';
import { storedIn } from '../../support/given/order.ts';
import { givenSold, PLAIN_PRICES } from '../../support/given/products.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(getContent, () => {
  let world: World;
  let alice: Awaited<ReturnType<World['login']>>;
  const get = (productId: string, input: object = {}, options: object = alice) =>
    world.call(getContent, { productId, ...input }, options);

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
  });
  afterEach(() => world.close());

  test('an owner reads it, and the opening is stored once', async () => {
    const { id } = await givenSold(world, 'content');
    await givenAccess(world, alice.userId, id);
    const { data } = await get(id);
    expect(data).toMatchObject({ productId: id, body: '付费的正文', hasFile: true, fileUrl: null });
    const firstOpenedAtMs = world.clock.now();
    expect(await storedIn(world, 'usages')).toMatchObject([
      { opened: [id], firstOpenedAtMs, downloadedAtMs: null },
    ]);
    const before = await exported(world);
    world.clock.advance(10_000_000);
    await get(id);
    expect(await exported(world)).toEqual(before);
  });

  test('its file is a URL for 15 minutes, or until the access ends, and the download is stored', async () => {
    const { id } = await givenSold(world, 'content');
    await givenAccess(world, alice.userId, id, { kind: 'days', days: 1 });
    await get(id);
    const now = world.clock.now();
    const { data } = await get(id, { file: 'true' });
    expect(data.fileExpiresAtMs).toBe(now + 15 * 60_000);
    expect(data.fileUrl).toContain('books/book.epub');
    expect(await storedIn(world, 'usages')).toMatchObject([{ opened: [id], downloadedAtMs: now }]);
    world.clock.advance(86_400_000 - 60_000);
    expect((await get(id, { file: 'true' })).data.fileExpiresAtMs).toBe(world.clock.now() + 60_000);
  });

  test('asking for a file that does not exist is not stored as a download', async () => {
    const content = { preview: '', body: '文章', mediaKey: null };
    const { id } = await givenSold(world, 'content', { content });
    await givenAccess(world, alice.userId, id);
    expect((await get(id, { file: 'true' })).data).toMatchObject({
      body: '文章',
      hasFile: false,
      fileUrl: null,
    });
    expect(await storedIn(world, 'usages')).toMatchObject([{ downloadedAtMs: null }]);
  });

  test('opened through a bundle alone, it counts for the bundle too', async () => {
    const book = await givenSold(world, 'content');
    const { productId } = await givenCourse(world);
    const bundle = await givenSold(world, 'bundle', { parts: [book.id, productId] });
    await givenAccess(world, alice.userId, bundle.id);
    await get(book.id);
    const usages = await storedIn(world, 'usages');
    expect(new Set(usages.map((usage) => Object(usage).productId))).toEqual(new Set([book.id, bundle.id]));
  });

  test('product.not_owned: anybody else gets the preview and the price, and nothing is written down', async () => {
    const { id } = await givenSold(world, 'content');
    const before = await exported(world);
    for (const options of [{}, alice]) {
      const answer = await get(id, {}, options);
      expect(answer).toMatchObject({ status: 403, code: 'product.not_owned' });
      expect(answer.error.params).toEqual({
        productId: id,
        preview: '试读',
        ...PLAIN_PRICES,
      });
      expect(JSON.stringify(answer.body)).not.toContain('付费的正文');
    }
    expect(await exported(world)).toEqual(before);
  });

  test('product.not_found: a draft, what was withdrawn, another kind, nothing at all', async () => {
    const media = await givenSold(world, 'media');
    const course = await givenCourse(world);
    const draft = await givenSold(world, 'content', {}, 'draft');
    const withdrawn = await givenSold(world, 'content', {}, 'withdrawn');
    for (const id of [media.id, course.productId, draft.id, withdrawn.id, unknownProductId(world)]) {
      expect(await get(id)).toMatchObject({ status: 404, code: 'product.not_found' });
    }
  });

  test('product.not_owned: who loses it to a refund at the same moment gets no file', async () => {
    const { id } = await givenSold(world, 'content');
    const sourceId = SourceId.parse(await givenAccess(world, alice.userId, id));
    const lines = [{ productId: id, plan: null, gifts: 0 }];
    const taken = { userId: alice.userId, lines, sourceId, now: world.clock.now() };
    const remember = world.ports.memory.remember.bind(world.ports.memory);
    jest.spyOn(world.ports.memory, 'remember').mockImplementation(async (key, ms, make) => {
      if (key.startsWith('opened:')) await world.ports.database.tx((tx) => revokeSource(tx, taken));
      return remember(key, ms, make);
    });
    expect(await get(id, { file: 'true' })).toMatchObject({ status: 403, code: 'product.not_owned' });
    expect(await storedIn(world, 'usages')).toEqual([]);
  });
});

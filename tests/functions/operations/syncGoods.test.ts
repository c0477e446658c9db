import { syncGoods } from '../../../functions/operations/syncGoods.ts';
import * as products from '../../../shared/data/catalogue/products.ts';
import * as goods from '../../../shared/data/operations/goods.ts';
import { codeOf } from '../../../shared/errors.ts';
import { wantGoods } from '../../../shared/flows/operations/wantGoods.ts';
import { type Fen, fen, MINUTE_MS, timeMs } from '../../../shared/schemas/base.ts';
import type { Product } from '../../../shared/schemas/catalogue/product.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenProduct } from '../../support/given/course.ts';
import { ScriptedCatalogue } from '../../support/given/goods.ts';
import { stored, storedIn } from '../../support/given/order.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(syncGoods, () => {
  let world: World;
  let platform: ScriptedCatalogue;
  let product: Product;
  const want = (changes: Partial<Product> = {}, furtherPrices: readonly Fen[] = []) =>
    world.ports.database.tx((tx) =>
      wantGoods(tx, { ...product, ...changes }, world.clock.now(), furtherPrices),
    );
  const goodsOf = (priceFen = 9_900) => stored(world, goods.collection, `${product.id}_${priceFen}`);
  const stateOf = async (priceFen?: number) => (await goodsOf(priceFen)).state;
  const liveAt = (priceFen: number) =>
    world.ports.database.tx((tx) => goods.liveAt(tx, product.id, fen(priceFen), world.clock.now()));
  const run = () => world.run(syncGoods);
  const failure = () =>
    run().then(
      () => null,
      (caught) => codeOf(caught),
    );

  /** Runs both batches, up to the half hour that the platform takes. */
  async function publish() {
    await run();
    platform.uploads.end();
    await run();
    platform.publications.end();
    await run();
  }

  beforeEach(async () => {
    world = await createWorld();
    platform = new ScriptedCatalogue();
    const xpay: unknown = { name: 'xpay', goods: platform };
    Object.assign(world.ports.rails, { xpay });
    product = await givenProduct(world);
  });
  afterEach(() => world.close());

  test('wanted goods are uploaded, published, and can be sold half an hour later, not before', async () => {
    await want();
    expect(await run()).toEqual({ 'price.inForce': 0, 'goods.uploaded': 1, 'goods.published': 0 });
    expect(platform.uploaded).toEqual([
      {
        id: `${product.id}_9900`,
        name: product.title,
        priceFen: 9_900,
        remark: product.id,
        imageUrl: product.coverUrl,
      },
    ]);
    expect(await stateOf()).toBe('uploading');
    await run();
    expect(platform.uploads.asked).toHaveLength(1);
    platform.uploads.end();
    await run();
    expect([await stateOf(), platform.publications.asked]).toEqual(['publishing', [`${product.id}_9900`]]);
    platform.publications.end();
    await run();
    expect(await stateOf()).toBe('published');
    world.clock.advance(30 * MINUTE_MS - 1);
    expect(await liveAt(9_900)).toBeNull();
    world.clock.advance(1);
    expect(await liveAt(9_900)).toEqual({ id: `${product.id}_9900`, priceFen: 9_900 });
    await run();
    expect(await goodsOf()).toMatchObject({ state: 'published', nextAtMs: null });
    expect(await run()).toEqual({ 'price.inForce': 0, 'goods.uploaded': 0, 'goods.published': 0 });
  });

  test('one thing at a time, the one that has waited longest first; an id that is known there is as good', async () => {
    await want();
    world.clock.advance(1);
    const second = await givenProduct(world);
    await world.ports.database.tx((tx) => wantGoods(tx, second, world.clock.now()));
    await Promise.all([run(), run()]);
    await run();
    expect(platform.uploaded).toHaveLength(1);
    expect((await stored(world, goods.collection, `${second.id}_9900`)).state).toBe('wanted');
    platform.uploads.end('done', 'id exists');
    await run();
    await run();
    expect(platform.uploads.asked).toEqual([`${product.id}_9900`, `${second.id}_9900`]);
    expect(platform.publications.asked).toEqual([`${product.id}_9900`]);
  });

  test('every price is wanted once, a free one never', async () => {
    const limited = { priceFen: fen(5_900), fromAtMs: timeMs(0), untilAtMs: timeMs(1) };
    const wishes = { nextListFen: fen(8_900), limited, memberFen: fen(0) };
    await want(wishes, [fen(4_900), fen(0), fen(9_900)]);
    await want(wishes);
    const prices = (await storedIn(world, 'railGoods')).map((doc) => Object(doc).priceFen);
    expect(prices.sort((left, right) => left - right)).toEqual([4_900, 5_900, 8_900, 9_900]);
  });

  test('a new price comes into force when its goods are live, as another version, and no earlier', async () => {
    await world.ports.database.tx((tx) =>
      products.save(tx, product, { ...product, nextListFen: fen(12_900) }),
    );
    await want({ nextListFen: fen(12_900), listFen: fen(12_900) });
    await publish();
    world.clock.advance(30 * MINUTE_MS - 1);
    await run();
    expect(await stored(world, products.collection, product.id)).toMatchObject({
      listFen: 9_900,
      version: 1,
    });
    world.clock.advance(1);
    expect(await run()).toMatchObject({ 'price.inForce': 1 });
    const priced = { listFen: 12_900, nextListFen: null, version: 2 };
    expect(await stored(world, products.collection, product.id)).toMatchObject(priced);
    await run();
    expect(await stored(world, products.collection, product.id)).toMatchObject(priced);
  });

  test('a price that is not wanted any more when its goods are live stays as it is', async () => {
    await want({ nextListFen: fen(12_900), listFen: fen(12_900) });
    await publish();
    await world.ports.database.tx((tx) =>
      products.save(tx, product, { ...product, nextListFen: fen(13_900) }),
    );
    world.clock.advance(30 * MINUTE_MS);
    expect(await run()).toMatchObject({ 'price.inForce': 0 });
    expect(await stored(world, products.collection, product.id)).toMatchObject({
      listFen: 9_900,
      version: 1,
    });
  });

  test('a price that was live before comes into force at the next run', async () => {
    await want();
    await publish();
    world.clock.advance(30 * MINUTE_MS);
    await run();
    const now = { ...product, listFen: fen(12_900), nextListFen: fen(9_900) };
    await world.ports.database.tx((tx) => products.save(tx, product, now));
    await want(now);
    expect(await run()).toMatchObject({ 'price.inForce': 1 });
    expect(await stored(world, products.collection, product.id)).toMatchObject({
      listFen: 9_900,
      nextListFen: null,
    });
    expect(platform.uploads.asked.filter((id) => id === `${product.id}_9900`)).toHaveLength(1);
  });

  test.each(['uploads', 'publications'] as const)(
    'what the platform refuses in its %s becomes one case, and is tried again when it is wanted again',
    async (batch) => {
      await want();
      await run();
      if (batch === 'publications') {
        platform.uploads.end();
        await run();
      }
      platform[batch].end('failed', '图片或文字存在敏感内容');
      await run();
      expect(await goodsOf()).toMatchObject({
        state: 'refused',
        reason: '图片或文字存在敏感内容',
        nextAtMs: null,
      });
      await run();
      expect(await storedIn(world, 'cases')).toMatchObject([
        { id: `goods_refused:${product.id}_9900`, state: 'open', productId: product.id, amountFen: 9_900 },
      ]);
      await want({ title: '另一个标题' });
      await run();
      expect(platform.uploaded.at(-1)).toMatchObject({ name: '另一个标题' });
      expect(await stateOf()).toBe('uploading');
    },
  );

  describe('what the platform says when it is asked to begin', () => {
    let real: World;
    const wanted = [9_900, 4_900].map(fen);
    const states = async () =>
      Object.fromEntries(
        (await storedIn(real, 'railGoods')).map((each) => [Object(each).priceFen, Object(each).state]),
      );
    const sync = async (minutes: number) => {
      for (let minute = 0; minute < minutes; minute += 1) {
        await real.run(syncGoods).catch(() => null);
        real.clock.advance(MINUTE_MS);
      }
    };

    beforeEach(async () => {
      real = await createWorld();
      const sold = await givenProduct(real);
      await real.ports.database.tx((tx) => wantGoods(tx, sold, real.clock.now(), wanted));
    });
    afterEach(() => real.close());

    test.each(['upload', 'publish'])(
      'a final no to %s is a case with its words, and holds up nothing else',
      async (batch) => {
        const words = { errcode: 268490007, errmsg: '图片或文字存在敏感内容' };
        real.xpay.refusing = { path: new RegExp(`start_${batch}`), words };
        await sync(1);
        if (batch === 'publish') await sync(60);
        real.xpay.refusing = null;
        await sync(120);
        const ended = Object.values(await states());
        expect(ended.sort()).toEqual(batch === 'publish' ? ['refused', 'refused'] : ['published', 'refused']);
        const told = {
          kind: 'goods_refused',
          story: expect.stringContaining('268490007 图片或文字存在敏感内容'),
        };
        expect((await storedIn(real, 'cases'))[0]).toMatchObject(told);
      },
    );

    test('a code that no table has lets the others go first, and is tried again', async () => {
      const refuse = (path: RegExp) => {
        real.xpay.refusing = { path, words: { errcode: 268499999, errmsg: '?' } };
      };
      refuse(/start_upload/);
      await sync(1);
      real.xpay.refusing = null;
      await sync(1);
      expect(Object.values(await states()).sort()).toEqual(['uploading', 'wanted']);
      await sync(120);
      expect(Object.values(await states())).toEqual(['published', 'published']);
      expect(await storedIn(real, 'cases')).toEqual([]);
    });
  });

  test.each(['request lost', 'answer lost'] as const)(
    'a lost upload (%s) only delays: it is begun again only when it never arrived',
    async (fault) => {
      await want();
      platform.uploads.next = fault;
      expect(await failure()).toBe('pay.unavailable');
      expect(await stateOf()).toBe('uploading');
      await run();
      if (fault === 'request lost') {
        expect(await stateOf()).toBe('uploading');
        expect(platform.uploads.asked).toHaveLength(1);
      } else {
        platform.uploads.end();
        await run();
        expect(await stateOf()).toBe('publishing');
        expect(platform.uploads.asked).toHaveLength(1);
      }
    },
  );

  test('a batch that somebody else started is waited for', async () => {
    await want();
    platform.uploads.occupy();
    expect(await run()).toMatchObject({ 'goods.uploaded': 0 });
    await run();
    expect([await stateOf(), platform.uploads.asked]).toEqual(['uploading', []]);
    platform.uploads.end();
    await run();
    await run();
    expect(platform.uploads.asked).toEqual([`${product.id}_9900`]);
  });

  test('a shop without virtual payment asks nobody', async () => {
    Object.assign(world.ports.rails, { xpay: null });
    await want();
    expect(await run()).toEqual({ 'price.inForce': 0 });
    expect(await stateOf()).toBe('wanted');
  });
});

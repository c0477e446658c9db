import { courseFinished } from '../../../events/courseFinished.ts';
import { rewardFinishedCourse } from '../../../functions/points/rewardFinishedCourse.ts';
import * as products from '../../../shared/data/catalogue/products.ts';
import { REWARDS } from '../../../shared/domain/points/pointsRewards.ts';
import { fact } from '../../../shared/event.ts';
import { BasisPoints, DAY_MS, fen } from '../../../shared/schemas/base.ts';
import type { Product } from '../../../shared/schemas/catalogue/product.ts';
import type { PointsEntry } from '../../../shared/schemas/points/points.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenProduct } from '../../support/given/course.ts';
import { givenAccess } from '../../support/given/entitlement.ts';
import { givenFact } from '../../support/given/fact.ts';
import { type Buyer, stored, storedIn } from '../../support/given/order.ts';
import { givenSold } from '../../support/given/products.ts';
import { askBack, givenPaid } from '../../support/given/refund.ts';
import { createWorld, type World } from '../../support/world.ts';

const { points: REWARD, perDayMax } = REWARDS.course_finished;

describeFunction(rewardFinishedCourse, () => {
  let world: World;
  let alice: Buyer;
  const finishes = async ({ id: productId }: Product, key = '') => {
    const data = { userId: alice.userId, productId, finishedAtMs: world.clock.now() };
    const id = await givenFact(world, fact(courseFinished, `${alice.userId}:${productId}${key}`, data));
    await Promise.all([1, 2].map(() => world.deliver('rewardFinishedCourse', id)));
  };
  const buys = async (changes: Partial<Product> = {}) => {
    const product = await givenProduct(world, changes);
    const order = await givenPaid(world, alice, [product]);
    return { product, order };
  };
  /** The points that finished courses have earned, in the order of their ids. */
  const earned = async () => {
    const entries = (await storedIn(world, 'pointsEntries')) as PointsEntry[];
    const own = entries.filter(({ cause }) => cause === 'course_finished');
    return own.map(({ postings }) => postings.find(([account]) => account === 'available')?.[1]);
  };

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
  });
  afterEach(() => world.close());

  test('a finished course earns once, however often it is told, also as something new', async () => {
    const { product } = await buys();
    await finishes(product);
    expect(await earned()).toEqual([REWARD]);
    await finishes(product, ' again');
    expect(await earned()).toEqual([REWARD]);
  });

  test('a day has only so many, and the next day again', async () => {
    for (let course = 0; course <= perDayMax; course += 1) await finishes((await buys()).product);
    expect(await earned()).toHaveLength(perDayMax);
    world.clock.advance(DAY_MS);
    await finishes((await buys()).product);
    expect(await earned()).toHaveLength(perDayMax + 1);
  });

  test('no more than a share of what was paid for it, and nothing for too little or for what was not paid for', async () => {
    await finishes((await buys({ listFen: fen(1_200) })).product);
    expect(await earned()).toEqual([REWARD]);
    await finishes((await buys({ listFen: fen(900) })).product);
    const given = await givenProduct(world);
    await givenAccess(world, alice.userId, given.id);
    await finishes(given);
    await finishes(await givenProduct(world));
    expect(await earned()).toHaveLength(1);
  });

  test('of a bundle it is a part’s share', async () => {
    const parts = [await givenProduct(world), await givenProduct(world), await givenProduct(world)];
    const ids = parts.map(({ id }) => id);
    const bundle = await givenSold(world, 'bundle', { parts: ids, listFen: fen(2_970) });
    await givenPaid(world, alice, [await stored(world, products.collection, bundle.id)]);
    for (const part of parts) await finishes(part);
    expect(await earned()).toEqual([]);
  });

  test('nothing while the money can be asked back all the same, and nothing of what went back', async () => {
    const refundPolicy = {
      windowDays: 7,
      tiers: [{ progressMax: BasisPoints.parse(10_000), share: BasisPoints.parse(10_000) }],
      isVoidAfterDownload: true,
    };
    const { product, order } = await buys({ refundPolicy });
    await finishes(product);
    expect(await earned()).toEqual([]);
    world.clock.advance(7 * DAY_MS);
    await finishes(product, ' later');
    expect(await earned()).toEqual([REWARD]);
    const other = await buys();
    await askBack(world, alice, other.order, other.order.payableFen);
    await world.drain();
    await finishes(other.product);
    expect([order.state, await earned()]).toEqual(['paid', [REWARD]]);
  });
});

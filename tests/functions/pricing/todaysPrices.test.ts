/** One price for one product and one buyer, wherever it is shown. */
import { getLesson } from '../../../functions/access/getLesson.ts';
import { getCourse } from '../../../functions/catalogue/getCourse.ts';
import { getProduct } from '../../../functions/catalogue/getProduct.ts';
import { listCourses } from '../../../functions/catalogue/listCourses.ts';
import { listProducts } from '../../../functions/catalogue/listProducts.ts';
import { searchCourses } from '../../../functions/catalogue/searchCourses.ts';
import { searchProducts } from '../../../functions/catalogue/searchProducts.ts';
import { getCart } from '../../../functions/orders/getCart.ts';
import { putCartItem } from '../../../functions/orders/putCartItem.ts';
import { quoteOrder } from '../../../functions/pricing/quoteOrder.ts';
import * as products from '../../../shared/data/catalogue/products.ts';
import { todaysPrices } from '../../../shared/flows/pricing/todaysPrices.ts';
import { fen, HOUR_MS, timeMs } from '../../../shared/schemas/base.ts';
import type { Product } from '../../../shared/schemas/catalogue/product.ts';
import { type GivenCourse, givenCourse, givenProduct } from '../../support/given/course.ts';
import { givenMember } from '../../support/given/member.ts';
import { type Buyer, stored } from '../../support/given/order.ts';
import { givenCampaign, givenSale } from '../../support/given/promotion.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let alice: Buyer;
let course: GivenCourse;

beforeEach(async () => {
  world = await createWorld();
  alice = await world.login('alice');
  course = await givenCourse(world, { listFen: 19_900, title: '写作课' });
});
afterEach(() => world.close());

const change = async (changes: Partial<Product>) => {
  const product = await stored(world, products.collection, course.productId);
  await world.ports.database.tx((tx) => products.save(tx, product, { ...product, ...changes }));
};
const limited = () => {
  const now = world.clock.now();
  return { priceFen: fen(9_900), fromAtMs: now, untilAtMs: timeMs(now + HOUR_MS) };
};
const quotedFen = async (ids: readonly string[], buyer = alice) => {
  const lines = ids.map((productId) => ({ productId }));
  return (await world.call(quoteOrder, { lines, couponId: null }, buyer)).data.quote.payableFen;
};

/** Every place that shows the price of the course, as this buyer sees it. */
async function everywhere(buyer: Buyer) {
  const { productId: id, paid } = course;
  const options = { token: buyer.token };
  return [
    (await world.call(listCourses, {}, options)).data.items[0],
    (await world.call(listProducts, {}, options)).data.items[0],
    (await world.call(searchCourses, { q: '写作' }, options)).data.items[0],
    (await world.call(searchProducts, { q: '写作' }, options)).data.items[0],
    (await world.call(getCourse, { id }, options)).data,
    (await world.call(getProduct, { id }, options)).data,
    (await world.call(getLesson, { id: paid.id }, options)).error.params,
  ].map((shown) => {
    const { listFen, limited: forNow, memberFen, isFreeForMembers, pointsPrice, price } = Object(shown);
    return { listFen, limited: forNow, memberFen, isFreeForMembers, pointsPrice, price };
  });
}

test('a price for a limited time is the same in lists, in searches, on pages, in refusals and in the quote', async () => {
  const terms = { limited: limited(), memberFen: fen(15_000), pointsPrice: 500 };
  await change(terms);
  const price = { priceFen: 9_900, source: 'limited', ownedFen: 0 };
  const shown = { listFen: 19_900, isFreeForMembers: false, ...terms, price };
  for (const one of await everywhere(alice)) expect(one).toEqual(shown);
  expect(await quotedFen([course.productId])).toBe(9_900);
});

test('a flash sale is seen where courses are looked at, as long as there is a place for who looks', async () => {
  await givenSale(world, [course.productId], { priceFen: 5_000, stock: 1 });
  for (const { price } of await everywhere(alice))
    expect(price).toMatchObject({ priceFen: 5_000, source: 'flash' });
  expect(await quotedFen([course.productId])).toBe(5_000);
});

test('a member sees the price of members on pages; lists, which are the same for all, say it beside', async () => {
  await change({ memberFen: fen(7_000) });
  await givenMember(world, alice.userId);
  const shown = await everywhere(alice);
  expect(shown.map(({ price }) => price.priceFen)).toEqual([
    19_900, 19_900, 19_900, 19_900, 7_000, 7_000, 7_000,
  ]);
  expect(shown.every(({ memberFen }) => memberFen === 7_000)).toBe(true);
  expect(await quotedFen([course.productId])).toBe(7_000);
});

test('a cart asks for what the quote of it asks for, campaign and all', async () => {
  await change({ limited: limited() });
  const other = await givenProduct(world, { listFen: fen(2_800) });
  await givenCampaign(world);
  for (const productId of [course.productId, other.id]) await world.call(putCartItem, { productId }, alice);
  const { data } = await world.call(getCart, {}, alice);
  expect(data.items.map(({ price }) => price.priceFen)).toEqual([9_900, 2_800]);
  expect(data).toMatchObject({ listTotalFen: 22_700, applied: [{ kind: 'limited' }, { kind: 'campaign' }] });
  expect(data.totalFen).toBe(await quotedFen([course.productId, other.id]));
});

test('twenty cards are read like one', async () => {
  const all = [await stored(world, products.collection, course.productId)];
  for (let n = 0; n < 20; n += 1) {
    const part = await givenProduct(world, { memberFen: fen(100) });
    const kind = 'bundle';
    all.push(await givenProduct(world, { kind, parts: [part.id], memberFen: fen(100) }));
  }
  await givenSale(
    world,
    all.slice(0, 12).map(({ id }) => id),
  );
  const readsFor = async (some: readonly Product[]) => {
    let reads = 0;
    const { database, cache } = world.ports;
    const counted = new Proxy(database, {
      get: (target, name: keyof typeof database) => {
        if (name === 'find' || name === 'findMany' || name === 'list') reads += 1;
        return target[name].bind(target);
      },
    });
    const asked = { userId: alice.userId, products: some, now: world.clock.now() };
    expect((await todaysPrices({ database: counted, cache }, asked)).size).toBe(some.length);
    return reads;
  };
  await readsFor(all);
  expect(await readsFor(all)).toBeLessThanOrEqual((await readsFor(all.slice(1, 2))) + 1);
});

import { getCart } from '../../../functions/orders/getCart.ts';
import { putCartItem } from '../../../functions/orders/putCartItem.ts';
import { removeCartItem } from '../../../functions/orders/removeCartItem.ts';
import * as products from '../../../shared/data/catalogue/products.ts';
import { fen } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenCourse, givenProduct, givenProductChange } from '../../support/given/course.ts';
import { givenAccess } from '../../support/given/entitlement.ts';
import { givenOrder, stored } from '../../support/given/order.ts';
import { givenMoney } from '../../support/given/payment.ts';
import { givenSold } from '../../support/given/products.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let alice: Awaited<ReturnType<World['login']>>;

beforeEach(async () => {
  world = await createWorld();
  alice = await world.login('alice');
});
afterEach(() => world.close());

const put = (productId: string, buyer = alice) => world.call(putCartItem, { productId }, buyer);
const look = async (buyer = alice) => (await world.call(getCart, {}, buyer)).data;

describeFunction(getCart, () => {
  test('who never put anything in has an empty cart', async () => {
    expect(await look()).toEqual({ items: [], listTotalFen: 0, totalFen: 0, applied: [] });
  });

  test("prices are the catalogue's at the moment of looking", async () => {
    const one = await givenCourse(world, { listFen: 10_000 });
    const two = await givenCourse(world, { listFen: 500 });
    await put(one.productId);
    expect((await put(two.productId)).data.totalFen).toBe(10_500);
    await givenProductChange(world, one.productId, { listFen: 7_000 });
    expect((await look()).totalFen).toBe(7_500);
  });

  test('a product that is withdrawn or owned meanwhile is shown but not counted', async () => {
    const [gone, bought, left] = [
      await givenCourse(world),
      await givenCourse(world),
      await givenCourse(world, { listFen: 300 }),
    ];
    for (const { productId } of [gone, bought, left]) await put(productId);
    await givenProductChange(world, gone.productId, { state: 'withdrawn' });
    await givenAccess(world, alice.userId, bought.productId);
    const { items, totalFen } = await look();
    expect(items.map(({ isOnSale, isOwned }) => ({ isOnSale, isOwned }))).toEqual([
      { isOnSale: false, isOwned: false },
      { isOnSale: true, isOwned: true },
      { isOnSale: true, isOwned: false },
    ]);
    expect(totalFen).toBe(300);
  });

  test('paid products leave the cart, memberships too; a product that was put in again after the order stays', async () => {
    const { id } = await givenSold(world, 'membership');
    const [other, free] = [await givenCourse(world), await givenProduct(world, { listFen: fen(0) })];
    for (const productId of [id, other.productId, free.id]) await put(productId);
    const order = await givenOrder(world, alice, { product: await stored(world, products.collection, id) });
    expect((await look()).items).toHaveLength(3);
    await givenMoney(world, alice, order);
    await world.drain();
    expect((await look()).items.map(({ productId }) => productId)).toEqual([other.productId, free.id]);

    await givenOrder(world, alice, { product: free });
    expect((await look()).items.map(({ productId }) => productId)).toEqual([other.productId]);

    world.clock.advance(1);
    await put(id);
    const again = await givenOrder(world, alice, { product: await stored(world, products.collection, id) });
    world.clock.advance(1);
    await world.call(removeCartItem, { productId: id }, alice);
    await put(id);
    await givenMoney(world, alice, again);
    await world.drain();
    expect((await look()).items.map(({ productId }) => productId)).toEqual([other.productId, id]);
  });

  test('each has a cart of their own', async () => {
    const bob = await world.login('bob');
    await put((await givenCourse(world)).productId);
    expect((await look(bob)).items).toEqual([]);
  });

  test('auth.required', async () => {
    expect(await world.call(getCart, {})).toMatchObject({ status: 401, code: 'auth.required' });
  });
});

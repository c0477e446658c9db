import { putCartItem } from '../../../functions/orders/putCartItem.ts';
import { removeCartItem } from '../../../functions/orders/removeCartItem.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenCourse, unknownProductId } from '../../support/given/course.ts';
import { exported } from '../../support/given/export.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let alice: Awaited<ReturnType<World['login']>>;

beforeEach(async () => {
  world = await createWorld();
  alice = await world.login('alice');
});
afterEach(() => world.close());

const put = (productId: string, buyer = alice) => world.call(putCartItem, { productId }, buyer);

describeFunction(removeCartItem, () => {
  const remove = (productId: string) => world.call(removeCartItem, { productId }, alice);

  test('a removed product is gone; the others keep their order', async () => {
    const given = [await givenCourse(world), await givenCourse(world), await givenCourse(world)];
    for (const { productId } of given) await put(productId);
    const { data } = await remove(given[1]?.productId ?? '');
    expect(data.items.map(({ productId }) => productId)).toEqual([given[0]?.productId, given[2]?.productId]);
    expect(data.totalFen).toBe(2 * 9_900);
  });

  test('taking out what is not in it changes nothing, also without a cart', async () => {
    const { productId } = await givenCourse(world);
    expect((await remove(productId)).data).toEqual({ items: [], listTotalFen: 0, totalFen: 0, applied: [] });
    await put(productId);
    const before = await exported(world);
    expect((await remove(unknownProductId(world))).data.items).toHaveLength(1);
    expect(await exported(world)).toEqual(before);
  });
});

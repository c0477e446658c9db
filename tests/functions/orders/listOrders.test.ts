import { cancelOrder } from '../../../functions/orders/cancelOrder.ts';
import { listOrders } from '../../../functions/orders/listOrders.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenProduct } from '../../support/given/course.ts';
import { givenOrder } from '../../support/given/order.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(listOrders, () => {
  let world: World;

  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  test('one’s own orders, newest first, page after page, and nobody else’s', async () => {
    const alice = await world.login('alice');
    const bob = await world.login('bob');
    const ids: string[] = [];
    for (const buyer of [alice, bob, alice, alice, bob, alice, alice]) {
      const { id } = await givenOrder(world, buyer);
      if (buyer === alice) ids.unshift(id);
      world.clock.advance(1_000);
    }
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const input = cursor === null ? { limit: 2 } : { limit: 2, cursor };
      const page: { data: { items: { id: string }[]; nextCursor: string | null } } = await world.call(
        listOrders,
        input,
        { token: alice.token },
      );
      expect(page.data.items.length).toBeLessThanOrEqual(2);
      seen.push(...page.data.items.map(({ id }) => id));
      cursor = page.data.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(ids);
  });

  test('those in one state: an order that is closed leaves the pending ones', async () => {
    const alice = await world.login('alice');
    const product = await givenProduct(world);
    const first = await givenOrder(world, alice, { product });
    world.clock.advance(1_000);
    const second = await givenOrder(world, alice, { product });
    await givenOrder(world, await world.login('bob'), { product });
    const idsIn = async (state: string) =>
      (await world.call(listOrders, { state }, alice)).data.items.map(({ id }) => id);
    expect(await idsIn('pending')).toEqual([second.id, first.id]);
    await world.call(cancelOrder, { orderId: first.id }, alice);
    await world.drain();
    expect([await idsIn('pending'), await idsIn('closed'), await idsIn('paid')]).toEqual([
      [second.id],
      [first.id],
      [],
    ]);
    const { data } = await world.call(listOrders, { limit: 1 }, alice);
    const crossed = { state: 'pending', cursor: data.nextCursor };
    expect((await world.call(listOrders, crossed, alice)).code).toBe('request.invalid');
    expect((await world.call(listOrders, { state: 'lost' }, alice)).code).toBe('request.invalid');
  });

  test('nothing is an empty page', async () => {
    const { token } = await world.login('alice');
    expect((await world.call(listOrders, {}, { token })).data).toEqual({ items: [], nextCursor: null });
  });

  test('request.invalid: a cursor that is not ours, a page too large, an unknown key', async () => {
    const { token } = await world.login('alice');
    for (const input of [
      { cursor: 'Zm9yZ2Vk' },
      { limit: 51 },
      { limit: 0 },
      { limit: '-1' },
      { userId: 'x' },
    ]) {
      expect((await world.call(listOrders, input, { token })).code).toBe('request.invalid');
    }
  });

  test('auth.required', async () => {
    expect((await world.call(listOrders, {})).code).toBe('auth.required');
  });
});

import { getOrder } from '../../../functions/orders/getOrder.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenOrder, newOrderId } from '../../support/given/order.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(getOrder, () => {
  let world: World;

  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  test('its buyer sees it, with each line’s price and what became of it', async () => {
    const alice = await world.login('alice');
    const order = await givenOrder(world, alice);
    const { data } = await world.call(getOrder, { orderId: order.id }, { token: alice.token });
    expect(data.order).toEqual(order);
  });

  test('order.not_found: somebody else’s is answered like one that is not there', async () => {
    const order = await givenOrder(world, await world.login('alice'));
    const { token } = await world.login('bob');
    const foreign = await world.call(getOrder, { orderId: order.id }, { token });
    const absent = await world.call(getOrder, { orderId: newOrderId(world) }, { token });
    expect(foreign.status).toBe(404);
    expect([foreign.error, foreign.status]).toEqual([absent.error, absent.status]);
  });

  test('request.invalid: what is no order’s id', async () => {
    const { token } = await world.login('alice');
    for (const orderId of ['1', 'ord_x', '%00', '{"$gt":""}']) {
      expect((await world.call(getOrder, { orderId }, { token })).status).toBeGreaterThanOrEqual(400);
      expect((await world.call(getOrder, { orderId }, { token })).status).toBeLessThan(500);
    }
  });

  test('auth.required', async () => {
    expect((await world.call(getOrder, { orderId: newOrderId(world) })).code).toBe('auth.required');
  });
});

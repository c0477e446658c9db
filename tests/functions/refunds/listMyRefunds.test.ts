import { listMyRefunds } from '../../../functions/refunds/listMyRefunds.ts';
import * as refunds from '../../../shared/data/refunds/refunds.ts';
import { DAY_MS } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { stored } from '../../support/given/order.ts';
import { givenLateMoney } from '../../support/given/payment.ts';
import { askBack, givenPaid } from '../../support/given/refund.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(listMyRefunds, () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  test('one’s own refunds of all orders, newest first, page after page, and nobody else’s', async () => {
    const [alice, bob] = [await world.login('alice'), await world.login('bob')];
    const asked: string[] = [];
    for (const buyer of [alice, bob, alice, alice]) {
      const order = await givenPaid(world, buyer);
      const { data } = await askBack(world, buyer, order, 9_900);
      if (buyer === alice) asked.unshift(data.refund.id);
      world.clock.advance(1_000);
    }
    const list = async (input: object) => (await world.call(listMyRefunds, input, alice)).data;
    const first = await list({ limit: 2 });
    const rest = await list({ limit: 2, cursor: first.nextCursor });
    expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(asked);
    expect(rest.nextCursor).toBeNull();
    expect(first.items[0]).toMatchObject({ refundFen: 9_900, reason: 'buyer', rejectedBecause: null });
  });

  test('money that came late is among them: nobody asked for that one', async () => {
    const alice = await world.login('alice');
    await givenLateMoney(world, alice);
    await world.drain();
    const { items } = (await world.call(listMyRefunds, {}, alice)).data;
    expect(items).toMatchObject([{ reason: 'late_payment' }]);
  });

  test('what is stored in the shape before is read as it is, and belongs to nobody’s list', async () => {
    const alice = await world.login('alice');
    const order = await givenPaid(world, alice);
    world.clock.advance(8 * DAY_MS);
    const { data } = await askBack(world, alice, order, 9_900);
    const { userId: _, ...before } = await stored(world, refunds.collection, data.refund.id);
    const upgraded = refunds.collection.upgrade?.({ ...before }, 2);
    expect(refunds.collection.schema.parse(upgraded)).toEqual({ ...before, userId: null });
  });

  test('nothing is an empty page; request.invalid: a cursor that is not ours; auth.required', async () => {
    const alice = await world.login('alice');
    expect((await world.call(listMyRefunds, {}, alice)).data).toEqual({ items: [], nextCursor: null });
    expect((await world.call(listMyRefunds, { cursor: 'Zm9yZ2Vk' }, alice)).code).toBe('request.invalid');
    expect((await world.call(listMyRefunds, {})).code).toBe('auth.required');
  });
});

import { listRefundsByState } from '../../../../functions/admin/refunds/listRefundsByState.ts';
import { DAY_MS } from '../../../../shared/schemas/base.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { askBack, givenPaid } from '../../../support/given/refund.ts';
import { givenStaff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(listRefundsByState, () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  test('staff see what waits for them, longest first, a page at a time, or what is in another state', async () => {
    const alice = await world.login('alice');
    const support = await givenStaff(world, 'support');
    const list = (input: object = {}) => world.call(listRefundsByState, input, { token: support.token });
    const placed = [await givenPaid(world, alice), await givenPaid(world, alice)];
    const inTime = await askBack(world, alice, await givenPaid(world, alice), 9_900);
    world.clock.advance(8 * DAY_MS - 60_000);
    const asked: string[] = [];
    for (const order of placed) {
      world.clock.advance(61_000);
      asked.push((await askBack(world, alice, order, 9_900)).data.refund.id);
    }
    const first = await list({ limit: '1' });
    expect(first.data.items.map(({ id }) => id)).toEqual(asked.slice(0, 1));
    const rest = await list({ limit: '1', cursor: first.data.nextCursor });
    expect(rest.data.items.map(({ id }) => id)).toEqual(asked.slice(1));
    expect((await list({ state: 'approved' })).data.items.map(({ id }) => id)).toEqual([
      inTime.data.refund.id,
    ]);
  });
});

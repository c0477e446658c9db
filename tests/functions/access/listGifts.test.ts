import { claimGift } from '../../../functions/access/claimGift.ts';
import { listGifts } from '../../../functions/access/listGifts.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenGift } from '../../support/given/gift.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(listGifts, () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  test("the caller's own, newest first, page after page; not who has claimed, only how many", async () => {
    const [alice, bob] = [await world.login('alice'), await world.login('bob')];
    const first = await givenGift(world, alice, 2);
    const second = await givenGift(world, alice, 1);
    await world.call(claimGift, { token: first.gift.token }, bob);
    const page = (await world.call(listGifts, { limit: 1 }, alice)).data;
    expect(page.items).toMatchObject([{ orderId: second.order.id, left: 1 }]);
    const rest = (await world.call(listGifts, { limit: 1, cursor: page.nextCursor }, alice)).data;
    expect(rest.items).toMatchObject([{ orderId: first.order.id, left: 1, count: 2 }]);
    expect(JSON.stringify(rest)).not.toContain(bob.userId);
    expect((await world.call(listGifts, {}, bob)).data.items).toEqual([]);
  });
});

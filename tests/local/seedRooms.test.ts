import { createOrder } from '../../functions/orders/createOrder.ts';
import { claimDrop } from '../../functions/talk/claimDrop.ts';
import { getArticle } from '../../functions/talk/getArticle.ts';
import { getDrop } from '../../functions/talk/getDrop.ts';
import { listArticles } from '../../functions/talk/listArticles.ts';
import { listGroups } from '../../functions/talk/listGroups.ts';
import { seedDrop, seedGroupId } from '../../local/seed/rooms.ts';
import { seedCatalogue, seedCourseId } from '../../local/seed/seedCatalogue.ts';
import { seedRooms } from '../../local/seed/seedRooms.ts';
import { exported } from '../support/given/export.ts';
import { nightlyFindings } from '../support/nightlyFindings.ts';
import { createWorld, type World } from '../support/world.ts';

describe('the rooms of a new shop', () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
    await seedCatalogue(world.ports);
    await seedRooms(world.ports);
  });
  afterEach(() => world.close());

  test('who takes the free course is in its group, and may claim what is dropped there', async () => {
    const alice = await world.login('alice');
    const drop = { id: seedDrop().id };
    expect((await world.call(getDrop, drop, alice)).data.drop.whyNot).toBe('not_in_group');
    const lines = [{ productId: seedCourseId(20) }];
    const orderId = world.ports.ids.make('ord');
    await world.call(createOrder, { orderId, lines, couponId: null, shownFen: 0 }, alice);
    await world.drain();
    const { items } = (await world.call(listGroups, {}, alice)).data;
    expect(items.map(({ id }) => id)).toContain(seedGroupId(1));
    expect((await world.call(claimDrop, { ...drop, proof: null }, alice)).status).toBe(200);
  });

  test('each article can be read, with the products that it shows', async () => {
    const { items } = (await world.call(listArticles, {})).data;
    expect(items).toHaveLength(3);
    for (const { id } of items)
      expect((await world.call(getArticle, { id })).data.article.products).toHaveLength(1);
  });

  test('a second start stores nothing more, and the nightly look finds nothing', async () => {
    const before = await exported(world);
    await seedRooms(world.ports);
    expect(await exported(world)).toEqual(before);
    expect(await nightlyFindings(world.ports.database, world.clock.now())).toEqual([]);
  });
});

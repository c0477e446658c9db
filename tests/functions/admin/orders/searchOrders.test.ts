import { searchOrders } from '../../../../functions/admin/orders/searchOrders.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { givenProduct } from '../../../support/given/course.ts';
import { type Buyer, givenOrder, storedIn } from '../../../support/given/order.ts';
import { givenNickname } from '../../../support/given/profile.ts';
import { givenStaff, type Staff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(searchOrders, () => {
  let world: World;
  let support: Staff;
  let alice: Buyer;
  let bob: Buyer;
  const search = (by: object, more: object = {}) => world.call(searchOrders, { by, ...more }, support);
  const found = async (by: object) => (await search(by)).data.items.map(({ id }) => id);
  const rename = (who: Buyer, nickname: string) => givenNickname(world, who, nickname);
  const buys = async (buyer: Buyer, title: string) => {
    world.clock.advance(1_000);
    return givenOrder(world, buyer, { product: await givenProduct(world, { title }) });
  };

  beforeEach(async () => {
    world = await createWorld();
    support = await givenStaff(world, 'support');
    alice = await world.login('alice');
    bob = await world.login('bob');
  });
  afterEach(() => world.close());

  test('by the number or its beginning, as somebody reads it out', async () => {
    const { id } = await buys(alice, '课');
    const other = await buys(bob, '课');
    const number = id.slice('ord_'.length);
    for (const typed of [id, number, ` ${number.toLowerCase()}`, `ORD_${number}`]) {
      expect(await found({ number: typed })).toEqual([id]);
    }
    expect(await found({ number: number.slice(0, 6) })).toEqual([other.id, id].toSorted().toReversed());
    const [last, first] = [other.id, id].toSorted().toReversed();
    const page = (await search({ number: number.slice(0, 6) }, { limit: 1 })).data;
    expect(page.items).toMatchObject([{ id: last }]);
    const next = await search({ number: number.slice(0, 6) }, { limit: 1, cursor: page.nextCursor });
    expect(next.data).toMatchObject({ items: [{ id: first }], nextCursor: null });
    expect((await search({ number: 'ord_01J' })).code).toBe('request.invalid');
  });

  test('by what the buyer is called, newest first; the audit log says whose orders were shown', async () => {
    await rename(alice, '王小明');
    await rename(bob, '小明 Bob');
    const ids = [await buys(alice, '甲'), await buys(bob, '乙'), await buys(alice, '丙')].map(({ id }) => id);
    expect(await found({ buyer: '小明' })).toEqual(ids.toReversed());
    expect(await found({ buyer: '王小' })).toEqual([ids[2], ids[0]]);
    expect(await found({ buyer: bob.userId })).toEqual([ids[1]]);
    expect(await found({ buyer: '李雷' })).toEqual([]);
    expect(await storedIn(world, 'audit')).toMatchObject([
      { action: 'order.search', target: 'orders', after: { shown: expect.arrayContaining([alice.userId]) } },
      { after: { shown: [alice.userId] } },
      { after: { shown: [bob.userId] } },
      { after: { shown: [] } },
    ]);
  });

  test('search.too_wide: of more than 50 people', async () => {
    for (let count = 0; count < 51; count += 1)
      await rename(await world.login(`many${count}`), `小明${count}`);
    const answer = await search({ buyer: '小明' });
    expect([answer.status, answer.code, answer.error.params]).toEqual([409, 'search.too_wide', { max: 50 }]);
    expect((await search({ buyer: '小明5' })).status).toBe(200);
  });

  test('by words in the title of what was bought, within a time, page after page', async () => {
    const ids: string[] = [];
    for (const title of ['TypeScript 入门', '吉他', 'typescript 进阶', '钢琴', 'TypeScript 实战']) {
      ids.push((await buys(alice, title)).id);
    }
    const [first, , third, , fifth] = ids;
    expect(await found({ title: 'Type' })).toEqual([fifth, third, first]);
    expect(await found({ title: '進階 TYPESCRIPT' })).toEqual([third]);
    expect(await found({ title: '吉他 TypeScript' })).toEqual([]);
    const untilAtMs = world.clock.now();
    expect(await found({ title: 'type', fromAtMs: untilAtMs - 2_000, untilAtMs })).toEqual([third]);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const { data } = await search({ title: 'type' }, { limit: 1, ...(cursor === null ? {} : { cursor }) });
      seen.push(...data.items.map(({ id }) => id));
      ({ nextCursor: cursor } = data);
    } while (cursor !== null);
    expect(seen).toEqual([fifth, third, first]);
  });

  test('request.invalid for none or two of them; auth.forbidden for an editor', async () => {
    for (const by of [{}, { number: 'ord_01JD00', buyer: '小' }, { buyer: { $ne: null } }]) {
      expect((await search(by)).code).toBe('request.invalid');
    }
    const editor = await givenStaff(world, 'editor');
    expect((await world.call(searchOrders, { by: { buyer: '小' } }, editor)).code).toBe('auth.forbidden');
  });
});

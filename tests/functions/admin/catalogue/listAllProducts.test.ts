import { listAllProducts } from '../../../../functions/admin/catalogue/listAllProducts.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { givenSold } from '../../../support/given/products.ts';
import { givenStaff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(listAllProducts, () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  test('every state and kind, or one of them, newest first, page after page', async () => {
    const editor = await givenStaff(world, 'editor');
    const book = await givenSold(world, 'content', {}, 'draft');
    const talk = await givenSold(world, 'media');
    const other = await givenSold(world, 'content', {}, 'withdrawn');
    const list = async (input: object = {}) => (await world.call(listAllProducts, input, editor)).data;
    const ids = async (input: object = {}) => (await list(input)).items.map(({ id }) => id);
    expect(await ids({ kind: 'content' })).toEqual([other.id, book.id]);
    expect(await ids({ kind: 'media', state: 'published' })).toEqual([talk.id]);
    expect(await ids({ state: 'draft' })).toEqual([book.id]);
    const first = await list({ limit: 2 });
    expect(first.items.map(({ id }) => id)).toEqual([other.id, talk.id]);
    expect(await ids({ limit: 2, cursor: first.nextCursor })).toEqual([book.id]);
  });
});

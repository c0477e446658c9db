import { searchProducts } from '../../../functions/catalogue/searchProducts.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenCourse } from '../../support/given/course.ts';
import { givenSold } from '../../support/given/products.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(searchProducts, () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  test('every kind is found, or one kind alone, and nothing that is not on sale', async () => {
    const course = await givenCourse(world, { title: '摄影课' });
    const book = await givenSold(world, 'content', { title: '摄影手册' });
    await givenSold(world, 'media', { title: '摄影漫谈' }, 'withdrawn');
    const found = async (input: object) =>
      (await world.call(searchProducts, { q: '摄影', ...input })).data.items.map(({ id }) => id).sort();
    expect(await found({})).toEqual([course.productId, book.id].sort());
    expect(await found({ kind: 'content' })).toEqual([book.id]);
    expect(await found({ category: 'life' })).toEqual([]);
    expect(await found({ limit: 1 })).toHaveLength(1);
  });
});

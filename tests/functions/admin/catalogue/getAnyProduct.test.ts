import { getAnyProduct } from '../../../../functions/admin/catalogue/getAnyProduct.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { givenCourse, unknownProductId } from '../../../support/given/course.ts';
import { givenSold } from '../../../support/given/products.ts';
import { givenStaff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(getAnyProduct, () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  test('staff see a draft with its content, and a course with none', async () => {
    const support = await givenStaff(world, 'support');
    const draft = await givenSold(world, 'content', {}, 'draft');
    expect((await world.call(getAnyProduct, { id: draft.id }, support)).data.product).toEqual(draft);
    const { productId } = await givenCourse(world);
    const { data } = await world.call(getAnyProduct, { id: productId }, support);
    expect(data.product).toMatchObject({ kind: 'course', content: null });
    expect(data.product).not.toHaveProperty('draftDigest');
  });

  test('auth.forbidden: not for learners; product.not_found', async () => {
    const id = unknownProductId(world);
    const alice = await world.login('alice');
    expect(await world.call(getAnyProduct, { id }, alice)).toMatchObject({ code: 'auth.forbidden' });
    const editor = await givenStaff(world, 'editor');
    expect(await world.call(getAnyProduct, { id }, editor)).toMatchObject({ code: 'product.not_found' });
  });
});

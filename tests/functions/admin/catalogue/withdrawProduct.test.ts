import { withdrawProduct } from '../../../../functions/admin/catalogue/withdrawProduct.ts';
import { getProduct } from '../../../../functions/catalogue/getProduct.ts';
import { listProducts } from '../../../../functions/catalogue/listProducts.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { unknownProductId } from '../../../support/given/course.ts';
import { givenAccess } from '../../../support/given/entitlement.ts';
import { exported } from '../../../support/given/export.ts';
import { givenSold } from '../../../support/given/products.ts';
import { givenStaff, type Staff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(withdrawProduct, () => {
  let world: World;
  let editor: Staff;
  const withdraw = (id: string) => world.call(withdrawProduct, { id, reason: '不再出售' }, editor);

  beforeEach(async () => {
    world = await createWorld();
    editor = await givenStaff(world, 'editor');
  });
  afterEach(() => world.close());

  test('only its owners still find it; withdrawing again changes nothing', async () => {
    const { id } = await givenSold(world, 'content');
    const alice = await world.login('alice');
    await givenAccess(world, alice.userId, id);
    await world.call(getProduct, { id });
    expect((await withdraw(id)).data.product).toMatchObject({ state: 'withdrawn', version: 3 });
    expect((await world.call(listProducts, {})).data.items).toEqual([]);
    expect(await world.call(getProduct, { id })).toMatchObject({ code: 'product.not_found' });
    expect((await world.call(getProduct, { id }, alice)).data.owned).toEqual({
      isOwned: true,
      isTrial: false,
      untilAtMs: null,
      mayBuy: false,
    });
    const before = await exported(world);
    expect((await withdraw(id)).status).toBe(200);
    expect(await exported(world)).toEqual(before);
  });

  test('product.change_refused: what was never published', async () => {
    const { id } = await givenSold(world, 'content', {}, 'draft');
    expect(await withdraw(id)).toMatchObject({ status: 409, code: 'product.change_refused' });
  });

  test('product.not_found', async () => {
    expect(await withdraw(unknownProductId(world))).toMatchObject({ status: 404, code: 'product.not_found' });
  });
});

import { listCodeBatches } from '../../../../functions/admin/access/listCodeBatches.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { givenBatch } from '../../../support/given/codes.ts';
import { givenStaff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(listCodeBatches, () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  test('newest first, page after page, without seeds', async () => {
    const editor = await givenStaff(world, 'editor');
    const first = await givenBatch(world, 1);
    const second = await givenBatch(world, 2);
    const page = (await world.call(listCodeBatches, { limit: 1 }, editor)).data;
    expect(page.items).toMatchObject([{ id: second.batchId, count: 2 }]);
    const rest = (await world.call(listCodeBatches, { limit: 1, cursor: page.nextCursor }, editor)).data;
    expect(rest).toMatchObject({ items: [{ id: first.batchId }], nextCursor: null });
    expect(JSON.stringify(rest)).not.toContain('seedSealed');
  });
});

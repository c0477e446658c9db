import { redeemCode } from '../../../../functions/access/redeemCode.ts';
import { listRedeemCodes } from '../../../../functions/admin/access/listRedeemCodes.ts';
import { CodeBatchId } from '../../../../shared/schemas/base.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { givenBatch } from '../../../support/given/codes.ts';
import { storedIn } from '../../../support/given/order.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(listRedeemCodes, () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  test('which were used, by whom and when, by number; neither codes nor digests; that staff looked is written down', async () => {
    const { batchId, codes, staff } = await givenBatch(world, 3);
    const alice = await world.login('alice');
    await world.call(redeemCode, { code: codes[1] }, alice);
    const { data } = await world.call(listRedeemCodes, { batchId }, staff);
    expect(data.items).toEqual([
      { number: 1, userId: null, redeemedAtMs: null },
      { number: 2, userId: alice.userId, redeemedAtMs: world.clock.now() },
      { number: 3, userId: null, redeemedAtMs: null },
    ]);
    const actions = (await storedIn(world, 'audit')).map((entry) => Object(entry).action);
    expect(actions).toContain('code_batch.view');
  });

  test('batch.not_found', async () => {
    const { staff } = await givenBatch(world, 1);
    const batchId = CodeBatchId.parse(world.ports.ids.make('bat'));
    expect(await world.call(listRedeemCodes, { batchId }, staff)).toMatchObject({
      code: 'batch.not_found',
    });
  });
});

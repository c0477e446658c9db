import { getMedia } from '../../../../functions/access/getMedia.ts';
import { redeemCode } from '../../../../functions/access/redeemCode.ts';
import { createCodeBatch } from '../../../../functions/admin/access/createCodeBatch.ts';
import { disableCodeBatch } from '../../../../functions/admin/access/disableCodeBatch.ts';
import { CodeBatchId } from '../../../../shared/schemas/base.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { givenBatch } from '../../../support/given/codes.ts';
import { exported } from '../../../support/given/export.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(disableCodeBatch, () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  test('unused codes are worthless, what was redeemed stays; doing it again changes nothing', async () => {
    const { batchId, codes, staff, productId } = await givenBatch(world, 2);
    const [alice, bob] = [await world.login('alice'), await world.login('bob')];
    await world.call(redeemCode, { code: codes[0] }, alice);
    const disable = () => world.call(disableCodeBatch, { batchId, reason: '泄露' }, staff);
    expect((await disable()).data.batch).toMatchObject({ state: 'disabled' });
    expect(await world.call(redeemCode, { code: codes[1] }, bob)).toMatchObject({ code: 'code.not_valid' });
    expect((await world.call(getMedia, { productId }, alice)).status).toBe(200);
    const before = await exported(world);
    expect((await disable()).status).toBe(200);
    expect(await exported(world)).toEqual(before);
  });

  test('asking for its codes again does not make it active again', async () => {
    const { batchId, staff } = await givenBatch(world, 1);
    const [entry] = (await exported(world)).filter(({ collection }) => collection === 'codeBatches');
    await world.call(disableCodeBatch, { batchId, reason: '泄露' }, staff);
    const { title, productId, count, expiresAtMs } = Object(entry?.doc);
    const again = { batchId, title, productId, count, expiresAtMs, reason: '补全' };
    expect((await world.call(createCodeBatch, again, staff)).data.batch.state).toBe('disabled');
  });

  test('batch.not_found', async () => {
    const { staff } = await givenBatch(world, 1);
    const batchId = CodeBatchId.parse(world.ports.ids.make('bat'));
    const answer = await world.call(disableCodeBatch, { batchId, reason: '?' }, staff);
    expect(answer).toMatchObject({ status: 404, code: 'batch.not_found' });
  });
});

import { createCodeBatch } from '../../../../functions/admin/access/createCodeBatch.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { aBatchDraft } from '../../../support/given/codes.ts';
import { unknownProductId } from '../../../support/given/course.ts';
import { ANYTHING_ALONE, NOTHING_ALONE } from '../../../support/given/dailyValue.ts';
import { exported } from '../../../support/given/export.ts';
import { badWorld, storedIn } from '../../../support/given/order.ts';
import { givenSold } from '../../../support/given/products.ts';
import { givenStaff, type Staff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(createCodeBatch, () => {
  let world: World;
  let staff: Staff;
  const create = (draft: unknown, who = staff) => world.call(createCodeBatch, draft, who);

  beforeEach(async () => {
    world = await createWorld(ANYTHING_ALONE);
    staff = await givenStaff(world, 'finance');
  });
  afterEach(() => world.close());

  test('staff.second_person_needed: codes of more than the day’s limit are not made', async () => {
    await world.close();
    world = await createWorld(NOTHING_ALONE);
    staff = await givenStaff(world, 'finance');
    const { id } = await givenSold(world, 'media');
    const { error } = await create(aBatchDraft(world, id, 3));
    expect(error).toMatchObject({ code: 'staff.second_person_needed', params: { value: 3 * 9_900 } });
    expect(await storedIn(world, 'redeemCodes', 'codeBatches')).toEqual([]);
  });

  test('a thousand codes, all different, and active when they are answered', async () => {
    const { id } = await givenSold(world, 'media');
    const { data } = await create(aBatchDraft(world, id, 1_000));
    expect(data.batch).toMatchObject({ state: 'active', count: 1_000, createdBy: staff.userId });
    expect(new Set(data.codes).size).toBe(1_000);
    expect(await storedIn(world, 'redeemCodes')).toHaveLength(1_000);
    expect(data.batch).not.toHaveProperty('seedSealed');
  });

  test('the same again, as after a lost answer: the same codes, none stored twice, and it is in the audit log', async () => {
    const { id } = await givenSold(world, 'media');
    const draft = aBatchDraft(world, id, 60);
    const first = await create(draft);
    expect((await create(draft)).data).toEqual(first.data);
    expect(await storedIn(world, 'redeemCodes')).toHaveLength(60);
    const actions = (await storedIn(world, 'audit')).map((entry) => Object(entry).action);
    expect(actions).toContain('code_batch.create');
    expect(actions).toContain('code_batch.show');
  });

  test('on a database that conflicts and loses the answers to its commits', async () => {
    await world.close();
    world = await badWorld(9, { conflict: 0.2, commitLost: 0.2 });
    staff = await givenStaff(world, 'finance');
    const { id } = await givenSold(world, 'media');
    const { data } = await create(aBatchDraft(world, id, 120));
    expect(new Set(data.codes).size).toBe(120);
    expect(await storedIn(world, 'redeemCodes')).toHaveLength(120);
  });

  test('batch.id_taken: another content, or somebody else, who gets to see no code', async () => {
    const { id } = await givenSold(world, 'media');
    const draft = aBatchDraft(world, id, 2);
    await create(draft);
    const before = await exported(world);
    expect(await create({ ...draft, count: 3 })).toMatchObject({ status: 409, code: 'batch.id_taken' });
    const other = await givenStaff(world, 'admin');
    expect(await create(draft, other)).toMatchObject({ code: 'batch.id_taken' });
    expect((await exported(world)).filter(({ collection }) => collection === 'codeBatches')).toEqual(
      before.filter(({ collection }) => collection === 'codeBatches'),
    );
  });

  test('product.not_found: a draft, or nothing at all', async () => {
    const draft = await givenSold(world, 'media', {}, 'draft');
    for (const id of [draft.id, unknownProductId(world)]) {
      expect(await create(aBatchDraft(world, id, 1))).toMatchObject({
        status: 404,
        code: 'product.not_found',
      });
    }
  });

  test('auth.forbidden: for an editor', async () => {
    const editor = await givenStaff(world, 'editor');
    const { id } = await givenSold(world, 'media');
    expect(await create(aBatchDraft(world, id, 1), editor)).toMatchObject({ code: 'auth.forbidden' });
  });
});

import { closeCase } from '../../../../functions/admin/operations/closeCase.ts';
import { listCases } from '../../../../functions/admin/operations/listCases.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { givenCase } from '../../../support/given/case.ts';
import { givenStaff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(listCases, () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  test('what is open, the oldest first, of one kind or of all; what is closed when asked for it', async () => {
    const { token } = await givenStaff(world, 'support');
    const list = async (asked: object = {}) =>
      (await world.call(listCases, asked, { token })).data.items.map(({ id }) => id);
    await givenCase(world, 'complaint', 'one');
    await givenCase(world, 'task_dead', 'two');
    await givenCase(world, 'complaint', 'three');
    expect(await list()).toEqual(['complaint:one', 'task_dead:two', 'complaint:three']);
    expect(await list({ kind: 'complaint' })).toEqual(['complaint:one', 'complaint:three']);
    await world.call(closeCase, { caseId: 'complaint:one', resolution: '已答复' }, { token });
    expect(await list({ kind: 'complaint', limit: 5 })).toEqual(['complaint:three']);
    expect(await list({ state: 'closed' })).toEqual(['complaint:one']);
  });

  test('auth.forbidden for an editor', async () => {
    const { token } = await givenStaff(world, 'editor');
    expect((await world.call(listCases, {}, { token })).code).toBe('auth.forbidden');
  });
});

import { listExceptions } from '../../../../functions/admin/payments/listExceptions.ts';
import { resolveException } from '../../../../functions/admin/payments/resolveException.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { givenException } from '../../../support/given/exception.ts';
import { givenStaff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(listExceptions, () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  test('lists open exceptions, the oldest first; resolved ones when asked for', async () => {
    const { token } = await givenStaff(world, 'finance');
    const list = async (asked: object = {}) =>
      (await world.call(listExceptions, asked, { token })).data.items.map(({ id }) => id);
    const first = await givenException(world, 'alice');
    world.clock.advance(1_000);
    const second = await givenException(world, 'bob');
    expect(await list()).toEqual([first.id, second.id]);
    expect(await list({ limit: 1 })).toEqual([first.id]);
    await world.call(resolveException, { exceptionId: first.id, note: '已退' }, { token });
    expect(await list()).toEqual([second.id]);
    expect(await list({ state: 'resolved' })).toEqual([first.id]);
  });

  test('auth.forbidden for an editor', async () => {
    const { token } = await givenStaff(world, 'editor');
    expect((await world.call(listExceptions, {}, { token })).code).toBe('auth.forbidden');
  });
});

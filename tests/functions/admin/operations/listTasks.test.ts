import { listTasks } from '../../../../functions/admin/operations/listTasks.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { givenStaff } from '../../../support/given/staff.ts';
import { worldWithDeadTask } from '../../../support/given/task.ts';
import type { World } from '../../../support/world.ts';

describeFunction(listTasks, () => {
  let world: World;
  let taskId: string;
  let token: string;
  const list = (asked: object) => world.call(listTasks, asked, { token });

  beforeEach(async () => {
    ({ world, taskId } = await worldWithDeadTask());
    ({ token } = await givenStaff(world, 'support'));
  });
  afterEach(() => world.close());

  test('R13: what was given up is seen with its reason, the latest first, page by page, and without what it is about', async () => {
    world.clock.advance(1_000);
    await world.login('bob');
    await world.drain();
    const { data } = await list({ state: 'dead', limit: 1 });
    const next = await list({ state: 'dead', limit: 1, cursor: data.nextCursor });
    expect(data.items[0]?.id).not.toBe(taskId);
    expect(next.data).toMatchObject({
      items: [{ id: taskId, state: 'dead', consumer: 'welcomeNewUser', reason: 'course.not_found' }],
      nextCursor: null,
    });
    expect(next.data.items[0]?.event).not.toHaveProperty('data');
    expect((await list({ state: 'buried' })).data.items).toEqual([]);
  });

  test('request.invalid without a state, and auth.forbidden for an editor', async () => {
    expect((await list({})).code).toBe('request.invalid');
    ({ token } = await givenStaff(world, 'editor'));
    expect((await list({ state: 'dead' })).code).toBe('auth.forbidden');
  });
});

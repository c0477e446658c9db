import { buryTask } from '../../../../functions/admin/operations/buryTask.ts';
import { replayTask } from '../../../../functions/admin/operations/replayTask.ts';
import { DEATHS_MAX } from '../../../../shared/schemas/task.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { storedIn } from '../../../support/given/order.ts';
import { givenStaff } from '../../../support/given/staff.ts';
import { taskOf, worldWithDeadTask } from '../../../support/given/task.ts';
import type { World } from '../../../support/world.ts';

describeFunction(replayTask, () => {
  let world: World;
  let state: Awaited<ReturnType<typeof worldWithDeadTask>>['state'];
  let taskId: string;
  let token: string;
  const replay = (id = taskId) => world.call(replayTask, { taskId: id, reason: '已修复' }, { token });

  beforeEach(async () => {
    ({ world, state, taskId } = await worldWithDeadTask());
    ({ token } = await givenStaff(world, 'admin'));
  });
  afterEach(() => world.close());

  test('R13: once the cause is mended it is done at once, its death is remembered, and the audit log says who', async () => {
    state.isBroken = false;
    const { data } = await replay();
    expect(data.task).toMatchObject({ state: 'pending', attempts: 0, reason: null });
    await world.drain();
    expect(state.effects).toBe(1);
    expect(await taskOf(world, taskId)).toMatchObject({
      state: 'done',
      deaths: [{ attempts: 1, reason: 'course.not_found' }],
    });
    expect(await storedIn(world, 'audit')).toMatchObject([
      { action: 'task.replay', target: taskId, reason: '已修复', after: { state: 'pending' } },
    ]);
  });

  test('R13: brought back twice, at once and after it was done, it has its effect once', async () => {
    state.isBroken = false;
    await Promise.all([replay(), replay(), replay()]);
    await world.drain();
    expect((await replay()).data.task.state).toBe('done');
    await world.drain();
    expect(state.effects).toBe(1);
    expect(await storedIn(world, 'audit')).toHaveLength(1);
  });

  test('one that dies again opens another case, and of its deaths the last ones are kept', async () => {
    for (let count = 0; count < DEATHS_MAX + 2; count += 1) {
      world.clock.advance(1_000);
      await replay();
      await world.drain();
    }
    const { deaths, state: now } = await taskOf(world, taskId);
    expect([deaths.length, now]).toEqual([DEATHS_MAX, 'dead']);
    expect((await storedIn(world, 'cases')).length).toBeGreaterThan(DEATHS_MAX);
  });

  test('one that was buried can be brought back too', async () => {
    state.isBroken = false;
    await world.call(buryTask, { taskId, reason: '不再需要' }, { token });
    await replay();
    await world.drain();
    expect([state.effects, (await taskOf(world, taskId)).deaths.length]).toEqual([1, 1]);
  });

  test('task.not_found, and auth.forbidden for support', async () => {
    expect((await replay('welcomeNewUser:user.registered:nobody')).code).toBe('task.not_found');
    ({ token } = await givenStaff(world, 'support'));
    expect((await replay()).code).toBe('auth.forbidden');
    expect((await taskOf(world, taskId)).state).toBe('dead');
  });
});

import { buryTask } from '../../../../functions/admin/operations/buryTask.ts';
import { replayTask } from '../../../../functions/admin/operations/replayTask.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { storedIn } from '../../../support/given/order.ts';
import { givenStaff } from '../../../support/given/staff.ts';
import { taskOf, worldWithDeadTask } from '../../../support/given/task.ts';
import type { World } from '../../../support/world.ts';

describeFunction(buryTask, () => {
  let world: World;
  let taskId: string;
  let state: Awaited<ReturnType<typeof worldWithDeadTask>>['state'];
  let token: string;
  const bury = (id = taskId, reason = '人工补发') => world.call(buryTask, { taskId: id, reason }, { token });

  beforeEach(async () => {
    ({ world, taskId, state } = await worldWithDeadTask());
    ({ token } = await givenStaff(world, 'admin'));
  });
  afterEach(() => world.close());

  test('it is kept with why it died and why it was buried, never rung for, and the audit log says who', async () => {
    state.isBroken = false;
    expect((await bury()).data.task).toMatchObject({
      state: 'buried',
      reason: '人工补发',
      deaths: [{ reason: 'course.not_found' }],
    });
    await world.deliver('welcomeNewUser', taskId.replace('welcomeNewUser:', ''));
    expect(state.effects).toBe(0);
    expect(await storedIn(world, 'audit')).toMatchObject([{ action: 'task.bury', target: taskId }]);
  });

  test('buried again, it stays as it is', async () => {
    await bury();
    const before = await taskOf(world, taskId);
    world.clock.advance(1_000);
    expect((await bury(taskId, '别的')).status).toBe(200);
    expect(await taskOf(world, taskId)).toEqual(before);
    expect(await storedIn(world, 'audit')).toHaveLength(1);
  });

  test('task.not_dead: what waits or is done is not buried', async () => {
    state.isBroken = false;
    await world.call(replayTask, { taskId, reason: '重试' }, { token });
    expect((await bury()).code).toBe('task.not_dead');
    await world.drain();
    expect((await bury()).error).toMatchObject({ code: 'task.not_dead', params: { state: 'done' } });
    expect((await taskOf(world, taskId)).state).toBe('done');
  });

  test('task.not_found', async () => {
    expect((await bury('nobody:knows:this')).code).toBe('task.not_found');
  });
});

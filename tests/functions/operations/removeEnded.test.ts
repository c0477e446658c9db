import { getMe } from '../../../functions/identity/getMe.ts';
import { removeEnded } from '../../../functions/operations/removeEnded.ts';
import * as sessions from '../../../shared/data/identity/sessions.ts';
import * as usedCodes from '../../../shared/data/identity/usedCodes.ts';
import { DAY_MS, HOUR_MS } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenCourse } from '../../support/given/course.ts';
import { givenPlayed, givenQuiz, tries } from '../../support/given/learning.ts';
import { badWorld, storedIn } from '../../support/given/order.ts';
import { worldWithDeadTask } from '../../support/given/task.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(removeEnded, () => {
  let world: World;
  const left = async (name: string) => (await storedIn(world, name)).length;
  const people = async (count: number) => {
    for (let index = 0; index < count; index += 1) await world.login(`user${index}`);
    await world.drain();
  };
  afterEach(() => world.close());

  test('used codes go after a day, sessions thirty days after their end, done tasks after ninety days', async () => {
    world = await createWorld();
    await people(1);
    const tasks = await left('tasks');
    expect(tasks).toBeGreaterThan(0);
    expect(await world.run(removeEnded)).toMatchObject({ 'code.removed': 0, 'session.removed': 0 });
    world.clock.advance(DAY_MS + 1);
    expect(await world.run(removeEnded)).toMatchObject({ 'code.removed': 1, 'session.removed': 0 });
    world.clock.advance(59 * DAY_MS - 1);
    expect(await world.run(removeEnded)).toMatchObject({ 'session.removed': 0, 'task.removed': 0 });
    world.clock.advance(1);
    expect(await world.run(removeEnded)).toMatchObject({ 'session.removed': 1, 'task.removed': 0 });
    world.clock.advance(30 * DAY_MS);
    expect(await world.run(removeEnded)).toMatchObject({ 'task.removed': tasks });
    expect(await left('tasks')).toBe(0);
  });

  test('tries at quizzes go after half a year, and what was learned by them stays', async () => {
    world = await createWorld();
    const alice = await world.login('alice');
    const { productId, trial } = await givenCourse(world);
    await givenQuiz(world, productId, trial.id);
    await givenPlayed(world, alice, trial.id);
    expect((await tries(world, alice, trial.id, 1)).data.isLessonFinished).toBe(true);
    world.clock.advance(180 * DAY_MS);
    expect(await world.run(removeEnded)).toMatchObject({ 'try.removed': 0 });
    world.clock.advance(1);
    expect(await world.run(removeEnded)).toMatchObject({ 'try.removed': 1 });
    expect(await storedIn(world, 'progresses')).toMatchObject([{ tries: 1, passedAtMs: expect.any(Number) }]);
  });

  test('counts of attempts go an hour after their window, and not before', async () => {
    world = await createWorld();
    await world.ports.attempts.count('a', { max: 3, windowMs: 1_000 });
    await world.ports.attempts.count('b', { max: 3, windowMs: DAY_MS });
    world.clock.advance(1_000 + HOUR_MS);
    expect(await world.run(removeEnded)).toMatchObject({ 'attempt.removed': 0 });
    world.clock.advance(1);
    expect(await world.run(removeEnded)).toMatchObject({ 'attempt.removed': 1 });
    expect(await left('attempts')).toBe(1);
  });

  test('pending, dead and recent tasks stay, and valid sessions stay valid', async () => {
    ({ world } = await worldWithDeadTask());
    world.clock.advance(400 * DAY_MS);
    const bob = await world.login('bob');
    await world.run(removeEnded);
    const states = (await storedIn(world, 'tasks')).map((task) => (task as { state: string }).state);
    expect(states).toContain('dead');
    expect(states).toContain('pending');
    expect(await world.ports.database.find(sessions.collection, sessions.idOf(bob.token))).not.toBeNull();
    expect((await world.call(getMe, {}, { token: bob.token })).status).toBe(200);
  });

  test('documents that a newer build has written are left alone, and all others are still removed', async () => {
    world = await createWorld();
    await people(3);
    const newer = { ...usedCodes.collection, version: 2, upgrade: (doc: unknown) => doc };
    const [code] = await storedIn(world, 'usedCodes');
    await world.ports.database.tx((tx) => tx.update(newer, code as never));
    world.clock.advance(DAY_MS + 1);
    expect(await world.run(removeEnded)).toMatchObject({ 'code.removed': 2 });
    expect(await storedIn(world, 'usedCodes')).toEqual([code]);
  });

  test('more than one page and batch, overlapping runs and lost answers: each goes once', async () => {
    world = await badWorld(3, { conflict: 0.1, commitLost: 0.1 });
    await people(130);
    world.clock.advance(DAY_MS + 1);
    await Promise.all([world.run(removeEnded), world.run(removeEnded)]);
    expect(await left('usedCodes')).toBe(0);
    expect(await left('sessions')).toBe(130);
  });
});

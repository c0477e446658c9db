import { userRegistered } from '../../../events/userRegistered.ts';
import { checkInvariants } from '../../../functions/operations/checkInvariants.ts';
import { watchBacklog } from '../../../functions/operations/watchBacklog.ts';
import * as looks from '../../../shared/data/operations/looks.ts';
import { dayAfter, dayOf, dayStartMs } from '../../../shared/domain/day.ts';
import { HOUR_MS, MINUTE_MS } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenManyTasks } from '../../support/given/task.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(watchBacklog, () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  async function told(): Promise<unknown> {
    await world.run(watchBacklog);
    return world.logs.findLast((line) => 'oldestTaskMs' in line);
  }

  const nothing = {
    ...{ deadTasks: 0, waitingTasks: 0, oldestTaskMs: 0 },
    ...{ waitingCases: 0, openDifferences: 0, lookAgeMs: 0 },
  };

  test('a new shop has nothing that waits', async () => {
    expect(await told()).toMatchObject({ level: 'info', byKind: 'timer', ...nothing });
  });

  test('the longest waiting task is the one that was due first, whatever was tried since', async () => {
    await world.login('alice');
    world.clock.advance(3 * MINUTE_MS);
    await world.login('bob');
    world.clock.advance(MINUTE_MS);
    expect(await told()).toMatchObject({ waitingTasks: 2, oldestTaskMs: 4 * MINUTE_MS });
    await world.drain();
    expect(await told()).toMatchObject({ waitingTasks: 0, oldestTaskMs: 0 });
  });

  test('counting stops at a hundred', async () => {
    await givenManyTasks(world, 'welcomeNewUser', userRegistered, 130);
    world.clock.advance(MINUTE_MS);
    expect(await told()).toMatchObject({ waitingTasks: 100 });
  });

  test('the first night’s look is looked at, and its end counts from then on', async () => {
    await told();
    const tomorrow = dayStartMs(dayAfter(dayOf(world.clock.now()), 1));
    world.clock.advance(tomorrow + 3.5 * HOUR_MS - world.clock.now());
    expect(await world.run(checkInvariants)).not.toMatchObject({ unfinished: 1 });
    expect(await looks.find(world.ports.database)).toMatchObject({
      place: null,
      endedAtMs: world.clock.now(),
    });
    world.clock.advance(HOUR_MS);
    expect(await told()).toMatchObject({ lookAgeMs: HOUR_MS });
  });
});

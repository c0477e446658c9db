import { welcomeNewUser } from '../../../functions/coupons/welcomeNewUser.ts';
import { DAY_MS, timeMs } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenTemplate } from '../../support/given/coupon.ts';
import { storedIn } from '../../support/given/order.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(welcomeNewUser, () => {
  let world: World;

  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  test('who registers gets every open welcome coupon, once, and nothing else', async () => {
    const first = await givenTemplate(world, { audience: 'welcome', title: '新人券' });
    const second = await givenTemplate(world, { audience: 'welcome', title: '新人券二' });
    await givenTemplate(world, { audience: 'all' });
    await givenTemplate(world, { audience: 'new_users' });
    const alice = await world.login('alice');
    await world.drain();
    await world.login('alice');
    await world.drain();
    const given = (await storedIn(world, 'coupons')) as { userId: string; templateId: string }[];
    expect(given.map(({ userId }) => userId)).toEqual([alice.userId, alice.userId]);
    expect(new Set(given.map(({ templateId }) => templateId))).toEqual(new Set([first.id, second.id]));
  });

  test('what counts is when the user registered, not when that was heard of', async () => {
    await givenTemplate(world, { audience: 'welcome', title: '那时' });
    const soon = timeMs(world.clock.now() + 1);
    await givenTemplate(world, { audience: 'welcome', title: '以后', claimFromAtMs: soon });
    await world.login('alice');
    world.clock.advance(2 * DAY_MS);
    await world.drain();
    expect(await storedIn(world, 'coupons')).toMatchObject([{ title: '那时' }]);
  });

  test('coupons that are not open yet take no place of those that are', async () => {
    const now = world.clock.now();
    const later = { claimFromAtMs: timeMs(now + 1), claimUntilAtMs: timeMs(now + 2) };
    for (let count = 0; count < 10; count += 1) await givenTemplate(world, { audience: 'welcome', ...later });
    await givenTemplate(world, { audience: 'welcome', title: '现在' });
    await world.login('alice');
    await world.drain();
    expect(await storedIn(world, 'coupons')).toMatchObject([{ title: '现在' }]);
  });

  test('without a welcome coupon nothing is asked for', async () => {
    await world.login('alice');
    await world.drain();
    expect(await storedIn(world, 'coupons')).toEqual([]);
    expect(await storedIn(world, 'tasks')).toMatchObject([{ consumer: 'welcomeNewUser', state: 'done' }]);
  });
});

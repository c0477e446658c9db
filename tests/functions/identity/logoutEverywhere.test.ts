import { getMe } from '../../../functions/identity/getMe.ts';
import { logoutEverywhere } from '../../../functions/identity/logoutEverywhere.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(logoutEverywhere, () => {
  let world: World;
  const statusOf = async (token: string) => (await world.call(getMe, {}, { token })).status;

  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  test('every session ends, this one too; others’ go on, and a new login is good', async () => {
    const [one, other, bob] = [
      await world.login('alice'),
      await world.login('alice'),
      await world.login('bob'),
    ];
    expect((await world.call(logoutEverywhere, {}, { token: one.token })).status).toBe(200);
    const after = await Promise.all([one, other, bob].map(({ token }) => statusOf(token)));
    expect(after).toEqual([401, 401, 200]);
    expect(await statusOf((await world.login('alice')).token)).toBe(200);
  });
});

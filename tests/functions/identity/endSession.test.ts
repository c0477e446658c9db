import { endSession } from '../../../functions/identity/endSession.ts';
import { getMe } from '../../../functions/identity/getMe.ts';
import * as sessions from '../../../shared/data/identity/sessions.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { badWorld, storedIn } from '../../support/given/order.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(endSession, () => {
  let world: World;
  const end = (token: string, which: string) =>
    world.call(endSession, { sessionId: sessions.idOf(which) }, { token });
  const statusOf = async (token: string) => (await world.call(getMe, {}, { token })).status;

  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  test('that device is logged out, and no other; ended again, nothing changes', async () => {
    const [one, other] = [await world.login('alice'), await world.login('alice')];
    expect((await end(one.token, other.token)).status).toBe(200);
    expect([await statusOf(one.token), await statusOf(other.token)]).toEqual([200, 401]);
    const before = await storedIn(world, 'sessions');
    world.clock.advance(1_000);
    expect((await end(one.token, other.token)).status).toBe(200);
    expect(await storedIn(world, 'sessions')).toEqual(before);
  });

  test('session.not_found: that of somebody else is not there', async () => {
    const [alice, bob] = [await world.login('alice'), await world.login('bob')];
    expect((await end(alice.token, bob.token)).code).toBe('session.not_found');
    expect((await end(alice.token, 'nobody’s')).code).toBe('session.not_found');
    expect(await statusOf(bob.token)).toBe(200);
  });

  test('when the answer to its commit is lost it has ended', async () => {
    await world.close();
    world = await badWorld(3, { conflict: 0.2, commitLost: 0.5 });
    const [one, other] = [await world.login('alice'), await world.login('alice')];
    expect((await end(one.token, other.token)).status).toBe(200);
    expect(await statusOf(other.token)).toBe(401);
  });
});

import { getMe } from '../../../functions/identity/getMe.ts';
import { NO_CONSENTS } from '../../../shared/domain/identity/legal.ts';
import { SESSION_MS } from '../../../shared/domain/identity/session.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenBanned } from '../../support/given/staff.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(getMe, () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  test('one sees oneself, and not the openid', async () => {
    const alice = await world.login('alice');
    const { body, data } = await world.call(getMe, {}, alice);
    expect(data).toEqual({
      id: alice.userId,
      nickname: `知友${alice.userId.slice(-4)}`,
      role: 'learner',
      isWechatBound: true,
      phoneMasked: null,
      consents: NO_CONSENTS,
      createdAtMs: world.clock.now(),
    });
    expect(JSON.stringify(body)).not.toContain('openid');
  });

  test('auth.required: without a token, with a wrong one, and after thirty days', async () => {
    const alice = await world.login('alice');
    expect(await world.call(getMe, {})).toMatchObject({ status: 401, code: 'auth.required' });
    const wrong = `${alice.token.slice(0, -1)}${alice.token.endsWith('A') ? 'B' : 'A'}`;
    expect(await world.call(getMe, {}, { token: wrong })).toMatchObject({ code: 'auth.required' });
    world.clock.advance(SESSION_MS - 1);
    expect((await world.call(getMe, {}, alice)).status).toBe(200);
    world.clock.advance(1);
    expect(await world.call(getMe, {}, alice)).toMatchObject({ code: 'auth.required' });
  });

  test('auth.user_banned: at once', async () => {
    const alice = await world.login('alice');
    await givenBanned(world, alice.userId);
    expect(await world.call(getMe, {}, alice)).toMatchObject({ status: 403, code: 'auth.user_banned' });
  });
});

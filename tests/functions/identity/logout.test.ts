import { getMe } from '../../../functions/identity/getMe.ts';
import { logout } from '../../../functions/identity/logout.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(logout, () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  test('the token is refused from the next call on; other devices stay logged in', async () => {
    const phone = await world.login('alice');
    const tablet = await world.login('alice');
    expect(tablet.userId).toBe(phone.userId);
    expect((await world.call(getMe, {}, phone)).status).toBe(200);
    const answer = await world.call(logout, {}, phone);
    expect(answer).toMatchObject({ status: 200, body: { data: {} } });
    expect(await world.call(getMe, {}, phone)).toMatchObject({ status: 401, code: 'auth.required' });
    expect((await world.call(getMe, {}, tablet)).status).toBe(200);
  });

  test('logging out twice at once ends the session once, and neither call fails', async () => {
    const alice = await world.login('alice');
    const answers = await Promise.all([world.call(logout, {}, alice), world.call(logout, {}, alice)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  });
});

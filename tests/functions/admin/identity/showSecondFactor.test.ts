import { createCourse } from '../../../../functions/admin/catalogue/createCourse.ts';
import { publishCourse } from '../../../../functions/admin/catalogue/publishCourse.ts';
import { confirmSecondFactor } from '../../../../functions/admin/identity/confirmSecondFactor.ts';
import { showSecondFactor } from '../../../../functions/admin/identity/showSecondFactor.ts';
import * as users from '../../../../shared/data/identity/users.ts';
import { FRESH_MS } from '../../../../shared/domain/identity/session.ts';
import { openSession } from '../../../../shared/flows/identity/openSession.ts';
import type { Tx } from '../../../../shared/ports/database.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { aCourseDraft } from '../../../support/given/course.ts';
import { badWorld } from '../../../support/given/order.ts';
import {
  appCode,
  givenNamedStaff,
  givenSecondFactor,
  logIn,
  type NewStaff,
  type Staff,
} from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(showSecondFactor, () => {
  let world: World;
  let older: Staff;
  let staff: NewStaff;
  let key: string;
  const show = (secondFactor: object, { token } = older) =>
    world.call(showSecondFactor, { secondFactor }, { token });
  const work = ({ token }: Staff) => world.call(createCourse, { course: aCourseDraft(world) }, { token });

  async function begin() {
    staff = await givenNamedStaff(world, 'editor');
    ({ key } = await givenSecondFactor(world, staff));
    const enter = (tx: Tx) => users.get(tx, staff.userId);
    const { token } = await openSession(world.ports, { now: world.clock.now(), device: null }, enter);
    older = { token, userId: staff.userId };
  }
  beforeEach(async () => {
    world = await createWorld();
    await begin();
  });
  afterEach(() => world.close());

  test('a session without the factor may do nothing of the staff until it has shown it', async () => {
    expect((await work(staff)).status).toBe(200);
    expect(await work(older)).toMatchObject({ status: 403, code: 'auth.second_factor_required' });
    expect((await show({ oneTimeCode: appCode(world, key, 30) })).status).toBe(200);
    expect((await work(older)).status).toBe(200);
  });

  test('S37 auth.second_factor_wrong: a used code, an old one and a recovery code of nobody do not count', async () => {
    const used = appCode(world, key);
    for (const shown of [
      { oneTimeCode: used },
      { oneTimeCode: appCode(world, key, -300) },
      { recoveryCode: 'AAAA-BBBB-CCCC-DDDD' },
    ]) {
      expect(await show(shown)).toMatchObject({ status: 401, code: 'auth.second_factor_wrong' });
    }
    expect((await work(older)).code).toBe('auth.second_factor_required');
  });

  test('S37: one code in two sessions at the same moment opens one of them', async () => {
    const third = (await logIn(world, { oneTimeCode: appCode(world, key, 30) })).data;
    expect(third.user.id).toBe(older.userId);
    world.clock.advance(60_000);
    const oneTimeCode = appCode(world, key);
    const answers = await Promise.all([show({ oneTimeCode }), logIn(world, { oneTimeCode })]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
  });

  test('shown once more it is fresh again, and the code is used up', async () => {
    const publish = () =>
      world.call(
        publishCourse,
        { id: world.ports.ids.make('prd'), expectedVersion: 1, reason: '上架' },
        { token: staff.token },
      );
    world.clock.advance(FRESH_MS);
    expect((await publish()).error).toMatchObject({
      code: 'auth.second_factor_required',
      params: { need: 'fresh' },
    });
    const shown = { oneTimeCode: appCode(world, key) };
    expect((await show(shown, staff)).data).toEqual({ freshUntilMs: world.clock.now() + FRESH_MS });
    expect((await publish()).code).toBe('course.not_found');
    world.clock.advance(1);
    expect((await show(shown, staff)).code).toBe('auth.second_factor_wrong');
  });

  test('factor.not_started for who has none', async () => {
    const other = await givenNamedStaff(world, 'editor', 'other');
    expect((await show({ oneTimeCode: '123456' }, other)).code).toBe('factor.not_started');
  });

  test('guesses are throttled for the user, whatever their address and session', async () => {
    for (let count = 0; count < 9; count += 1) await show({ oneTimeCode: '000000' });
    expect((await show({ oneTimeCode: appCode(world, key, 30) })).code).toBe('request.too_many');
    const elsewhere = { token: older.token, address: '198.51.100.7' };
    const shown = { secondFactor: { oneTimeCode: appCode(world, key, 30) } };
    expect((await world.call(showSecondFactor, shown, elsewhere)).code).toBe('request.too_many');
  });

  test('request.invalid for two at once, and for none', async () => {
    const both = { oneTimeCode: '123456', recoveryCode: 'AAAA-BBBB-CCCC-DDDD' };
    for (const shown of [both, {}, { oneTimeCode: 123456 }, { oneTimeCode: { $ne: null } }]) {
      expect((await show(shown)).code).toBe('request.invalid');
    }
    expect((await world.call(confirmSecondFactor, {}, { token: older.token })).status).toBe(400);
  });

  test('a lost answer to the commit does not make a good code wrong', async () => {
    await world.close();
    world = await badWorld(7, { conflict: 0.2, commitLost: 0.5 });
    await begin();
    expect((await show({ oneTimeCode: appCode(world, key, 30) })).status).toBe(200);
  });
});

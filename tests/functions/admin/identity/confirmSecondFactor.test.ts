import { confirmSecondFactor } from '../../../../functions/admin/identity/confirmSecondFactor.ts';
import { startSecondFactor } from '../../../../functions/admin/identity/startSecondFactor.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { exported } from '../../../support/given/export.ts';
import { badWorld, storedIn } from '../../../support/given/order.ts';
import {
  appCode,
  givenNamedStaff,
  givenSecondFactor,
  logIn,
  type NewStaff,
  PASSWORD,
} from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(confirmSecondFactor, () => {
  let world: World;
  let staff: NewStaff;
  const start = async () => {
    const asked = { userName: 'boss', password: PASSWORD, enrolmentCode: staff.enrolmentCode };
    return (await world.call(startSecondFactor, asked, { token: staff.token })).data.key;
  };
  const confirm = (oneTimeCode: string) =>
    world.call(confirmSecondFactor, { oneTimeCode }, { token: staff.token });

  beforeEach(async () => {
    world = await createWorld();
    staff = await givenNamedStaff(world, 'finance');
  });
  afterEach(() => world.close());

  test('the factor is on, ten recovery codes are answered, and the audit log says so', async () => {
    const { data } = await confirm(appCode(world, await start()));
    expect(new Set(data.recoveryCodes).size).toBe(10);
    for (const code of data.recoveryCodes) expect(code).toMatch(/^([A-Z2-7]{4}-){3}[A-Z2-7]{4}$/);
    expect(await logIn(world)).toMatchObject({ status: 403, code: 'auth.second_factor_required' });
    const own = { actorId: staff.userId, target: staff.userId };
    expect(await storedIn(world, 'audit')).toMatchObject([
      { action: 'second_factor.start', ...own },
      { action: 'second_factor.turn_on', ...own },
    ]);
    const all = JSON.stringify(await exported(world));
    for (const code of data.recoveryCodes) expect(all).not.toContain(code.replaceAll('-', ''));
  });

  test('the code that confirmed does not log in as well', async () => {
    const key = await start();
    await confirm(appCode(world, key));
    const again = await logIn(world, { oneTimeCode: appCode(world, key) });
    expect(again.code).toBe('auth.second_factor_wrong');
  });

  test('auth.second_factor_wrong: the factor stays off', async () => {
    const key = await start();
    expect((await confirm(appCode(world, key, 300))).code).toBe('auth.second_factor_wrong');
    expect((await logIn(world)).status).toBe(200);
  });

  test('factor.not_started and factor.already_on change nothing', async () => {
    expect((await confirm('123456')).code).toBe('factor.not_started');
    const { key } = await givenSecondFactor(world, staff);
    const before = await storedIn(world, 'secondFactors');
    expect((await confirm(appCode(world, key, 30))).code).toBe('factor.already_on');
    expect(await storedIn(world, 'secondFactors')).toEqual(before);
  });

  test('guesses are throttled', async () => {
    await start();
    for (let count = 0; count < 10; count += 1) await confirm('000000');
    expect((await confirm('000000')).code).toBe('request.too_many');
  });

  test('when the answer to its commit is lost, the codes it answers are those that are stored', async () => {
    await world.close();
    world = await badWorld(5, { conflict: 0.2, commitLost: 0.5 });
    staff = await givenNamedStaff(world, 'finance');
    const { data } = await confirm(appCode(world, await start()));
    expect(await storedIn(world, 'audit')).toHaveLength(2);
    const [recoveryCode] = data.recoveryCodes;
    expect((await logIn(world, { recoveryCode })).status).toBe(200);
  });
});

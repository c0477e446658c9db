import { confirmSecondFactor } from '../../../../functions/admin/identity/confirmSecondFactor.ts';
import { replaceSecondFactor } from '../../../../functions/admin/identity/replaceSecondFactor.ts';
import { getMe } from '../../../../functions/identity/getMe.ts';
import { TRIES } from '../../../../shared/domain/identity/attempts.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { exported } from '../../../support/given/export.ts';
import { badWorld, storedIn } from '../../../support/given/order.ts';
import {
  appCode,
  givenNamedStaff,
  givenSecondFactor,
  givenStaff,
  logIn,
  type NewStaff,
} from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(replaceSecondFactor, () => {
  let world: World;
  let staff: NewStaff;
  let given: Awaited<ReturnType<typeof givenSecondFactor>>;
  const replace = (secondFactor: object, { token } = staff) =>
    world.call(replaceSecondFactor, { secondFactor }, { token });
  const confirm = (key: string) =>
    world.call(confirmSecondFactor, { oneTimeCode: appCode(world, key) }, { token: staff.token });

  async function begin() {
    staff = await givenNamedStaff(world, 'finance');
    given = await givenSecondFactor(world, staff);
  }
  beforeEach(async () => {
    world = await createWorld();
    await begin();
  });
  afterEach(() => world.close());

  test('codes of the old app count until the new app is confirmed, and not afterwards', async () => {
    const { data } = await replace({ recoveryCode: given.recoveryCodes[3] });
    expect(data.url).toContain(`?secret=${data.key}&`);
    expect((await logIn(world)).code).toBe('auth.second_factor_required');
    expect((await logIn(world, { oneTimeCode: appCode(world, data.key) })).code).toBe(
      'auth.second_factor_wrong',
    );
    const other = await logIn(world, { oneTimeCode: appCode(world, given.key, 30) });
    expect(other.status).toBe(200);

    const confirmed = await confirm(data.key);
    expect(confirmed.data.recoveryCodes).toHaveLength(10);
    world.clock.advance(60_000);
    expect((await logIn(world, { oneTimeCode: appCode(world, given.key) })).code).toBe(
      'auth.second_factor_wrong',
    );
    expect((await logIn(world, { recoveryCode: given.recoveryCodes[0] })).code).toBe(
      'auth.second_factor_wrong',
    );
    expect((await logIn(world, { oneTimeCode: appCode(world, data.key) })).status).toBe(200);
    expect((await world.call(getMe, {}, { token: other.data.token })).code).toBe('auth.required');
    expect((await world.call(getMe, {}, { token: staff.token })).status).toBe(200);
    expect(JSON.stringify(await exported(world))).not.toContain(data.key);
  });

  test('auth.second_factor_wrong: nothing is begun, and a code counts once', async () => {
    const before = await storedIn(world, 'secondFactors');
    expect((await replace({ oneTimeCode: appCode(world, given.key) })).code).toBe('auth.second_factor_wrong');
    expect(await storedIn(world, 'secondFactors')).toEqual(before);
  });

  test('factor.not_started: there is nothing to replace', async () => {
    const other = await givenStaff(world, 'finance');
    const answer = await world.call(
      replaceSecondFactor,
      { secondFactor: { oneTimeCode: '123456' } },
      { token: other.token },
    );
    expect(answer.code).toBe('factor.not_started');
  });

  test('guesses are throttled', async () => {
    for (let count = 0; count < 9; count += 1) await replace({ oneTimeCode: '000000' });
    expect((await replace({ recoveryCode: given.recoveryCodes[0] })).code).toBe('request.too_many');
  });

  test('when the answer to its commit is lost, the key that is answered is the one that is stored', async () => {
    await world.close();
    world = await badWorld(11, { conflict: 0.2, commitLost: 0.5 });
    await begin();
    const { data } = await replace({ oneTimeCode: appCode(world, given.key, 30) });
    // An attempt whose answer was lost may count twice, so the window has to pass.
    world.clock.advance(TRIES.windowMs);
    expect((await confirm(data.key)).status).toBe(200);
  });
});

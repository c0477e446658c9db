import { startSecondFactor } from '../../../../functions/admin/identity/startSecondFactor.ts';
import { ENROLMENT_MS } from '../../../../shared/domain/identity/secondFactor.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { exported } from '../../../support/given/export.ts';
import { storedIn } from '../../../support/given/order.ts';
import {
  givenNamedStaff,
  givenSecondFactor,
  givenStaff,
  logIn,
  type NewStaff,
  PASSWORD,
} from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(startSecondFactor, () => {
  let world: World;
  let staff: NewStaff;
  const start = (changes: object = {}, token = staff.token) =>
    world.call(
      startSecondFactor,
      { userName: 'boss', password: PASSWORD, enrolmentCode: staff.enrolmentCode, ...changes },
      { token },
    );

  beforeEach(async () => {
    world = await createWorld();
    staff = await givenNamedStaff(world, 'editor');
  });
  afterEach(() => world.close());

  test('answers a key for an app; until it is confirmed, a login asks for nothing', async () => {
    const { data } = await start();
    expect(data.key).toMatch(/^[A-Z2-7]{32}$/);
    expect(data.url).toContain(`boss?secret=${data.key}`);
    expect((await logIn(world)).status).toBe(200);
  });

  test('the key is stored nowhere but sealed', async () => {
    const { data } = await start();
    const all = JSON.stringify(await exported(world));
    expect(all).not.toContain(data.key);
    expect(await storedIn(world, 'secondFactors')).toMatchObject([{ state: 'invited', lastStep: 0 }]);
  });

  test('beginning again makes another key', async () => {
    const keys = [(await start()).data.key, (await start()).data.key];
    expect(keys[0]).not.toBe(keys[1]);
    expect(await storedIn(world, 'secondFactors')).toHaveLength(1);
    expect(await storedIn(world, 'audit')).toMatchObject([
      { action: 'second_factor.start', before: { secondFactor: 'invited' } },
      { action: 'second_factor.start', actorId: staff.userId },
    ]);
  });

  test('auth.password_wrong: a stolen session is not enough, nor is the password of somebody else', async () => {
    await givenNamedStaff(world, 'admin', 'other');
    for (const changes of [{ password: 'three grey herons at dawn' }, { userName: 'other' }]) {
      expect(await start(changes)).toMatchObject({ status: 401, code: 'auth.password_wrong' });
    }
    expect(await storedIn(world, 'secondFactors')).toMatchObject([
      { nextSeedSealed: null },
      { nextSeedSealed: null },
    ]);
  });

  test('auth.enrolment_code_wrong: a password is not enough, whoever knows it; nor is a code that has ended', async () => {
    const other = await givenNamedStaff(world, 'admin', 'other');
    const before = await storedIn(world, 'secondFactors');
    for (const enrolmentCode of ['AAAA-BBBB-CCCC-DDDD', other.enrolmentCode]) {
      expect(await start({ enrolmentCode })).toMatchObject({
        status: 401,
        code: 'auth.enrolment_code_wrong',
      });
    }
    world.clock.advance(ENROLMENT_MS);
    const { token } = (await logIn(world)).data;
    expect((await start({}, token)).code).toBe('auth.enrolment_code_wrong');
    expect(await storedIn(world, 'secondFactors')).toEqual(before);
  });

  test('the code is taken however it is typed', async () => {
    const typed = ` ${staff.enrolmentCode.toLowerCase().replaceAll('-', ' – ')} `;
    expect((await start({ enrolmentCode: typed })).status).toBe(200);
  });

  test('guesses of the code are throttled, wherever they come from', async () => {
    for (let count = 0; count < 10; count += 1) await start({ enrolmentCode: 'AAAA-BBBB-CCCC-DDDD' });
    const address = '198.51.100.7';
    const asked = { userName: 'boss', password: PASSWORD, enrolmentCode: staff.enrolmentCode };
    const elsewhere = await world.call(startSecondFactor, asked, { token: staff.token, address });
    expect(elsewhere.code).toBe('request.too_many');
  });

  test('factor.already_on: a factor that is on cannot be replaced', async () => {
    await givenSecondFactor(world, staff);
    const before = await storedIn(world, 'secondFactors');
    expect((await start()).code).toBe('factor.already_on');
    expect(await storedIn(world, 'secondFactors')).toEqual(before);
  });

  test('guesses of the password are throttled as at the login', async () => {
    for (let count = 0; count < 10; count += 1) await start({ password: 'three grey herons at dawn' });
    expect((await start()).code).toBe('request.too_many');
  });

  test('auth.forbidden for a learner', async () => {
    const { token } = await givenStaff(world, 'learner');
    expect((await start({}, token)).code).toBe('auth.forbidden');
  });
});

import { listSessions } from '../../../functions/identity/listSessions.ts';
import { login } from '../../../functions/identity/login.ts';
import { logout } from '../../../functions/identity/logout.ts';
import { STAFF_SESSION_MS } from '../../../shared/domain/identity/session.ts';
import { DAY_MS, MINUTE_MS } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { exported } from '../../support/given/export.ts';
import { givenNamedStaff, givenSecondFactor } from '../../support/given/staff.ts';
import { createWorld, type World } from '../../support/world.ts';

const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 MicroMessenger/8.0.49(0x18003129) NetType/WIFI';

describeFunction(listSessions, () => {
  let world: World;
  const logInOn = async (name: string, userAgent: string) => {
    const { code } = world.weixin.phone.login(name);
    const headers = { 'user-agent': userAgent };
    return (await world.call(login, { code }, { headers })).data.token;
  };
  const list = async (token: string, input: object = {}) =>
    (await world.call(listSessions, input, { token })).data;

  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  test('where one is logged in, newest first, with no more of the device than its kind; nobody else’s', async () => {
    const phone = await logInOn('alice', IPHONE);
    world.clock.advance(MINUTE_MS);
    const other = await logInOn('alice', 'curl/8.5.0');
    await logInOn('bob', IPHONE);
    const { items } = await list(phone);
    expect(items).toMatchObject([
      { device: null, isThis: false, lastSeenAtMs: null, createdAtMs: world.clock.now() },
      { device: '微信 · iPhone', isThis: true, endsAtMs: world.clock.now() - MINUTE_MS + 30 * DAY_MS },
    ]);
    expect(JSON.stringify(await exported(world))).not.toContain('0x18003129');
    await world.call(logout, {}, { token: other });
    expect((await list(phone)).items).toHaveLength(1);
  });

  test('page by page, each session once', async () => {
    const tokens = [];
    for (let count = 0; count < 5; count += 1) {
      tokens.push(await logInOn('alice', IPHONE));
      world.clock.advance(1);
    }
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof list>> = await list(tokens[0] ?? '', {
        limit: 2,
        cursor: cursor ?? undefined,
      });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(new Set(seen).size).toBe(5);
  });

  test('a session of the staff says when it was used, and when it ends unused', async () => {
    const staff = await givenNamedStaff(world, 'editor');
    await givenSecondFactor(world, staff);
    world.clock.advance(20 * MINUTE_MS);
    await list(staff.token);
    const { items } = await list(staff.token);
    expect(items).toMatchObject([
      { lastSeenAtMs: world.clock.now(), endsAtMs: world.clock.now() + 30 * MINUTE_MS, isThis: true },
    ]);
    expect(STAFF_SESSION_MS).toBe(DAY_MS / 2);
  });
});

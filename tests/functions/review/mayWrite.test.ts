import { withdrawConsent } from '../../../functions/identity/withdrawConsent.ts';
import * as users from '../../../shared/data/identity/users.ts';
import * as orders from '../../../shared/data/orders/orders.ts';
import * as writers from '../../../shared/data/review/writers.ts';
import { newWriter } from '../../../shared/domain/review/trust.ts';
import type { ErrorCode } from '../../../shared/errors.ts';
import { mayWrite } from '../../../shared/flows/review/mayWrite.ts';
import { DAY_MS, fen, type UserId } from '../../../shared/schemas/base.ts';
import type { Writer, WritingKind } from '../../../shared/schemas/review/writer.ts';
import { givenChanged } from '../../support/given/changed.ts';
import { publishText } from '../../support/given/legal.ts';
import { givenPaidOrder } from '../../support/given/paid.ts';
import { givenConsent, givenWriter } from '../../support/given/writer.ts';
import { defaultSettings } from '../../support/settings.ts';
import { createWorld, type World } from '../../support/world.ts';

/** Lets a user of the world write, as a function does. Answers the trust, or the error's code. */
async function writes(
  { ports, clock }: World,
  userId: UserId,
  what: WritingKind = 'comment',
  isStaffHere = false,
): Promise<number | ErrorCode> {
  const { role, createdAtMs: registeredAtMs } = await users.get(ports.database, userId);
  const seen = { sessionId: '', hasSecondFactor: false, hasFreshFactor: false };
  const user = { id: userId, role, registeredAtMs, ...seen };
  const asked = { user, what, place: { isStaffHere }, ports, now: clock.now() };
  return ports.database
    .tx((tx) => mayWrite(tx, asked))
    .then(
      ({ trust }) => trust,
      ({ code }) => code,
    );
}

async function givenCounted(world: World, userId: UserId, changes: Partial<Writer>): Promise<void> {
  await world.ports.database.tx(async (tx) => {
    const before = await writers.find(tx, userId);
    await writers.save(tx, before, { ...newWriter(userId, world.clock.now()), ...changes });
  });
}

describe('mayWrite', () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  test('consent.required until somebody has agreed to the present rules, and after they took it back', async () => {
    const { userId, token } = await world.login('小雨');
    expect(await writes(world, userId)).toBe('consent.required');
    await givenConsent(world, { token });
    expect(await writes(world, userId)).toBe(0);
    await publishText(world, 'community', '2026-02', { replaces: '2026-01' });
    expect(await writes(world, userId)).toBe('consent.required');
    await givenConsent(world, { token });
    expect(await writes(world, userId)).toBe(0);
    const where = { page: 'own/privacy', appVersion: '1.0.0' };
    await world.call(withdrawConsent, { kind: 'community', ...where }, { token });
    expect(await writes(world, userId, 'topic')).toBe('consent.required');
    expect(await writes(world, userId, 'flag')).toBe(0);
  });

  test('phone.required for texts where the shop asks for one', async () => {
    await world.close();
    world = await createWorld({ settings: { talk: { ...defaultSettings.talk, needsPhone: true } } });
    const { userId } = await givenWriter(world, '小雨');
    expect(await writes(world, userId)).toBe('phone.required');
    expect(await writes(world, userId, 'flag')).toBe(0);
    await givenChanged(world, users, userId, {
      phoneSealed: 'x',
      phoneDigest: 'x',
      phoneMasked: '138****8000',
    });
    expect(await writes(world, userId)).toBe(0);
  });

  test('who was banned or taken over meanwhile writes nothing', async () => {
    const { userId } = await givenWriter(world, '小雨');
    await givenChanged(world, users, userId, { state: 'banned' });
    expect(await writes(world, userId)).toBe('auth.user_banned');
    await givenChanged(world, users, userId, { state: 'active', takenOverBy: userId });
    const asked = {
      id: userId,
      role: 'learner',
      registeredAtMs: world.clock.now(),
      sessionId: '',
      hasSecondFactor: false,
      hasFreshFactor: false,
    } as const;
    const run = world.ports.database.tx((tx) =>
      mayWrite(tx, { user: asked, what: 'comment', ports: world.ports, now: world.clock.now() }),
    );
    await expect(run).rejects.toMatchObject({ code: 'auth.required' });
  });

  test('writing.too_many for a fourth undecided text of somebody new, however many are sent at once', async () => {
    const { userId } = await givenWriter(world, '小雨');
    const answers = await Promise.all(Array.from({ length: 8 }, () => writes(world, userId)));
    expect(answers.filter((answer) => answer === 0)).toHaveLength(3);
    expect(answers.filter((answer) => answer === 'writing.too_many')).toHaveLength(5);
    expect(await writers.find(world.ports.database, userId)).toMatchObject({
      undecided: 3,
      counts: { comment: 3, topic: 0 },
    });
  });

  test('writing.suspended after a third removal, for seven days', async () => {
    const { userId } = await givenWriter(world, '小雨');
    const now = world.clock.now();
    const removal = { target: 'comment:cmt_1', atMs: now, by: userId };
    const removed = [1, 2, 3].map((n) => ({ ...removal, target: `comment:cmt_${n}` }));
    await givenCounted(world, userId, { removed });
    expect(await writes(world, userId)).toBe('writing.suspended');
    expect(await writes(world, userId, 'flag')).toBe('writing.suspended');
    world.clock.advance(7 * DAY_MS);
    expect(await writes(world, userId)).toBe(0);
  });

  test('only a purchase that cost money makes somebody trusted more, and it is looked for once', async () => {
    const { userId } = await givenWriter(world, '小雨');
    await givenCounted(world, userId, { published: 10 });
    world.clock.advance(14 * DAY_MS);
    const { id } = await givenPaidOrder(world, userId, [{}]);
    await givenChanged(world, orders, id, { payableFen: fen(0) });
    expect(await writes(world, userId)).toBe(1);
    await givenPaidOrder(world, userId, [{}]);
    expect(await writes(world, userId)).toBe(2);
    expect((await writers.find(world.ports.database, userId))?.hasBought).toBe(true);
  });

  test('staff are trusted most, and who teaches is so in their place only', async () => {
    const { userId } = await givenWriter(world, '小雨');
    expect(await writes(world, userId, 'comment', true)).toBe(3);
    expect(await writes(world, userId)).toBe(0);
    await givenChanged(world, users, userId, { role: 'editor' });
    expect(await writes(world, userId)).toBe(3);
  });
});

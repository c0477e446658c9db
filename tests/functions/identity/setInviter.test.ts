import { setInviter } from '../../../functions/identity/setInviter.ts';
import { DAY_MS } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { type Buyer, badWorld, storedIn } from '../../support/given/order.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(setInviter, () => {
  let world: World;
  let alice: Buyer;
  let bob: Buyer;
  const invite = (inviterId: unknown, user = bob) =>
    world.call(setInviter, { inviterId }, { token: user.token });
  const people = async () => {
    alice = await world.login('alice');
    world.clock.advance(1);
    bob = await world.login('bob');
  };

  beforeEach(async () => {
    world = await createWorld();
    await people();
  });
  afterEach(() => world.close());

  test('the inviter is written down once, and the same again is answered like the first time', async () => {
    const first = await invite(alice.userId);
    world.clock.advance(30 * DAY_MS);
    bob = await world.login('bob');
    const again = await invite(alice.userId);
    expect(first.data.invitation).toMatchObject({ inviterId: alice.userId });
    expect(again.data).toEqual(first.data);
    expect(await storedIn(world, 'invitations')).toMatchObject([
      { id: bob.userId, inviterId: alice.userId, orderId: null, isUndone: false },
    ]);
  });

  test('conflicts and lost answers write it down once', async () => {
    await world.close();
    world = await badWorld(3, { conflict: 0.2, commitLost: 0.3 });
    await people();
    const answers = await Promise.all(Array.from({ length: 6 }, () => invite(alice.userId)));
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200));
    expect(await storedIn(world, 'invitations')).toHaveLength(1);
  });

  test('invitation.taken: another inviter changes nothing', async () => {
    await invite(alice.userId);
    const carol = await world.login('carol');
    expect((await invite(carol.userId)).code).toBe('invitation.taken');
    expect(await storedIn(world, 'invitations')).toMatchObject([{ inviterId: alice.userId }]);
  });

  test('invitation.not_allowed: oneself, or somebody who came later, so that no chain leads back', async () => {
    const { error } = await invite(bob.userId);
    expect([error.code, error.params]).toEqual(['invitation.not_allowed', { reason: 'yourself' }]);
    await invite(alice.userId);
    expect((await invite(bob.userId, alice)).error.params).toEqual({ reason: 'inviter_is_newer' });
    const carol = await world.login('carol');
    const dave = await world.login('dave');
    expect((await invite(dave.userId, carol)).error.params).toEqual({ reason: 'inviter_is_newer' });
    expect(await storedIn(world, 'invitations')).toHaveLength(1);
  });

  test('invitation.not_allowed: from the seventh day after registering on', async () => {
    world.clock.advance(7 * DAY_MS - 1);
    const carol = await world.login('carol');
    bob = await world.login('bob');
    expect((await invite(alice.userId)).status).toBe(200);
    world.clock.advance(7 * DAY_MS);
    const late = { ...carol, token: (await world.login('carol')).token };
    expect((await invite(alice.userId, late)).error.params).toEqual({ reason: 'too_late' });
  });

  test('user.not_found', async () => {
    expect((await invite(world.ports.ids.make('usr'))).code).toBe('user.not_found');
  });

  test.each([null, '', 'alice', 7])('request.invalid for the inviter %j', async (inviterId) => {
    expect((await invite(inviterId)).code).toBe('request.invalid');
    expect(await storedIn(world, 'invitations')).toEqual([]);
  });
});

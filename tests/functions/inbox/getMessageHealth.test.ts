import { getMessageHealth } from '../../../functions/admin/inbox/getMessageHealth.ts';
import { DAY_MS } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenAllowed, givenMessage, inboxWorld } from '../../support/given/inbox.ts';
import { givenStaff } from '../../support/given/staff.ts';

describeFunction(getMessageHealth, () => {
  test('counts a day’s messages by kind, state and code; not what ended earlier', async () => {
    const world = await inboxWorld();
    const alice = await world.login('alice');
    const { token } = await givenStaff(world, 'support');
    await givenMessage(world, alice.userId, 'old');
    await world.drain();
    world.clock.advance(DAY_MS + 1);
    await givenAllowed(world, alice, 'order');
    for (const cause of ['a', 'b', 'c']) await givenMessage(world, alice.userId, cause);
    await world.drain();
    for (const cause of ['a', 'b', 'c']) {
      const eventId = `message.due:${alice.userId}:${cause}:1`;
      await world.deliver('sendMessage', eventId);
    }
    const { data } = await world.call(getMessageHealth, {}, { token });
    expect(data).toEqual({
      sinceAtMs: world.clock.now() - DAY_MS,
      rows: [
        { kind: 'order_paid', state: 'skipped', code: 'merged', count: 2 },
        { kind: 'order_paid', state: 'sent', code: null, count: 1 },
      ],
      isCut: false,
    });
    await world.close();
  });
});

import { getMembership } from '../../../functions/access/getMembership.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenMember } from '../../support/given/member.ts';
import { givenSold } from '../../support/given/products.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(getMembership, () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  test('of the platform and of a column, each with its end and its periods, laid end to end', async () => {
    const alice = await world.login('alice');
    const media = await givenSold(world, 'media');
    const column = await givenSold(world, 'column', { title: '一个专栏', parts: [media.id] });
    const fromAtMs = world.clock.now();
    const firstEnd = await givenMember(world, alice.userId);
    await givenMember(world, alice.userId, { kind: 'product', productId: column.id });
    world.clock.advance(1_000);
    const untilAtMs = await givenMember(world, alice.userId);
    const { data } = await world.call(getMembership, {}, alice);
    expect(data.scopes).toMatchObject([
      {
        scope: { kind: 'platform' },
        title: null,
        isLive: true,
        untilAtMs,
        grants: [
          { period: { fromAtMs, untilAtMs: firstEnd } },
          { period: { fromAtMs: firstEnd, untilAtMs } },
        ],
      },
      { scope: { kind: 'product', productId: column.id }, title: '一个专栏', untilAtMs: firstEnd },
    ]);
    world.clock.advance(untilAtMs - world.clock.now());
    const over = await world.call(getMembership, {}, await world.login('alice'));
    expect(over.data.scopes.map(({ isLive }) => isLive)).toEqual([false, false]);
  });

  test('nothing for who never was a member', async () => {
    const alice = await world.login('alice');
    expect((await world.call(getMembership, {}, alice)).data).toEqual({ scopes: [] });
  });
});

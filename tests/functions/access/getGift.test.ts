import { getGift } from '../../../functions/access/getGift.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenGift } from '../../support/given/gift.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(getGift, () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  test("anybody with the link sees what it is, from whom, and how many are left, and nobody's id", async () => {
    const alice = await world.login('alice');
    const { gift, order } = await givenGift(world, alice, 2);
    const { data } = await world.call(getGift, { token: gift.token });
    expect(data).toMatchObject({
      productId: gift.productId,
      kind: 'media',
      count: 2,
      left: 2,
      state: 'open',
    });
    expect(JSON.stringify(data)).not.toMatch(new RegExp(`${alice.userId}|${order.id}`));
  });

  test('a link that lost its signs on the way, or won some, is the same link', async () => {
    const { gift } = await givenGift(world, await world.login('alice'), 2);
    const { token, productId } = gift;
    for (const typed of [
      token.replaceAll('_', ''),
      token.replaceAll('_', '-'),
      `-${token.toLowerCase()}_`,
      token.toUpperCase(),
    ]) {
      expect((await world.call(getGift, { token: typed })).data).toMatchObject({ productId });
    }
  });

  test('request.invalid: what is no token, whatever it has beside letters and digits', async () => {
    for (const token of ['gft', '---', `gft_${'0'.repeat(84)}I`]) {
      expect(await world.call(getGift, { token })).toMatchObject({ status: 400, code: 'request.invalid' });
    }
  });

  test('gift.not_found: a token that is not ours', async () => {
    const token = `gft_${'0'.repeat(26)}_${'0'.repeat(26)}_${'0'.repeat(32)}`;
    expect(await world.call(getGift, { token })).toMatchObject({ status: 404, code: 'gift.not_found' });
  });
});

import { blockUser } from '../../../functions/review/blockUser.ts';
import { listBlocks } from '../../../functions/review/listBlocks.ts';
import { unblockUser } from '../../../functions/review/unblockUser.ts';
import * as users from '../../../shared/data/identity/users.ts';
import * as blocks from '../../../shared/data/review/blocks.ts';
import { newUser } from '../../../shared/domain/identity/user.ts';
import { blockedAmong, isBlockedBy } from '../../../shared/flows/review/blocked.ts';
import { UserId } from '../../../shared/schemas/base.ts';
import { BLOCKS_MAX } from '../../../shared/schemas/review/block.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import type { Buyer } from '../../support/given/order.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let alice: Buyer;
let bob: Buyer;
beforeEach(async () => {
  world = await createWorld();
  alice = await world.login('alice');
  bob = await world.login('bob');
});
afterEach(() => world.close());

const blocksBob = () => world.call(blockUser, { userId: bob.userId }, alice);
const listed = async ({ token }: Buyer) => (await world.call(listBlocks, {}, { token })).data.items;

describeFunction(blockUser, () => {
  test('two clicks at once are one block, which is the caller’s alone', async () => {
    const both = await Promise.all([blocksBob(), blocksBob()]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    expect(await listed(alice)).toMatchObject([{ userId: bob.userId, atMs: world.clock.now() }]);
    expect(await listed(bob)).toEqual([]);
  });

  test('what the blocked wrote is left out for who blocks, in one read, and for nobody else', async () => {
    await blocksBob();
    const authors = [bob.userId, alice.userId, bob.userId];
    let reads = 0;
    const reader = {
      find: (...asked: Parameters<World['ports']['database']['find']>) => {
        reads += 1;
        return world.ports.database.find(...asked);
      },
    } as Pick<World['ports']['database'], 'find'>;
    expect([...(await blockedAmong(reader, alice.userId, authors))]).toEqual([bob.userId]);
    expect(reads).toBe(1);
    expect((await blockedAmong(reader, bob.userId, authors)).size).toBe(0);
    expect((await blockedAmong(reader, null, authors)).size).toBe(0);
    expect(await isBlockedBy(reader, alice.userId, bob.userId)).toBe(true);
    expect(await isBlockedBy(reader, bob.userId, alice.userId)).toBe(false);
    expect(reads).toBe(4);
  });

  test('user.not_found', async () => {
    const userId = world.ports.ids.make('usr');
    expect(await world.call(blockUser, { userId }, alice)).toMatchObject({
      status: 404,
      code: 'user.not_found',
    });
  });

  test('block.yourself', async () => {
    expect(await world.call(blockUser, { userId: alice.userId }, alice)).toMatchObject({
      code: 'block.yourself',
    });
  });

  test('block.too_many: two hundred, which are all listed', async () => {
    const now = world.clock.now();
    const ids = Array.from({ length: BLOCKS_MAX }, () => UserId.parse(world.ports.ids.make('usr')));
    for (const id of ids)
      await world.ports.database.tx((tx) =>
        users.insert(tx, newUser({ id, nickname: null, role: 'learner', openid: null, now })),
      );
    const blocked = ids.map((userId) => ({ userId, atMs: now }));
    await world.ports.database.tx((tx) =>
      blocks.save(tx, null, { id: alice.userId, blocked, updatedAtMs: now }),
    );
    expect(await blocksBob()).toMatchObject({
      status: 409,
      code: 'block.too_many',
      error: { params: { max: 200 } },
    });
    expect((await listed(alice)).map(({ userId }) => userId)).toEqual(ids.toReversed());
  });
});

describeFunction(unblockUser, () => {
  test('ends a block, and repeating it or unblocking a stranger changes nothing', async () => {
    const ends = () => world.call(unblockUser, { userId: bob.userId }, alice);
    expect((await ends()).status).toBe(200);
    await blocksBob();
    expect((await ends()).status).toBe(200);
    expect((await ends()).status).toBe(200);
    expect(await listed(alice)).toEqual([]);
  });
});

describeFunction(listBlocks, () => {
  test('the last blocked first, by the names that others see', async () => {
    const carol = await world.login('carol');
    await blocksBob();
    world.clock.advance(1_000);
    await world.call(blockUser, { userId: carol.userId }, alice);
    const items = await listed(alice);
    expect(items.map(({ userId }) => userId)).toEqual([carol.userId, bob.userId]);
    expect(items[1]?.nickname).toBe((await users.get(world.ports.database, bob.userId)).nickname);
  });
});

import { countUnread } from '../../../functions/inbox/countUnread.ts';
import { listMessages } from '../../../functions/inbox/listMessages.ts';
import { markRead } from '../../../functions/inbox/markRead.ts';
import type { Database } from '../../../shared/ports/database.ts';
import { DAY_MS, SECOND_MS } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenMessage, inboxWorld } from '../../support/given/inbox.ts';
import type { Buyer } from '../../support/given/order.ts';
import type { World } from '../../support/world.ts';

let world: World;
let alice: Buyer;
/** Reads of the inbox's collections. */
let reads: string[];

/** The same store; each read of what belongs to an inbox is noted. */
function noting(inner: Database): Database {
  const own = ['messages', 'inboxes', 'subscriptions'];
  return new Proxy(inner, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      if (name === 'metered') return () => noting(target);
      return (...given: unknown[]) => {
        const [collection] = given as [{ name?: string } | undefined];
        if (own.includes(collection?.name ?? '')) reads.push(`${String(name)} ${collection?.name}`);
        return Reflect.apply(value, target, given);
      };
    },
  });
}

beforeEach(async () => {
  reads = [];
  world = await inboxWorld(12, { database: noting });
  alice = await world.login('alice');
  for (const cause of ['a', 'b', 'c']) {
    await givenMessage(world, alice.userId, cause);
    world.clock.advance(SECOND_MS);
  }
});
afterEach(() => world.close());

const lists = async (input = {}, who = alice) => (await world.call(listMessages, input, who)).data;
const counts = async (who = alice) => (await world.call(countUnread, {}, who)).data.count;

describeFunction(listMessages, () => {
  test('one’s own, the newest first, page by page, in words and with the page that each is about', async () => {
    const first = await lists({ limit: 2 });
    expect(first.items).toMatchObject([
      {
        kind: 'order_paid',
        title: '支付成功',
        text: '您已购买《编程入门》，实付 ¥99.00',
        page: expect.stringMatching(/^buy\/order\/order\?id=ord_/),
        isRead: false,
      },
      {},
    ]);
    const second = await lists({ limit: 2, cursor: first.nextCursor });
    const times = [...first.items, ...second.items].map(({ createdAtMs }) => createdAtMs);
    expect(times).toHaveLength(3);
    expect(times).toEqual([...times].sort((one, other) => other - one));
    expect(await lists({}, await world.login('bob'))).toEqual({ items: [], nextCursor: null });
  });

  test('a page is two reads, whatever its length', async () => {
    for (const limit of [1, 50]) {
      reads.length = 0;
      await lists({ limit });
      expect([...reads].sort()).toEqual(['find inboxes', 'list messages']);
    }
  });
});

describeFunction(countUnread, () => {
  test('what came since one last read, up to 100', async () => {
    expect(await counts()).toBe(3);
    for (let n = 0; n < 100; n += 1) await givenMessage(world, alice.userId, `m${n}`);
    expect(await counts()).toBe(100);
    expect(await counts(await world.login('bob'))).toBe(0);
  });
});

describeFunction(markRead, () => {
  const reads = async (untilAtMs: number) => (await world.call(markRead, { untilAtMs }, alice)).data.readAtMs;

  test('what was told until the moment is read; a repeat, an earlier and a later moment than now undo nothing', async () => {
    const [, second] = (await lists()).items;
    await reads(second?.createdAtMs ?? 0);
    expect(await counts()).toBe(1);
    expect((await lists()).items.map(({ isRead }) => isRead)).toEqual([false, true, true]);
    await reads(0);
    expect(await counts()).toBe(1);
    expect(await reads(world.clock.now() + DAY_MS)).toBe(world.clock.now());
    expect(await counts()).toBe(0);
    world.clock.advance(1);
    await givenMessage(world, alice.userId, 'later');
    expect(await counts()).toBe(1);
  });
});

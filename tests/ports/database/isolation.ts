import { codeOf } from '../../../shared/errors.ts';
import { DuplicateId, type Tx } from '../../../shared/ports/database.ts';
import { accounts, add, marks, once, put } from '../../support/collections.ts';
import { oneOf, seed, seeded } from '../../support/seeded.ts';
import type { Opened } from './conformance.ts';

/** Everything that a decision relied on was still true at its commit. */
export function isolationSuite(at: () => Opened): void {
  test('no lost update: who read before another’s write reads again', async () => {
    const { database } = at();
    await put(database, accounts, { id: 'a', balance: 0 });
    await once(database, 'mine', async (tx) => {
      const balance = (await tx.find(accounts, 'a'))?.balance ?? 0;
      await add(database, 'theirs', 'a', 10);
      await tx.update(accounts, { id: 'a', balance: balance + 1 });
    });
    expect((await database.find(accounts, 'a'))?.balance).toBe(11);
  });

  test('no write skew: two that read both and each write one cannot both be right', async () => {
    const { database } = at();
    await put(database, accounts, { id: 'a', balance: 60 }, { id: 'b', balance: 60 });
    const withdraw = (from: string) =>
      once(database, `from ${from}`, async (tx) => {
        const [a, b] = [await tx.find(accounts, 'a'), await tx.find(accounts, 'b')];
        const together = (a?.balance ?? 0) + (b?.balance ?? 0);
        if (together < 100) return;
        await tx.update(accounts, { id: from, balance: ((from === 'a' ? a : b)?.balance ?? 0) - 100 });
      });
    await Promise.all([withdraw('a'), withdraw('b')]);
    const left = await database.findMany(accounts, ['a', 'b']);
    expect(left.reduce((sum, { balance }) => sum + balance, 0)).toBe(20);
  });

  test('a decision that something is not there does not outlive its appearing', async () => {
    const { database } = at();
    await once(database, 'mine', async (tx) => {
      const isFree = (await tx.find(accounts, 'seat')) === null;
      await once(database, 'theirs', (other) => other.insert(accounts, { id: 'seat', balance: 1 }));
      await tx.insert(accounts, { id: isFree ? 'seated' : 'refused', balance: 1 });
    });
    expect(await database.find(accounts, 'seated')).toBeNull();
    expect(await database.find(accounts, 'refused')).not.toBeNull();
  });

  test('a decision on a document does not outlive its removal, nor its return as another', async () => {
    const { database } = at();
    await put(database, accounts, { id: 'a', balance: 1 });
    await once(database, 'mine', async (tx) => {
      const balance = (await tx.find(accounts, 'a'))?.balance ?? 0;
      await once(database, 'removed', (other) => other.remove(accounts, 'a'));
      await once(database, 'returned', (other) => other.insert(accounts, { id: 'a', balance: 7 }));
      await tx.insert(accounts, { id: 'copy', balance });
    });
    expect((await database.find(accounts, 'copy'))?.balance).toBe(7);
  });

  test('what was removed before the commit is not brought back by an update', async () => {
    const { database } = at();
    await put(database, accounts, { id: 'a', balance: 1 });
    await once(database, 'mine', async (tx) => {
      if ((await tx.find(accounts, 'a')) === null) return;
      await once(database, 'removed', (other) => other.remove(accounts, 'a'));
      await tx.update(accounts, { id: 'a', balance: 2 });
    });
    expect(await database.find(accounts, 'a')).toBeNull();
  });

  test('a refusal is only told when what it saw was true', async () => {
    const { database } = at();
    await put(database, accounts, { id: 'a', balance: 0 });
    const asked = once(database, 'mine', async (tx) => {
      const balance = (await tx.find(accounts, 'a'))?.balance ?? 0;
      await add(database, 'theirs', 'a', 100);
      if (balance < 100) throw new Error('not enough');
      await tx.update(accounts, { id: 'a', balance: balance - 100 });
    });
    await expect(asked).resolves.toBeUndefined();
    expect((await database.find(accounts, 'a'))?.balance).toBe(0);
  });

  test('DuplicateId is only told when the id is still taken', async () => {
    const { database } = at();
    await put(database, accounts, { id: 'a', balance: 1 });
    const asked = once(database, 'mine', async (tx) => {
      const isTaken = await tx.insert(accounts, { id: 'a', balance: 2 }).catch((error: unknown) => error);
      await once(database, 'removed', (other) => other.remove(accounts, 'a'));
      if (isTaken instanceof DuplicateId) throw isTaken;
    });
    await expect(asked).resolves.toBeUndefined();
    expect((await database.find(accounts, 'a'))?.balance).toBe(2);
  });

  test('reads of one work belong together, or it runs again', async () => {
    const { database } = at();
    await put(database, accounts, { id: 'a', balance: 50 }, { id: 'b', balance: 50 });
    const sum = await database.tx(async (tx) => {
      const a = await tx.find(accounts, 'a');
      await once(database, 'transfer', async (other) => {
        await other.update(accounts, { id: 'a', balance: 40 });
        await other.update(accounts, { id: 'b', balance: 60 });
      });
      const b = await tx.find(accounts, 'b');
      return (a?.balance ?? 0) + (b?.balance ?? 0);
    });
    expect(sum).toBe(100);
  });
}

/** A peek causes no conflict, until the document is written. */
export function peekSuite(at: () => Opened): void {
  test('what was peeked at may change meanwhile', async () => {
    const { store, database } = at();
    await put(database, accounts, { id: 'price', balance: 10 });
    let runs = 0;
    await once(database, 'mine', async (tx) => {
      runs += 1;
      const price = await tx.peek(accounts, 'price');
      await put(database, accounts, { id: 'price', balance: 20 });
      await tx.insert(accounts, { id: 'bought', balance: price?.balance ?? 0 });
    });
    expect(await database.find(accounts, 'bought')).not.toBeNull();
    if (store.isCalm) expect(runs).toBe(1);
  });

  test('the first sight of a document counts for the whole work', async () => {
    const { database } = at();
    await put(database, accounts, { id: 'price', balance: 10 });
    await database.tx(async (tx) => {
      const before = await tx.peek(accounts, 'price');
      await add(database, 'rise', 'price', 5);
      expect(await tx.peek(accounts, 'price')).toEqual(before);
    });
  });

  test.each(['find', 'update'] as const)('a peek before a %s is relied on', async (then) => {
    const { database } = at();
    await put(database, accounts, { id: 'a', balance: 0 }, { id: 'b', balance: 0 });
    await once(database, 'mine', async (tx) => {
      const balance = (await tx.peek(accounts, 'a'))?.balance ?? 0;
      await add(database, 'theirs', 'a', 10);
      if (then === 'find') await tx.find(accounts, 'a');
      await tx.update(accounts, { id: then === 'find' ? 'b' : 'a', balance: balance + 1 });
    });
    expect((await database.find(accounts, then === 'find' ? 'b' : 'a'))?.balance).toBe(11);
  });
}

/** Retries after each database.conflict, as a caller may. */
async function asked<T>(ask: () => Promise<T>, onConflict: () => void): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (codeOf(error) !== 'database.conflict') throw error;
      onConflict();
    }
  }
}

/** Concurrent transactions end in a state that some serial order would also reach. */
export function contentionSuite(at: () => Opened): void {
  let conflicts = 0;
  const insist = <T>(ask: () => Promise<T>) =>
    asked(ask, () => {
      conflicts += 1;
    });
  beforeEach(() => {
    conflicts = 0;
  });
  // Without injected faults, the pauses between runs are enough for all of these to succeed.
  afterEach(() => {
    if (at().store.isCalm) expect(conflicts).toBe(0);
  });

  test('32 writers of one counter add up', async () => {
    const { database } = at();
    await put(database, accounts, { id: 'a', balance: 0 });
    const writers = Array.from({ length: 32 }, (_, i) => insist(() => add(database, `add ${i}`, 'a', i)));
    await Promise.all(writers);
    expect((await database.find(accounts, 'a'))?.balance).toBe((31 * 32) / 2);
  });

  test('one of 20 inserts of the same id wins, and the others are told', async () => {
    const { store, database } = at();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, balance) =>
        insist(() => database.tx((tx) => tx.insert(accounts, { id: 'a', balance }))).then(() => balance),
      ),
    );
    const stored = await database.find(accounts, 'a');
    const won = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(DuplicateId);
    }
    if (store.isCalm) expect(won).toHaveLength(1);
    expect(stored).not.toBeNull();
    expect(won.every((balance) => balance === stored?.balance)).toBe(true);
  });

  test('a stock of 5 is taken 5 times by 30', async () => {
    const { database } = at();
    await put(database, accounts, { id: 'stock', balance: 5 });
    const claims = Array.from({ length: 30 }, (_, i) =>
      insist(() =>
        once(database, `claim ${i}`, async (tx) => {
          const stock = await tx.find(accounts, 'stock');
          if (stock === null || stock.balance === 0) throw new Error('sold out');
          await tx.update(accounts, { ...stock, balance: stock.balance - 1 });
        }),
      ),
    );
    const outcomes = await Promise.allSettled(claims);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    expect((await database.find(accounts, 'stock'))?.balance).toBe(0);
    expect(
      (
        await database.findMany(
          marks,
          claims.map((_, i) => `claim ${i}`),
        )
      ).length,
    ).toBe(5);
  });

  test(`transfers between 5 accounts keep their sum at every look (seed ${seed})`, async () => {
    const { database } = at();
    const random = seeded(seed);
    const ids = ['a', 'b', 'c', 'd', 'e'];
    await put(database, accounts, ...ids.map((id) => ({ id, balance: 100 })));
    const transfers = Array.from({ length: 60 }, (_, i) => {
      const [from, to, amount] = [oneOf(random, ids), oneOf(random, ids), Math.floor(random() * 50)];
      const cause = `transfer ${i}`;
      const transfer = async (tx: Tx) => {
        const payer = await tx.find(accounts, from);
        if (payer === null || payer.balance < amount || from === to) return;
        await tx.update(accounts, { ...payer, balance: payer.balance - amount });
        const payee = await tx.find(accounts, to);
        if (payee === null) throw new Error('nobody to pay');
        await tx.update(accounts, { ...payee, balance: payee.balance + amount });
      };
      return insist(() => once(database, cause, transfer));
    });
    const look = async (tx: Tx) => {
      let sum = 0;
      for (const id of ids) sum += (await tx.find(accounts, id))?.balance ?? 0;
      return sum;
    };
    const looks = Array.from({ length: 20 }, () => insist(() => database.tx(look)));
    const [sums] = await Promise.all([Promise.all(looks), Promise.all(transfers)]);
    expect(new Set(sums)).toEqual(new Set([500]));
    const left = await database.findMany(accounts, ids);
    expect(left.reduce((sum, { balance }) => sum + balance, 0)).toBe(500);
    expect(left.every(({ balance }) => balance >= 0)).toBe(true);
  });
}

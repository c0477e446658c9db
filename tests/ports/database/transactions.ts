import { defineCollection } from '../../../shared/data/collection.ts';
import { DuplicateId, type Tx } from '../../../shared/ports/database.ts';
import { accounts, marks, once, put } from '../../support/collections.ts';
import type { Opened } from './conformance.ts';

/** Transactions are atomic, and see a consistent view. */
export function transactionsSuite(at: () => Opened): void {
  test('everything a work wrote is there once it has resolved, with the work’s value', async () => {
    await put(at().database, accounts, { id: 'old', balance: 1 }, { id: 'gone', balance: 2 });
    const value = await at().database.tx(async (tx) => {
      if ((await tx.find(accounts, 'new')) !== null) return 'done';
      await tx.insert(accounts, { id: 'new', balance: 3 });
      await tx.update(accounts, { id: 'old', balance: 4 });
      await tx.remove(accounts, 'gone');
      return 'done';
    });
    expect(value).toBe('done');
    expect(await at().database.findMany(accounts, ['new', 'old', 'gone'])).toEqual([
      { id: 'new', balance: 3 },
      { id: 'old', balance: 4 },
    ]);
  });

  test('a work that throws leaves nothing behind, and its very error reaches the caller', async () => {
    const error = new Error('changed my mind');
    await put(at().database, accounts, { id: 'a', balance: 1 });
    const failing = at().database.tx(async (tx) => {
      await tx.update(accounts, { id: 'a', balance: 2 });
      await tx.insert(accounts, { id: 'b', balance: 3 });
      throw error;
    });
    await expect(failing).rejects.toBe(error);
    expect(await at().database.findMany(accounts, ['a', 'b'])).toEqual([{ id: 'a', balance: 1 }]);
  });

  test('a work sees its own writes, and nobody else does before the commit', async () => {
    const { database } = at();
    await put(database, accounts, { id: 'a', balance: 1 }, { id: 'b', balance: 2 });
    await once(database, 'cause', async (tx) => {
      await tx.update(accounts, { id: 'a', balance: 5 });
      await tx.remove(accounts, 'b');
      await tx.insert(accounts, { id: 'c', balance: 6 });
      expect((await tx.find(accounts, 'a'))?.balance).toBe(5);
      expect(await tx.peek(accounts, 'b')).toBeNull();
      expect((await tx.peek(accounts, 'c'))?.balance).toBe(6);
      expect(await database.findMany(accounts, ['a', 'b', 'c'])).toEqual([
        { id: 'a', balance: 1 },
        { id: 'b', balance: 2 },
      ]);
    });
    expect(await database.findMany(accounts, ['a', 'b', 'c'])).toEqual([
      { id: 'a', balance: 5 },
      { id: 'c', balance: 6 },
    ]);
  });

  test('the last of several writes to one document counts', async () => {
    const { database } = at();
    await put(database, accounts, { id: 'a', balance: 1 });
    await once(database, 'cause', async (tx) => {
      await tx.remove(accounts, 'a');
      await tx.insert(accounts, { id: 'a', balance: 2 });
      await tx.insert(accounts, { id: 'b', balance: 3 });
      await tx.update(accounts, { id: 'b', balance: 4 });
      await tx.insert(accounts, { id: 'c', balance: 5 });
      await tx.remove(accounts, 'c');
    });
    expect(await database.findMany(accounts, ['a', 'b', 'c'])).toEqual([
      { id: 'a', balance: 2 },
      { id: 'b', balance: 4 },
    ]);
  });

  test('a transaction inside a work stands on its own', async () => {
    const { database } = at();
    const failing = database.tx(async (tx) => {
      await put(database, accounts, { id: 'inner', balance: 1 });
      await tx.insert(accounts, { id: 'outer', balance: 1 });
      throw new Error('outer fails');
    });
    await expect(failing).rejects.toThrow('outer fails');
    expect(await database.findMany(accounts, ['inner', 'outer'])).toEqual([{ id: 'inner', balance: 1 }]);
  });

  test('DuplicateId: an id that is taken, by name, and the work may catch it and go on', async () => {
    await put(at().database, accounts, { id: 'a', balance: 1 });
    const taken = at().database.tx((tx) => tx.insert(accounts, { id: 'a', balance: 2 }));
    await expect(taken).rejects.toThrow(DuplicateId);
    await expect(taken).rejects.toMatchObject({ collection: 'accounts', id: 'a' });
    await once(at().database, 'cause', async (tx) => {
      await expect(tx.insert(accounts, { id: 'a', balance: 2 })).rejects.toThrow(DuplicateId);
      await tx.update(accounts, { id: 'a', balance: 3 });
    });
    expect((await at().database.find(accounts, 'a'))?.balance).toBe(3);
  });

  test('DuplicateId: an id that the same work has taken', async () => {
    const twice = at().database.tx(async (tx) => {
      await tx.insert(accounts, { id: 'a', balance: 1 });
      await tx.insert(accounts, { id: 'a', balance: 2 });
    });
    await expect(twice).rejects.toThrow(DuplicateId);
    expect(await at().database.find(accounts, 'a')).toBeNull();
  });
}

/** A bug commits nothing, even if the work swallows the error. */
export function misuseSuite(at: () => Opened): void {
  const broken: readonly (readonly [string, (tx: Tx) => Promise<void>])[] = [
    ['updating what is not there', (tx) => tx.update(accounts, { id: 'nobody', balance: 1 })],
    ['removing what is not there', (tx) => tx.remove(accounts, 'nobody')],
    ['a document of the wrong shape', (tx) => tx.update(accounts, { id: 'a', balance: 'x' as never })],
    ['money that is no number', (tx) => tx.update(accounts, { id: 'a', balance: Number.NaN })],
  ];
  test.each(broken)('%s commits nothing', async (_, misuse) => {
    const { database } = at();
    await put(database, accounts, { id: 'a', balance: 1 });
    await expect(database.tx(misuse)).rejects.toThrow(Error);
    const swallowed = database.tx(async (tx) => {
      await tx.insert(marks, { id: 'm' });
      await misuse(tx).catch(() => null);
    });
    await expect(swallowed).rejects.toThrow(Error);
    expect(await database.find(marks, 'm')).toBeNull();
    expect((await database.find(accounts, 'a'))?.balance).toBe(1);
  });

  test('64 documents fit into a transaction, and not one more, peeks included', async () => {
    const { database } = at();
    const ids = Array.from({ length: 64 }, (_, i) => `m${i}`);
    await put(database, marks, ...ids.slice(1).map((id) => ({ id })));
    await put(database, marks, ...ids.map((id) => ({ id })));
    expect(await database.findMany(marks, ids)).toHaveLength(64);
    const tooMany = database.tx(async (tx) => {
      for (const id of ids) await tx.peek(marks, id);
      await tx.find(marks, 'm0');
      await tx.insert(accounts, { id: 'a', balance: 1 });
    });
    await expect(tooMany).rejects.toThrow('at most 64 documents');
    expect(await database.find(accounts, 'a')).toBeNull();
  });

  test('after its end a transaction neither reads nor writes', async () => {
    const kept: Tx[] = [];
    await at().database.tx(async (tx) => {
      kept.push(tx);
    });
    const refused = at().database.tx(async (tx) => {
      kept.push(tx);
      throw new Error('no');
    });
    await expect(refused).rejects.toThrow('no');
    for (const tx of kept) {
      await expect(tx.find(accounts, 'a')).rejects.toThrow('has ended');
      await expect(tx.insert(accounts, { id: 'a', balance: 1 })).rejects.toThrow('has ended');
    }
    expect(await at().database.find(accounts, 'a')).toBeNull();
  });

  test('a collection that was not declared is a bug', async () => {
    const { schema, indexes } = accounts;
    const strangers = defineCollection({ name: 'strangers', schema, indexes, version: 1 });
    await expect(at().database.find(strangers, 'a')).rejects.toThrow('strangers is not declared');
    await expect(at().database.tx((tx) => tx.find(strangers, 'a'))).rejects.toThrow('is not declared');
  });
}

import * as z from 'zod';
import { defineCollection } from '../../../shared/data/collection.ts';
import { type Collection, DuplicateId, type Engine, type Query } from '../../../shared/ports/database.ts';
import { accounts, add, books, collections, marks, once, put } from '../../support/collections.ts';
import type { Opened } from './conformance.ts';

/** Runs work on the same store through another opening, which is closed afterwards. */
export async function reopened<T>(
  { store }: Opened,
  declared: readonly Collection[],
  ask: (database: Engine) => Promise<T>,
): Promise<T> {
  const database = await store.open(declared);
  try {
    return await ask(database);
  } finally {
    await database.close();
  }
}

/** Acknowledged writes are visible to every opening of the store, concurrent or later. */
export function reopenSuite(at: () => Opened): void {
  test('what was committed before close is there after it, indexes and versions included', async () => {
    const book = { id: 'x', shelf: 'a', rank: 1, title: 't', isOpen: true };
    await put(at().database, accounts, { id: 'a', balance: 1 });
    await put(at().database, books, book);
    await at().database.close();
    await reopened(at(), collections, async (database) => {
      expect(await database.find(accounts, 'a')).toEqual({ id: 'a', balance: 1 });
      const page = await database.list(books, {
        index: 'byShelf',
        where: { shelf: 'a' },
        order: 'ascending',
        limit: 9,
        cursor: null,
      });
      expect(page.items).toEqual([book]);
    });
  });

  test('what was never committed is not there', async () => {
    const failing = at().database.tx(async (tx) => {
      await tx.insert(accounts, { id: 'a', balance: 1 });
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    await at().database.close();
    await reopened(at(), collections, async (database) => {
      expect(await database.find(accounts, 'a')).toBeNull();
    });
  });

  test('two openings of one store: what one writes the other reads, and their writes add up', async () => {
    const { database } = at();
    await put(database, accounts, { id: 'a', balance: 0 });
    await reopened(at(), collections, async (other) => {
      await Promise.all(
        Array.from({ length: 20 }, (_, i) => add(i % 2 === 0 ? database : other, `add ${i}`, 'a', 1)),
      );
      expect((await database.find(accounts, 'a'))?.balance).toBe(20);
      expect(await other.find(accounts, 'a')).toEqual(await database.find(accounts, 'a'));
    });
  });

  test('two openings of one store: reads of one work belong together, also when it writes nothing', async () => {
    const { database } = at();
    await put(database, accounts, { id: 'a', balance: 50 }, { id: 'b', balance: 50 });
    await reopened(at(), collections, async (other) => {
      const sum = await database.tx(async (tx) => {
        const a = await tx.find(accounts, 'a');
        await once(other, 'transfer', async (theirs) => {
          await theirs.update(accounts, { id: 'a', balance: 40 });
          await theirs.update(accounts, { id: 'b', balance: 60 });
        });
        const b = await tx.find(accounts, 'b');
        return (a?.balance ?? 0) + (b?.balance ?? 0);
      });
      expect(sum).toBe(100);
    });
  });

  test('two openings of one store: an id is taken once, and a decision does not outlive the other’s write', async () => {
    const { database } = at();
    await reopened(at(), collections, async (other) => {
      await put(database, accounts, { id: 'a', balance: 1 });
      await expect(other.tx((tx) => tx.insert(accounts, { id: 'a', balance: 2 }))).rejects.toThrow(
        DuplicateId,
      );
      await once(database, 'mine', async (tx) => {
        const balance = (await tx.find(accounts, 'a'))?.balance ?? 0;
        await once(other, 'removed', (theirs) => theirs.remove(accounts, 'a'));
        await once(other, 'returned', (theirs) => theirs.insert(accounts, { id: 'a', balance: 7 }));
        await tx.insert(accounts, { id: 'copy', balance });
      });
      expect((await other.find(accounts, 'copy'))?.balance).toBe(7);
    });
  });

  test('two openings of one store: of two that each change what the other relies on, at the same moment, one is right', async () => {
    const { database } = at();
    await reopened(at(), collections, async (other) => {
      const withdraw = (opening: Engine, cause: string, [from, to]: readonly [string, string]) =>
        once(opening, cause, async (tx) => {
          const [own, others] = [await tx.find(accounts, from), await tx.find(accounts, to)];
          if (own === null || others === null || own.balance + others.balance < 2) return;
          await tx.update(accounts, { ...own, balance: own.balance - 2 });
        });
      for (let round = 0; round < 40; round += 1) {
        const [left, right] = [`left ${round}`, `right ${round}`];
        await put(database, accounts, { id: left, balance: 1 }, { id: right, balance: 1 });
        const one = withdraw(database, `of ${left}`, [left, right]);
        await Promise.all([one, withdraw(other, `of ${right}`, [right, left])]);
        const found = await database.findMany(accounts, [left, right]);
        expect(found.reduce((sum, { balance }) => sum + balance, 0)).toBe(0);
      }
    });
  });

  test('two openings of one store: of two that rely on each other’s absence at the same moment, one is right', async () => {
    const { database } = at();
    await reopened(at(), collections, async (other) => {
      const alone = (opening: Engine, own: string, others: string) =>
        opening.tx(async (tx) => {
          const [mine, theirs] = [await tx.find(marks, own), await tx.find(marks, others)];
          if (mine === null && theirs === null) await tx.insert(marks, { id: own });
        });
      for (let round = 0; round < 40; round += 1) {
        const [left, right] = [`left ${round}`, `right ${round}`];
        await Promise.all([alone(database, left, right), alone(other, right, left)]);
        expect(await database.findMany(marks, [left, right])).toHaveLength(1);
      }
    });
  });
}

const people = defineCollection({
  name: 'people',
  schema: z.object({ id: z.string(), name: z.string() }),
  version: 1,
  indexes: {},
});
const peopleByFamily = defineCollection({
  name: 'people',
  schema: z.object({ id: z.string(), family: z.string(), given: z.string() }),
  version: 2,
  indexes: { byFamily: { fields: ['family'] } },
  upgrade: ({ id, name }) => {
    const [family, given] = String(name).split(' ');
    return { id, family, given };
  },
});
const byFamily: Query = {
  index: 'byFamily',
  where: { family: 'Wang' },
  order: 'ascending',
  limit: 9,
  cursor: null,
};

/** A store outlives changes of its documents' schemas. */
export function shapesSuite(at: () => Opened): void {
  const wang = { id: 'p1', family: 'Wang', given: 'Fang' };
  beforeEach(() =>
    reopened(at(), [people], (before) =>
      put(before, people, { id: 'p1', name: 'Wang Fang' }, { id: 'p2', name: 'Li Na' }),
    ),
  );

  test('a document of an older shape is read in the present one, by every way of reading', async () => {
    await reopened(at(), [peopleByFamily], async (database) => {
      expect(await database.find(peopleByFamily, 'p1')).toEqual(wang);
      expect(await database.findMany(peopleByFamily, ['p1'])).toEqual([wang]);
      expect(await database.tx((tx) => tx.find(peopleByFamily, 'p1'))).toEqual(wang);
      expect((await database.list(peopleByFamily, byFamily)).items).toEqual([wang]);
      for await (const { id, doc } of database.exportAll()) if (id === 'p1') expect(doc).toEqual(wang);
    });
  });

  test('what is written again is stored in the present shape', async () => {
    await reopened(at(), [peopleByFamily], (database) =>
      put(database, peopleByFamily, { ...wang, given: 'Min' }),
    );
    const { schema, indexes } = peopleByFamily;
    const strict = defineCollection({ name: 'people', schema, indexes, version: 2, upgrade: () => null });
    await reopened(at(), [strict], async (database) => {
      expect(await database.find(strict, 'p1')).toEqual({ ...wang, given: 'Min' });
      await expect(database.find(strict, 'p2')).rejects.toThrow();
    });
  });

  test('what older code wrote meanwhile is in the index after the next opening', async () => {
    await reopened(at(), [peopleByFamily], async () => undefined);
    await reopened(at(), [people], (database) => put(database, people, { id: 'p3', name: 'Wang Wei' }));
    await reopened(at(), [peopleByFamily], async (database) => {
      const page = await database.list(peopleByFamily, byFamily);
      expect(page.items.map(({ id }) => id)).toEqual(['p1', 'p3']);
    });
  });

  test('an index that is declared later, or otherwise, finds what was there before', async () => {
    const { schema } = peopleByFamily;
    const many = Array.from({ length: 1200 }, (_, i) => ({
      id: `m${i}`,
      family: `f${i % 3}`,
      given: `g${i % 7}`,
    }));
    await reopened(at(), [peopleByFamily], async (database) => {
      for (let i = 0; i < many.length; i += 60) await put(database, peopleByFamily, ...many.slice(i, i + 60));
    });
    const later = defineCollection({
      name: 'people',
      schema,
      version: 2,
      indexes: { byFamily: { fields: ['given', 'family'] } },
      upgrade: (doc) => peopleByFamily.upgrade?.(doc, 1),
    });
    const query: Query = { ...byFamily, where: { given: 'g2', family: 'f1' }, limit: 1000 };
    await reopened(at(), [later], async (database) => {
      const wanted = many.filter(({ given, family }) => given === 'g2' && family === 'f1');
      const { items } = await database.list(later, query);
      expect(items.map(({ id }) => id)).toEqual(wanted.map(({ id }) => id).sort());
      expect((await database.list(later, { ...query, where: { given: 'Fang' } })).items).toEqual([wang]);
    });
  });

  test('a collection that is not declared any more keeps its documents', async () => {
    await reopened(at(), [marks], async () => undefined);
    await reopened(at(), [people], async (database) => {
      expect(await database.find(people, 'p2')).toEqual({ id: 'p2', name: 'Li Na' });
    });
  });
}

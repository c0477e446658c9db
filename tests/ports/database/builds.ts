import * as z from 'zod';
import { defineCollection } from '../../../shared/data/collection.ts';
import type { Database, Engine, Query } from '../../../shared/ports/database.ts';
import { put } from '../../support/collections.ts';
import type { Opened } from './conformance.ts';
import { reopened } from './reopen.ts';

const Ticket = z.object({
  id: z.string(),
  title: z.string(),
  lines: z.array(z.object({ productId: z.string(), fen: z.int() })),
});
const tickets = defineCollection({
  name: 'tickets',
  schema: Ticket,
  version: 1,
  indexes: { byTitle: { fields: ['title'] } },
});

/** The same collection in a newer build: one more optional field at both levels, and one more index. */
const NewTicket = Ticket.extend({
  seat: z.string().optional(),
  lines: z.array(z.object({ productId: z.string(), fen: z.int(), giver: z.string().optional() })),
});
const newTickets = defineCollection({
  name: 'tickets',
  schema: NewTicket,
  version: 1,
  indexes: { byTitle: { fields: ['title'] }, bySeat: { fields: ['seat'] } },
});

/** The same collection in a build with another meaning of `title`. */
const laterTickets = defineCollection({
  name: 'tickets',
  schema: NewTicket.extend({ title: z.union([z.string(), z.object({ zh: z.string(), en: z.string() })]) }),
  version: 2,
  indexes: {},
  upgrade: (doc) => ({ ...doc, title: { zh: doc.title, en: '' } }),
});

const plain = { id: 't1', title: 'one', lines: [{ productId: 'a', fen: 1 }] };
const rich = { ...plain, seat: 'A1', lines: [{ productId: 'a', fen: 1, giver: 'Wang' }] };
const later = { ...rich, id: 'later', title: { zh: '一', en: 'one' } };
const readable = { ...rich, id: 'readable', title: 'fits both' };
const newer = { code: 'database.newer_version' };

/** An old and a new build write to one store in any order, and neither loses what the other wrote. */
export function buildsSuite(at: () => Opened): void {
  const old = <T>(ask: (database: Engine) => Promise<T>) => reopened(at(), [tickets], ask);

  test('an update by a build that does not know a field leaves it, in lists too', async () => {
    await reopened(at(), [newTickets], async (database) => {
      await put(database, newTickets, rich);
      await old((before) =>
        before.tx(async (tx) => {
          const found = await tx.find(tickets, 't1');
          if (found === null) throw new Error('nothing there');
          // Built as this build does it, from the fields that it knows.
          const lines = found.lines.map(({ productId, fen }) => ({ productId, fen: fen + 1 }));
          await tx.update(tickets, { id: 't1', title: 'two', lines: [...lines, { productId: 'b', fen: 7 }] });
          await tx.update(tickets, { id: 't1', title: 'three', lines });
        }),
      );
      const lines = [{ productId: 'a', fen: 2, giver: 'Wang' }];
      expect(await database.find(newTickets, 't1')).toEqual({ ...rich, title: 'three', lines });
    });
  });

  test('a field that a build knows and leaves out is gone, and so is all of a document that is inserted anew', async () => {
    await reopened(at(), [newTickets], async (database) => {
      await put(database, newTickets, rich);
      const { seat: _, ...seatless } = rich;
      await put(database, newTickets, seatless);
      expect(await database.find(newTickets, 't1')).toEqual(seatless);
      await put(database, newTickets, rich);
      await old((before) =>
        before.tx(async (tx) => {
          await tx.remove(tickets, 't1');
          await tx.insert(tickets, plain);
        }),
      );
      expect(await database.find(newTickets, 't1')).toEqual(plain);
    });
  });

  test('what was kept of an older version goes on being kept when the version is raised', async () => {
    await reopened(at(), [newTickets], (database) => put(database, newTickets, rich));
    const raised = defineCollection({
      ...tickets,
      version: 2,
      upgrade: (doc) => ({ ...doc, title: 'raised' }),
    });
    await reopened(at(), [raised], async (database) => {
      const found = await database.find(raised, 't1');
      if (found === null) throw new Error('nothing there');
      await put(database, raised, found);
    });
    const both = defineCollection({ ...newTickets, version: 2, upgrade: (doc) => doc });
    await reopened(at(), [both], async (database) => {
      expect(await database.find(both, 't1')).toEqual({ ...rich, title: 'raised' });
    });
  });

  test('database.newer_version: a document of a newer version is not written over, nor removed', async () => {
    await reopened(at(), [laterTickets], async (database) => {
      await put(database, laterTickets, later, readable);
      await old(async (before) => {
        for (const id of ['later', 'readable']) {
          const update = before.tx((tx) => tx.update(tickets, { ...plain, id }));
          await expect(update).rejects.toMatchObject(newer);
          await expect(before.tx((tx) => tx.remove(tickets, id))).rejects.toMatchObject(newer);
        }
      });
      expect(await database.findMany(laterTickets, ['later', 'readable'])).toEqual([later, readable]);
    });
  });

  test('database.newer_version: such a document is read if it fits the present shape, else every reader is refused', async () => {
    await reopened(at(), [laterTickets], (database) => put(database, laterTickets, later, readable));
    await old(async (before) => {
      const fits = { ...plain, id: 'readable', title: 'fits both' };
      expect(await before.find(tickets, 'readable')).toEqual(fits);
      expect(await before.tx((tx) => tx.find(tickets, 'readable'))).toEqual(fits);
      expect(await before.findMany(tickets, ['readable'])).toEqual([fits]);
      await expect(before.find(tickets, 'later')).rejects.toMatchObject(newer);
      await expect(before.findMany(tickets, ['later'])).rejects.toMatchObject(newer);
      await expect(before.tx((tx) => tx.peek(tickets, 'later'))).rejects.toMatchObject(newer);
    });
  });

  test('what cannot be read in its own version is not written over: its fields cannot be told apart', async () => {
    const wide = defineCollection({
      name: 'tickets',
      schema: NewTicket.extend({ title: z.unknown() }),
      version: 1,
      indexes: {},
    });
    const odd = { ...rich, title: ['what only it understands'] };
    await reopened(at(), [wide], (database) => put(database, wide, odd));
    await reopened(at(), [{ ...tickets, indexes: {} }], async (before) => {
      await expect(before.tx((tx) => tx.update(tickets, plain))).rejects.toMatchObject(newer);
    });
  });
}

const bySeat: Query = {
  index: 'bySeat',
  where: { seat: 'A1' },
  order: 'ascending',
  limit: 1000,
  cursor: null,
};

/** An index that only a newer build knows finds every document, once that build has migrated without the older one. */
export function migrationSuite(at: () => Opened): void {
  const seated = async (database: Database) =>
    (await database.list(newTickets, bySeat)).items.map(({ id }) => id).sort();
  const changeTitle = (database: Database, id: string) =>
    database.tx(async (tx) => {
      const found = await tx.find(tickets, id);
      if (found !== null) await tx.update(tickets, { ...found, title: 'changed' });
    });
  const ids = Array.from({ length: 900 }, (_, i) => `t${1_000 + i}`);
  const fill = async (database: Database) => {
    for (let i = 0; i < ids.length; i += 50) {
      await put(database, newTickets, ...ids.slice(i, i + 50).map((id) => ({ ...rich, id })));
    }
  };

  test('while an older build writes, a migration may leave something out; the one after it is gone leaves nothing out', async () => {
    await reopened(at(), [tickets], async (before) => {
      await reopened(at(), [newTickets], async (database) => {
        await put(database, newTickets, { ...rich, seat: 'B2' });
        expect(await seated(database)).toEqual([]);
        await put(database, newTickets, rich);
        await changeTitle(before, 't1');
        await put(before, tickets, { ...plain, id: 't2' });
        const [first] = await database.migrate({ isOldGone: false });
        expect(first).toEqual({ collection: 'tickets', refilled: 2, isReady: false });
        await changeTitle(before, 't2');
        await before.close();
        const [last] = await database.migrate({ isOldGone: true });
        expect(last).toEqual({ collection: 'tickets', refilled: 1, isReady: true });
        expect(await seated(database)).toEqual(['t1']);
        const without = { ...bySeat, where: { seat: null } };
        expect((await database.list(newTickets, without)).items.map(({ id }) => id)).toEqual(['t2']);
        expect(await database.migrate({ isOldGone: true })).toEqual([{ ...last, refilled: 0 }]);
      });
    });
  });

  test('a layout that changes under an older build’s writes: nothing is lost, and in the end all is in the index', async () => {
    await reopened(at(), [tickets], async (before) => {
      for (let i = 0; i < 120; i += 60) {
        await put(before, tickets, ...ids.slice(i, i + 60).map((id) => ({ ...plain, id })));
      }
      let isOver = false;
      const writes = async () => {
        let written = 0;
        while (!isOver) {
          await changeTitle(before, ids[written % 120] ?? '');
          await put(before, tickets, { ...plain, id: `during ${written}` });
          written += 1;
          await new Promise(setImmediate);
        }
        return written;
      };
      const opens = async () => {
        try {
          await reopened(at(), [newTickets], async (database) => {
            await database.migrate({ isOldGone: false });
          });
        } finally {
          isOver = true;
        }
      };
      const [written] = await Promise.all([writes(), opens()]);
      await before.close();
      await reopened(at(), [newTickets], async (database) => {
        await database.migrate({ isOldGone: true });
        const without = { ...bySeat, where: { seat: null } };
        const found = (await database.list(newTickets, without)).items;
        expect(found).toHaveLength(120 + written);
        const changed = found.filter(({ title }) => title === 'changed');
        expect(changed).toHaveLength(Math.min(written, 120));
      });
    });
  });

  test('documents are put into the indexes without becoming other versions, and without conflict for their writers', async () => {
    await reopened(at(), [tickets], (before) => put(before, tickets, plain));
    await reopened(at(), [newTickets], async (database) => {
      const versions = async () => {
        const all: number[] = [];
        for await (const { version } of database.exportAll()) all.push(version);
        return all;
      };
      const before = await versions();
      let runs = 0;
      await database.tx(async (tx) => {
        runs += 1;
        if ((await tx.find(newTickets, 't1')) === null) throw new Error('nothing there');
        await database.migrate({ isOldGone: false });
      });
      if (at().store.isCalm) expect(runs).toBe(1);
      expect(await versions()).toEqual(before);
    });
  });

  test('a roll back and forth: each build finds what the other wrote, in its own indexes', async () => {
    await reopened(at(), [newTickets], fill);
    await reopened(at(), [tickets], async (before) => {
      await before.migrate({ isOldGone: true });
      for (const id of ids.slice(0, 40)) await changeTitle(before, id);
      await put(before, tickets, { ...plain, id: 'u1', title: 'new' });
      const query: Query = {
        index: 'byTitle',
        where: { title: 'changed' },
        order: 'ascending',
        limit: 99,
        cursor: null,
      };
      expect((await before.list(tickets, query)).items).toHaveLength(40);
    });
    await reopened(at(), [newTickets], async (database) => {
      await database.migrate({ isOldGone: true });
      expect(await seated(database)).toEqual([...ids].sort());
    });
  });

  test('what is of a newer version stays in the indexes as the build that knows it has put it', async () => {
    const withSeats = defineCollection({
      name: 'tickets',
      schema: NewTicket.extend({ title: z.object({ zh: z.string() }) }),
      version: 2,
      indexes: { bySeat: { fields: ['seat'] } },
      upgrade: (doc) => ({ ...doc, title: { zh: doc.title } }),
    });
    await reopened(at(), [withSeats], (database) =>
      put(database, withSeats, { ...rich, title: { zh: '一' } }),
    );
    await reopened(at(), [newTickets], async (before) => {
      await put(before, newTickets, { ...rich, id: 't2', seat: 'B2' });
      const [{ refilled } = { refilled: -1 }] = await before.migrate({ isOldGone: true });
      expect(refilled).toBe(0);
    });
    await reopened(at(), [withSeats], async (database) => {
      await database.migrate({ isOldGone: true });
      expect((await database.list(withSeats, bySeat)).items.map(({ id }) => id)).toEqual(['t1']);
    });
  });
}

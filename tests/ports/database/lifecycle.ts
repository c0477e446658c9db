import type { Collection, Database, Snapshot } from '../../../shared/ports/database.ts';
import { accounts, add, books, marks, once, papers, put } from '../../support/collections.ts';
import type { Opened } from './conformance.ts';

async function exported(database: Database): Promise<Map<string, { version: number; doc: unknown }>> {
  const all = new Map<string, { version: number; doc: unknown }>();
  for await (const { collection, id, version, doc } of database.exportAll()) {
    const key = `${collection}/${id}`;
    expect(all.has(key)).toBe(false);
    all.set(key, { version, doc });
  }
  return all;
}

/** An export contains everything, once. */
export function exportSuite(at: () => Opened): void {
  test('an empty database exports nothing', async () => {
    expect((await exported(at().database)).size).toBe(0);
  });

  test('every document of every collection, once, whatever its id', async () => {
    const { database } = at();
    const ids = Array.from({ length: 1040 }, (_, i) => (i % 3 === 0 ? `m\u0000${i}` : `m${i}`));
    for (let i = 0; i < ids.length; i += 52) {
      await put(database, marks, ...ids.slice(i, i + 52).map((id) => ({ id })));
    }
    await put(database, accounts, { id: 'm1', balance: 1 });
    const all = await exported(database);
    expect(all.size).toBe(1041);
    expect(all.get('accounts/m1')?.doc).toEqual({ id: 'm1', balance: 1 });
    for (const id of ids) expect(all.get(`marks/${id}`)?.doc).toEqual({ id });
  });

  test('a version rises with every write, over a removal too', async () => {
    const { database } = at();
    const versions: number[] = [];
    const look = async () => {
      versions.push((await exported(database)).get('accounts/a')?.version ?? 0);
    };
    await put(database, accounts, { id: 'a', balance: 1 });
    await look();
    await add(database, 'one', 'a', 1);
    await look();
    await once(database, 'removed', (tx) => tx.remove(accounts, 'a'));
    await put(database, accounts, { id: 'a', balance: 1 });
    await look();
    expect([...versions].sort((a, b) => a - b)).toEqual(versions);
    expect(new Set(versions).size).toBe(3);
  });
}

/** A snapshot is the store at one moment, whatever is written while it is read. */
export function snapshotSuite(at: () => Opened, has: boolean): void {
  test(`it ${has ? 'shows' : 'cannot show'} one moment while others write`, async () => {
    const { database } = at();
    const ids = Array.from({ length: 520 }, (_, i) => ({ id: `m${i}` }));
    for (let i = 0; i < ids.length; i += 52) await put(database, marks, ...ids.slice(i, i + 52));
    await put(database, accounts, { id: 'a', balance: 1 });
    const shown = async (snapshot: Snapshot | null, collection: Collection) => {
      const bodies: unknown[] = [];
      for await (const { body } of snapshot?.exportRaw(collection) ?? []) bodies.push(JSON.parse(body));
      return bodies;
    };
    const before = await database.snapshot();
    expect(before !== null).toBe(has);
    await once(database, 'both', async (tx) => {
      await tx.update(accounts, { id: 'a', balance: 2 });
      await tx.insert(papers, { id: 'p', content: 'later' });
      await tx.remove(marks, 'm519');
    });
    const early = await shown(before, accounts);
    await add(database, 'more', 'a', 1);
    const seen = [early, await shown(before, papers), (await shown(before, marks)).length];
    await before?.close();
    const after = await database.snapshot();
    const later = await shown(after, accounts);
    await after?.close();
    expect(seen).toEqual(has ? [[{ id: 'a', balance: 1 }], [], 520] : [[], [], 0]);
    expect(later).toEqual(has ? [{ id: 'a', balance: 3 }] : []);
  });
}

/** A closed database says so, and leaves nothing half-written. */
export function closeSuite(at: () => Opened): void {
  test('database.unavailable: everything after close; closing again is harmless', async () => {
    const { database } = at();
    await put(database, accounts, { id: 'a', balance: 1 });
    await database.close();
    await database.close();
    const unavailable = { code: 'database.unavailable' };
    const query = { index: 'byTitle', where: {}, order: 'ascending', limit: 1, cursor: null } as const;
    await expect(database.find(accounts, 'a')).rejects.toMatchObject(unavailable);
    await expect(database.findMany(accounts, ['a'])).rejects.toMatchObject(unavailable);
    await expect(database.list(books, query)).rejects.toMatchObject(unavailable);
    await expect(database.tx((tx) => tx.find(accounts, 'a'))).rejects.toMatchObject(unavailable);
    await expect(exported(database)).rejects.toMatchObject(unavailable);
  });

  test('database.unavailable: a work that was under way', async () => {
    const { database } = at();
    const late = database.tx(async (tx) => {
      await tx.insert(accounts, { id: 'a', balance: 1 });
      await database.close();
    });
    await expect(late).rejects.toMatchObject({ code: 'database.unavailable' });
  });
}

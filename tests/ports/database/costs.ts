import type { Database, Meter } from '../../../shared/ports/database.ts';
import { accounts, books, marks, put } from '../../support/collections.ts';
import type { Opened } from './conformance.ts';

const unused = (): Meter => ({ roundTrips: 0, reruns: 0 });

/** What a call costs is counted on its own meter. */
export function costsSuite(at: () => Opened): void {
  test('every kind of question costs something, and costs the one who asks', async () => {
    const { database } = at();
    await put(database, accounts, { id: 'a', balance: 1 });
    const page = { index: 'byTitle', where: {}, order: 'ascending', limit: 5, cursor: null } as const;
    const other = unused();
    database.metered(other);
    const asks: readonly ((own: Database) => Promise<unknown>)[] = [
      (own) => own.find(accounts, 'a'),
      (own) => own.findMany(accounts, ['a']),
      (own) => own.list(books, page),
      (own) => own.tx((tx) => tx.find(accounts, 'a')),
      (own) => own.tx((tx) => tx.insert(marks, { id: 'm' })),
    ];
    for (const ask of asks) {
      const meter = unused();
      await ask(database.metered(meter));
      expect(meter.roundTrips).toBeGreaterThan(0);
    }
    expect(other).toEqual(unused());
  });

  test('what asks for nothing costs nothing', async () => {
    const meter = unused();
    const own = at().database.metered(meter);
    expect([await own.findMany(accounts, []), await own.tx(async () => 7)]).toEqual([[], 7]);
    if (at().store.isCalm) expect(meter.reruns).toBe(0);
  });

  test('a transaction that lost a race counts as run again, for its own call', async () => {
    const { database, store } = at();
    await put(database, accounts, { id: 'a', balance: 1 });
    const [meter, rival] = [unused(), unused()];
    let runs = 0;
    await database.metered(meter).tx(async (tx) => {
      const account = await tx.find(accounts, 'a');
      runs += 1;
      if (runs === 1) {
        await database.metered(rival).tx(async (other) => {
          await other.find(accounts, 'a');
          await other.update(accounts, { id: 'a', balance: 10 });
        });
      }
      await tx.update(accounts, { id: 'a', balance: (account?.balance ?? 0) + 1 });
    });
    expect(meter.reruns).toBe(runs - 1);
    expect(meter.reruns).toBeGreaterThan(0);
    if (store.isCalm) expect([meter.reruns, rival.reruns]).toEqual([1, 0]);
    expect((await database.find(accounts, 'a'))?.balance).toBe(11);
  });

  test('a view of a view counts for the last', async () => {
    const { database } = at();
    const [first, last] = [unused(), unused()];
    await database.metered(first).metered(last).find(accounts, 'a');
    expect([first.roundTrips, last.roundTrips]).toEqual([0, expect.any(Number)]);
    expect(last.roundTrips).toBeGreaterThan(0);
  });
}

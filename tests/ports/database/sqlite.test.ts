import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Connection from 'libsql';
import { cursorAfter, planList } from '../../../shared/adapters/engine/query.ts';
import { RUNS_MAX } from '../../../shared/adapters/engine/rerun.ts';
import { type SqliteOptions, sqliteDatabase } from '../../../shared/adapters/sqlite/database.ts';
import { openSqlite } from '../../../shared/adapters/sqlite/layout.ts';
import { listSql } from '../../../shared/adapters/sqlite/table.ts';
import { codeOf } from '../../../shared/errors.ts';
import type { Database, Engine, Query } from '../../../shared/ports/database.ts';
import { accounts, add, type Book, books, collections, marks, put } from '../../support/collections.ts';
import { seed, seeded } from '../../support/seeded.ts';

const everything: Query = { index: 'byTitle', where: {}, order: 'ascending', limit: 10, cursor: null };

describe('sqlite', () => {
  let folder: string;
  let path: string;
  const opened: Database[] = [];
  function open(given: Partial<SqliteOptions> = {}): Engine {
    const pause = () => new Promise<void>((resolve) => setImmediate(resolve));
    const database = sqliteDatabase({ path, collections, random: seeded(seed), pause, ...given });
    opened.push(database);
    return database;
  }
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'zhike-sqlite-'));
    path = join(folder, 'data.sqlite');
  });
  afterEach(async () => {
    for (const database of opened.splice(0)) await database.close();
    rmSync(folder, { recursive: true });
  });

  test('an acknowledged commit is on the disk: WAL, synced at every commit', () => {
    const connection = openSqlite(path, collections);
    const pragma = (name: string) => Object.values(Object(connection.pragma(name, { simple: true })))[0];
    expect(pragma('journal_mode')).toBe('wal');
    expect(pragma('synchronous')).toBe(2);
    expect(pragma('busy_timeout')).toBe(250);
    connection.close();
  });

  test('after close, a copy of the file alone has everything', async () => {
    const database = open();
    await put(database, accounts, { id: 'a', balance: 1 });
    await database.close();
    path = join(folder, 'copy.sqlite');
    copyFileSync(join(folder, 'data.sqlite'), path);
    expect(await open().find(accounts, 'a')).toEqual({ id: 'a', balance: 1 });
  });

  test('64 writers at once share one commit', async () => {
    let flushes = 0;
    const database = open({
      schedule: (flush) => {
        flushes += 1;
        setImmediate(flush);
      },
    });
    const writers = Array.from({ length: 64 }, (_, i) => `a${i}`);
    await Promise.all(writers.map((id) => database.tx((tx) => tx.insert(accounts, { id, balance: 0 }))));
    expect(await database.findMany(accounts, writers)).toHaveLength(64);
    expect(flushes).toBe(1);
  });

  test('an update is found by its index, whatever a build of another layout has filled in meanwhile', async () => {
    const onOtherShelf = (book: Record<string, unknown>) => ({ ...book, shelf: 'of the other build' });
    const others = collections.map((each) =>
      each.name === 'books' ? { ...each, version: 2, upgrade: onOtherShelf } : each,
    );
    const database = open();
    const book: Book = { id: 'b', shelf: 's', rank: 1, title: 't', isOpen: true };
    await put(database, books, book);
    let isFilled = false;
    await database.tx(async (tx) => {
      const before = await tx.find(books, 'b');
      if (before === null) throw new Error('there is no book');
      // It fills the columns by its own upgrade, and changes no document.
      if (!isFilled) open({ collections: others });
      isFilled = true;
      await tx.update(books, { ...before, rank: 2 });
    });
    const query = {
      index: 'byShelf',
      where: { shelf: 's' },
      order: 'ascending',
      limit: 10,
      cursor: null,
    } as const;
    expect((await database.list(books, query)).items).toEqual([{ ...book, rank: 2 }]);
  });

  test('in a shared commit one conflict, and one refusal, are nobody else’s', async () => {
    const database = open();
    await put(database, accounts, { id: 'a', balance: 0 });
    const outcomes = await Promise.allSettled([
      add(database, 'one', 'a', 1),
      add(database, 'two', 'a', 2),
      database.tx((tx) => tx.insert(marks, { id: 'x' })),
      database.tx((tx) => tx.insert(marks, { id: 'x' })),
      database.tx(async (tx) => {
        await tx.insert(marks, { id: 'y' });
        throw new Error('no');
      }),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'rejected',
      'rejected',
    ]);
    expect((await database.find(accounts, 'a'))?.balance).toBe(3);
    expect(await database.findMany(marks, ['x', 'y'])).toEqual([{ id: 'x' }]);
  });

  test('database.conflict: after 13 runs, with full jitter between them', async () => {
    const pauses: number[] = [];
    const database = open({
      random: () => 0.5,
      pause: async (ms) => {
        pauses.push(ms);
      },
    });
    await put(database, accounts, { id: 'a', balance: 0 });
    let runs = 0;
    const hopeless = database.tx(async (tx) => {
      runs += 1;
      await tx.find(accounts, 'a');
      await put(database, accounts, { id: 'a', balance: runs });
    });
    await expect(hopeless).rejects.toMatchObject({ code: 'database.conflict' });
    expect(runs).toBe(RUNS_MAX);
    expect(pauses).toEqual([20, 40, 80, 160, 320, 500, 500, 500, 500, 500, 500]);
  });

  test('another process that holds the lock is a conflict, and the work runs again', async () => {
    const other = openSqlite(path, collections);
    let flushes = 0;
    const database = open({
      schedule: (flush) =>
        setImmediate(() => {
          flushes += 1;
          if (flushes === 1) other.exec('BEGIN IMMEDIATE');
          flush();
          if (flushes === 1) other.exec('COMMIT');
        }),
    });
    await database.tx((tx) => tx.insert(accounts, { id: 'a', balance: 1 }));
    expect(flushes).toBe(2);
    expect(await database.find(accounts, 'a')).toEqual({ id: 'a', balance: 1 });
    other.close();
  });

  test('a transaction that only reads does not wait for another process that is writing', async () => {
    const other = openSqlite(path, collections);
    let flushes = 0;
    const schedule = (flush: () => void) => {
      flushes += 1;
      setImmediate(flush);
    };
    const database = open({ schedule });
    await put(database, accounts, { id: 'a', balance: 1 });
    flushes = 0;
    other.exec('BEGIN IMMEDIATE');
    expect(await database.tx((tx) => tx.find(accounts, 'a'))).toEqual({ id: 'a', balance: 1 });
    other.exec('COMMIT');
    expect(flushes).toBe(1);
    other.close();
  });

  test.each(['ABORT', 'ROLLBACK'])(
    'database.unavailable: an engine that fails in the middle of a commit (%s) leaves nothing of it',
    async (how) => {
      const database = open();
      await put(database, accounts, { id: 'a', balance: 1 });
      const other = new Connection(path);
      other.exec(
        `CREATE TRIGGER full BEFORE UPDATE ON accounts BEGIN SELECT RAISE(${how}, 'disk full'); END`,
      );
      const outcome = database.tx(async (tx) => {
        await tx.insert(marks, { id: 'm' });
        await tx.update(accounts, { id: 'a', balance: 2 });
      });
      await expect(outcome.catch(codeOf)).resolves.toBe('database.unavailable');
      other.exec('DROP TRIGGER full');
      expect(await database.find(marks, 'm')).toBeNull();
      expect(await database.find(accounts, 'a')).toEqual({ id: 'a', balance: 1 });
      await put(database, accounts, { id: 'a', balance: 3 });
      expect((await database.find(accounts, 'a'))?.balance).toBe(3);
      other.close();
    },
  );

  test('database.unavailable: a read that the engine fails, with its cause', async () => {
    const database = open();
    const other = new Connection(path);
    other.exec('DROP TABLE accounts');
    const asked = database.find(accounts, 'a');
    await expect(asked).rejects.toMatchObject({
      code: 'database.unavailable',
      cause: { code: 'SQLITE_ERROR' },
    });
    other.close();
  });

  test('database.unavailable: a file that cannot be opened', () => {
    expect(() => open({ path: join(folder, 'no', 'such', 'folder') })).toThrow('cannot open');
  });

  test('a commit that was waiting is done before close', async () => {
    const database = open({ schedule: () => undefined });
    const waiting = database.tx((tx) => tx.insert(accounts, { id: 'a', balance: 1 }));
    await new Promise(setImmediate);
    await database.close();
    await expect(waiting).resolves.toBeUndefined();
    expect(await open().find(accounts, 'a')).toEqual({ id: 'a', balance: 1 });
  });

  test('every query runs on its index, sorted by it, and a later page seeks to its position', () => {
    const connection = openSqlite(path, collections);
    const planned = (query: Partial<Query>, last: Book | null) => {
      const given: Query = { ...everything, ...query };
      const cursor = last === null ? null : cursorAfter(books, planList(books, given), last);
      const { sql, values } = listSql('books', planList(books, { ...given, cursor }));
      const steps = connection
        .prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .raw()
        .all([...values, 10]);
      return steps.map((step) => String(Object(step)[3]));
    };
    const last = { id: 'x', shelf: 'a', rank: 1, title: 't', isOpen: true };
    const shelf = { index: 'byShelf', where: { shelf: 'a' } };
    const range = { field: 'rank', from: 0, below: 9 };
    const onShelf = 'SEARCH books USING INDEX books by shelf,rank';
    expect(planned({}, null)).toEqual(['SCAN books USING INDEX books by title']);
    expect(planned({}, last)).toEqual(['SEARCH books USING INDEX books by title ((by_title,id)>(?,?))']);
    expect(planned(shelf, last)).toEqual([`${onShelf} (by_shelf=? AND (by_rank,id)>(?,?))`]);
    for (const order of ['ascending', 'descending'] as const) {
      for (const position of [null, last]) {
        expect(planned({ ...shelf, range, order }, position)).toEqual([
          `${onShelf} (by_shelf=? AND by_rank>? AND by_rank<?)`,
        ]);
      }
      // Each shelf is read by itself in index order, and nothing is sorted.
      for (const shelves of [2, 3, 50]) {
        const where = { shelf: Array.from({ length: shelves }, (_, n) => `${n}`) };
        const steps = planned({ index: 'byShelf', where, range, order }, last);
        const found = steps.filter((step) => step.startsWith(onShelf));
        expect([found.length, steps.filter((step) => step.includes('TEMP B-TREE'))]).toEqual([shelves, []]);
      }
    }
    connection.close();
  });

  describe('opening a file of another layout', () => {
    const bare = [{ ...books, indexes: {} }];
    const shelved = { shelf: 'a', rank: 1, title: 't', isOpen: true };
    const layouts = () => {
      const connection = new Connection(path);
      const rows = connection.prepare('SELECT layout, count(*) FROM books GROUP BY layout').raw().all([]);
      connection.close();
      return rows;
    };
    beforeEach(async () => {
      const database = open({ collections: bare });
      for (let i = 0; i < 1_200; i += 60) {
        const some = Array.from({ length: 60 }, (_, n) => `b${i + n}`);
        await put(database, books, ...some.map((id) => ({ ...shelved, id })));
      }
      await database.close();
    });

    test('goes on where it was stopped: each page of rows is kept', async () => {
      const other = new Connection(path);
      other.exec(
        `CREATE TRIGGER stop BEFORE UPDATE ON books WHEN old.id = 'b700' BEGIN SELECT RAISE(ABORT, 'stop'); END`,
      );
      expect(() => open()).toThrow('cannot open');
      expect(layouts()).toEqual([
        [expect.any(Number), 500],
        [expect.any(Number), 700],
      ]);
      other.exec('DROP TRIGGER stop');
      other.close();
      const database = open();
      expect(layouts()).toEqual([[expect.any(Number), 1_200]]);
      const query = { ...everything, where: { title: 't' }, limit: 1_000 };
      expect((await database.list(books, query)).items).toHaveLength(1_000);
    });

    test('alone with the file it is ready for good: the next opening looks at no row, until another layout opens it', async () => {
      path = join(folder, 'copy.sqlite');
      copyFileSync(join(folder, 'data.sqlite'), path);
      await open().close();
      const connection = new Connection(path);
      connection.exec('UPDATE books SET layout = NULL');
      connection.close();
      await open().close();
      expect(layouts()).toEqual([[null, 1_200]]);
      await open({ collections: bare }).close();
      expect(layouts()).toEqual([[expect.any(Number), 1_200]]);
    });

    test('beside another process it is not ready, and the indexes of the other stay', async () => {
      const names = () => {
        const connection = new Connection(path);
        const indexes = connection
          .prepare("SELECT name FROM sqlite_master WHERE type = 'index'")
          .raw()
          .all([]);
        connection.close();
        return indexes.flat();
      };
      open();
      const before = open({ collections: bare });
      expect(names()).toContain('books by title');
      expect(await before.migrate({ isOldGone: false })).toMatchObject([{ isReady: false }]);
      expect(names()).toContain('books by title');
      expect(await before.migrate({ isOldGone: true })).toMatchObject([{ isReady: true }]);
      expect(names()).not.toContain('books by title');
    });
  });

  test('nothing acknowledged is lost, and nothing is half-written, when the process is killed', async () => {
    const database = open();
    await put(database, accounts, { id: 'a', balance: 0 }, { id: 'b', balance: 0 });
    const acknowledged = await killedAfter(path, 200);
    const found = await database.findMany(accounts, ['a', 'b']);
    const [a = 0, b = 0] = found.map(({ balance }) => balance);
    let paid = 0;
    const ids = new Set<string>();
    for await (const { collection, id } of database.exportAll()) {
      if (collection !== 'marks') continue;
      paid += 1;
      ids.add(id);
    }
    expect(acknowledged.filter((payment) => !ids.has(`payment ${payment}`))).toEqual([]);
    expect([a, b]).toEqual([-paid, paid]);
  });
});

/**
 * Runs the paying process until it has acknowledged this many payments, and kills it. Answers the acknowledged
 * payments.
 */
function killedAfter(path: string, payments: number): Promise<readonly string[]> {
  const script = join(__dirname, '..', '..', 'support', 'databaseProcess.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  return new Promise((resolve) => {
    child.stdout.on('data', (chunk) => {
      output += String(chunk);
      if (output.split('\n').length > payments) child.kill('SIGKILL');
    });
    // A last line without its end was cut off by the kill.
    child.on('close', () => resolve(output.split('\n').slice(0, -1)));
  });
}

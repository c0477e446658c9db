/** What happens on the way to a MySQL server, and to the server itself. */
import { RUNS_MAX } from '../../../shared/adapters/engine/rerun.ts';
import { serverOf } from '../../../shared/adapters/mysql/address.ts';
import { type MysqlOptions, mysqlDatabase, openMysql } from '../../../shared/adapters/mysql/database.ts';
import { meaningOf } from '../../../shared/adapters/mysql/failures.ts';
import { systemClock } from '../../../shared/adapters/process/clock.ts';
import { codeOf } from '../../../shared/errors.ts';
import type { Database, Engine, Query } from '../../../shared/ports/database.ts';
import { timeMs } from '../../../shared/schemas/base.ts';
import { accounts, add, books, collections, marks, once, put } from '../../support/collections.ts';
import { Administrator, describeMysql, type MadeDatabase, makeDatabase } from '../../support/mysql.ts';
import { type Fate, MysqlProxy } from '../../support/mysqlProxy.ts';
import { seed, seeded } from '../../support/seeded.ts';

const unavailable = { code: 'database.unavailable' };

describe('errors of the server', () => {
  test.each([
    [1690, 'conflict'],
    [1213, 'conflict'],
    [1205, 'conflict'],
    [1020, 'conflict'],
    [1062, 'taken'],
    [1927, 'lost'],
    [2006, 'lost'],
    [2013, 'lost'],
    [4031, 'lost'],
    [1290, 'readOnly'],
    [1836, 'readOnly'],
    [1792, 'readOnly'],
    [1040, 'noRoom'],
    [1203, 'noRoom'],
    [1226, 'noRoom'],
    [1053, 'noRoom'],
    [1146, 'broken'],
    [1054, 'broken'],
    [1406, 'broken'],
    [1153, 'broken'],
    [1064, 'broken'],
  ])('%i means %s', (errno, meaning) => {
    expect(meaningOf(Object.assign(new Error(), { errno, code: 'ER_ANY' }))).toBe(meaning);
  });

  test.each([
    ['ECONNREFUSED', 'noRoom'],
    ['ECONNRESET', 'lost'],
    ['ETIMEDOUT', 'lost'],
    ['PROTOCOL_CONNECTION_LOST', 'lost'],
    ['PROTOCOL_SEQUENCE_TIMEOUT', 'lost'],
  ])('%s means %s', (code, meaning) => {
    expect(meaningOf(Object.assign(new Error(), { errno: -104, code }))).toBe(meaning);
  });

  test('a bug of ours is broken', () => expect(meaningOf(new TypeError('x'))).toBe('broken'));
});

describe('the address', () => {
  test('is read, with escapes in user and password, and the usual port', () => {
    expect(serverOf('mysql://us%40er:p%3Aw@db.example:3307/shop')).toEqual({
      ...{ host: 'db.example', port: 3307, user: 'us@er', password: 'p:w', database: 'shop' },
    });
    expect(serverOf('mysql://root@127.0.0.1/test')).toMatchObject({ port: 3306, password: '' });
  });

  test.each([
    'mysql://root:secret@host',
    'mysql://root:secret@host/',
    'mysql://root:secret@host/a/b',
    'mysql://root:secret@host/a?x=1',
    'postgres://root:secret@host/a',
    'secret',
  ])('%s is none, and the error does not tell it', (url) => {
    expect(() => serverOf(url)).toThrow(/^(?!.*secret)/);
    expect(() => serverOf(url)).toThrow('mysql://user:password@host:port/database');
  });
});

describeMysql('mysql under faults', () => {
  let administrator: Administrator;
  let made: MadeDatabase;
  let proxy: MysqlProxy;
  let pauses: number[];
  let onPause: () => Promise<void>;
  const opened: Database[] = [];

  const through = (user = 'root') => {
    const { host, password } = serverOf(made.url);
    const secret = user === 'root' && password !== '' ? `:${encodeURIComponent(password)}` : '';
    return `mysql://${user}${secret}@${host}:${proxy.port}/${made.name}`;
  };
  function options(given: Partial<MysqlOptions> = {}): MysqlOptions {
    const pause = async (ms: number) => {
      pauses.push(ms);
      await onPause();
    };
    const url = given.url ?? through();
    return { collections, random: seeded(seed), clock: systemClock, connections: 4, pause, ...given, url };
  }
  async function open(given: Partial<MysqlOptions> = {}): Promise<Engine> {
    const database = await openMysql(options(given));
    opened.push(database);
    return database;
  }
  const isCommit = (sql: string) => sql.startsWith('BEGIN');

  beforeAll(async () => {
    administrator = await Administrator.connect();
    made = await makeDatabase(administrator);
    await (await openMysql(options({ url: made.url }))).close();
  });
  afterAll(async () => {
    await made.drop();
    administrator.close();
  });
  beforeEach(async () => {
    pauses = [];
    onPause = () => new Promise((resolve) => setImmediate(resolve));
    proxy = await MysqlProxy.open(serverOf(made.url));
    for (const { name } of collections) await administrator.ask(`DELETE FROM ${made.name}.${name}`);
  });
  afterEach(async () => {
    for (const database of opened.splice(0)) await database.close();
    await proxy.close();
  });

  test('a commit whose answer is lost has happened, and the work finds what it wrote', async () => {
    const database = await open();
    await put(database, accounts, { id: 'a', balance: 0 });
    let cuts = 0;
    proxy.fateOf = (sql) => {
      if (!isCommit(sql) || cuts > 0) return 'pass';
      cuts += 1;
      return 'cutAfter';
    };
    let runs = 0;
    await database.tx(async (tx) => {
      runs += 1;
      if ((await tx.find(marks, 'cause')) !== null) return;
      await tx.insert(marks, { id: 'cause' });
      const account = await tx.find(accounts, 'a');
      await tx.update(accounts, { id: 'a', balance: (account?.balance ?? 0) + 1 });
    });
    expect([cuts, runs]).toEqual([1, 2]);
    expect(await database.find(accounts, 'a')).toEqual({ id: 'a', balance: 1 });
  });

  test('a commit that reaches the server only after the next run has read does not happen any more', async () => {
    const database = await open();
    let delays = 0;
    proxy.fateOf = (sql) => {
      if (!isCommit(sql) || delays > 0) return 'pass';
      delays += 1;
      return 'delay';
    };
    let runs = 0;
    await database.tx(async (tx) => {
      runs += 1;
      await tx.insert(marks, { id: `run ${runs}` });
    });
    await proxy.arrive();
    expect([delays, runs]).toEqual([1, 2]);
    expect(await database.findMany(marks, ['run 1', 'run 2'])).toEqual([{ id: 'run 2' }]);
  });

  test('database.unavailable: a commit without answer, on a connection that does not end', async () => {
    const database = await open();
    let runs = 0;
    proxy.fateOf = (sql) => (isCommit(sql) || sql.startsWith('KILL') ? 'cutBefore' : 'pass');
    const hopeless = database.tx(async (tx) => {
      runs += 1;
      await tx.insert(marks, { id: 'm' });
    });
    await expect(hopeless).rejects.toMatchObject({ code: 'database.unavailable' });
    expect(runs).toBe(1);
  });

  test('a commit that did not reach the server has not happened, and happens in the next run', async () => {
    const database = await open();
    await put(database, accounts, { id: 'a', balance: 0 });
    let cuts = 0;
    proxy.fateOf = (sql) => {
      if (!isCommit(sql) || cuts > 0) return 'pass';
      cuts += 1;
      return 'cutBefore';
    };
    await add(database, 'cause', 'a', 1);
    expect(cuts).toBe(1);
    expect((await database.find(accounts, 'a'))?.balance).toBe(1);
  });

  test(`commits lost before and after, reads lost: each payment counts once (seed ${seed})`, async () => {
    const database = await open();
    await put(database, accounts, { id: 'a', balance: 0 }, { id: 'b', balance: 0 });
    const random = seeded(seed);
    proxy.fateOf = (sql) => {
      const chance = random();
      if (isCommit(sql)) return chance < 0.1 ? 'cutBefore' : chance < 0.2 ? 'cutAfter' : 'pass';
      return chance < 0.02 ? 'cutBefore' : 'pass';
    };
    const payments = Array.from({ length: 60 }, (_, i) =>
      add(database, `payment ${i}`, i % 2 ? 'a' : 'b', 1),
    );
    const outcomes = await Promise.allSettled(payments);
    proxy.fateOf = () => 'pass';
    const acknowledged = outcomes.flatMap(({ status }, i) =>
      status === 'fulfilled' ? [`payment ${i}`] : [],
    );
    const refused = outcomes.flatMap((each) => (each.status === 'rejected' ? [codeOf(each.reason)] : []));
    expect(refused.filter((code) => code !== 'database.unavailable')).toEqual([]);
    expect(acknowledged.length).toBeGreaterThan(40);
    const stored = (
      await database.findMany(
        marks,
        payments.map((_, i) => `payment ${i}`),
      )
    ).map(({ id }) => id);
    expect(acknowledged.filter((id) => !stored.includes(id))).toEqual([]);
    const sum = (await database.findMany(accounts, ['a', 'b'])).reduce(
      (all, { balance }) => all + balance,
      0,
    );
    expect(sum).toBe(stored.length);
  });

  test('killed connections: reads and commits go on, and nothing acknowledged is lost', async () => {
    const database = await open();
    await put(database, accounts, { id: 'a', balance: 0 });
    const kill = async () => {
      const own = `SELECT ID FROM information_schema.PROCESSLIST WHERE DB = '${made.name}'`;
      for (const [id] of await administrator.ask(own)) {
        // It may have ended by itself.
        await administrator.ask(`KILL ${Number(id)}`).catch(() => null);
      }
    };
    for (let round = 0; round < 10; round += 1) {
      const writes = Array.from({ length: 8 }, (_, i) => add(database, `add ${round}.${i}`, 'a', 1));
      await Promise.all([kill(), ...writes]);
    }
    expect((await database.find(accounts, 'a'))?.balance).toBe(80);
  });

  test('after a thaw every connection is dead: a read and a commit still succeed, on new ones', async () => {
    const database = await open();
    await put(database, accounts, { id: 'a', balance: 0 });
    await Promise.all(Array.from({ length: 4 }, () => database.list(books, everything)));
    let isFirst = true;
    proxy.fateOf = () => {
      const fate = isFirst ? 'cutBefore' : 'pass';
      isFirst = false;
      return fate;
    };
    const before = proxy.connections;
    expect(await database.find(accounts, 'a')).toEqual({ id: 'a', balance: 0 });
    expect(proxy.connections).toBe(before + 1);
    expect(pauses).toEqual([]);
  });

  test('database.unavailable: a read without answer twice', async () => {
    const database = await open();
    proxy.fateOf = (sql) => (sql.startsWith('SELECT') ? 'cutBefore' : 'pass');
    const asked = proxy.packets.length;
    await expect(database.find(accounts, 'a')).rejects.toMatchObject(unavailable);
    expect(proxy.packets.slice(asked).filter((sql) => sql.startsWith('SELECT'))).toHaveLength(2);
  });

  test('a connection that nobody used for 30 seconds of the wall clock is not used again', async () => {
    let now = 1_800_000_000_000;
    const database = await open({ clock: { now: () => timeMs(now) }, connections: 1 });
    await database.find(accounts, 'a');
    const before = proxy.connections;
    now += 29_000;
    await database.find(accounts, 'a');
    expect(proxy.connections).toBe(before);
    now += 30_000;
    await database.find(accounts, 'a');
    expect(proxy.connections).toBe(before + 1);
  });

  describe('as a user of its own', () => {
    const user = `zhike_test_${process.pid}`;
    beforeEach(async () => {
      await administrator.ask(`CREATE OR REPLACE USER ${user} WITH MAX_USER_CONNECTIONS 4`);
      const rights = 'SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX';
      await administrator.ask(`GRANT ${rights} ON ${made.name}.* TO ${user}`);
    });
    afterEach(async () => {
      await administrator.ask('SET GLOBAL read_only = 0');
      await administrator.ask(`DROP USER ${user}`);
    });

    test('a server that is read-only for a while: the work waits, on new connections, and is done once', async () => {
      const database = await open({ url: through(user) });
      await put(database, accounts, { id: 'a', balance: 0 });
      const before = proxy.connections;
      await administrator.ask('SET GLOBAL read_only = 1');
      onPause = async () => {
        if (pauses.length === 3) await administrator.ask('SET GLOBAL read_only = 0');
      };
      await add(database, 'cause', 'a', 1);
      expect((await database.find(accounts, 'a'))?.balance).toBe(1);
      expect(pauses.length).toBeGreaterThanOrEqual(3);
      expect(proxy.connections).toBeGreaterThan(before + 2);
    });

    test('database.unavailable: a server that stays read-only, after 13 runs; reads go on', async () => {
      const database = await open({ url: through(user) });
      await put(database, accounts, { id: 'a', balance: 0 });
      await administrator.ask('SET GLOBAL read_only = 1');
      let runs = 0;
      const refused = database.tx(async (tx) => {
        runs += 1;
        await tx.insert(marks, { id: 'm' });
      });
      await expect(refused).rejects.toMatchObject({
        ...unavailable,
        detail: expect.stringContaining('read-only'),
      });
      expect(runs).toBe(RUNS_MAX);
      expect(await database.find(accounts, 'a')).toEqual({ id: 'a', balance: 0 });
    });

    test('a server that takes no more connections is asked again', async () => {
      const url = new URL(made.url);
      url.username = user;
      url.password = '';
      const others = await Promise.all(Array.from({ length: 4 }, () => Administrator.connect(url.href)));
      const database = mysqlDatabase(options({ url: through(user) }));
      opened.push(database);
      onPause = async () => {
        if (pauses.length !== 2) return;
        for (const other of others) other.close();
        const own = `SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE USER = '${user}'`;
        while (Number((await administrator.ask(own))[0]?.[0]) > 0);
      };
      expect(await database.find(accounts, 'a')).toBeNull();
      expect(pauses.length).toBe(2);
    });
  });

  test('database.unavailable: nobody listens, after 13 tries, with its reason', async () => {
    const url = through();
    await proxy.close();
    const database = mysqlDatabase(options({ url }));
    const refused = { ...unavailable, detail: expect.stringContaining('ECONNREFUSED') };
    await expect(database.find(accounts, 'a')).rejects.toMatchObject(refused);
    expect(pauses).toHaveLength(RUNS_MAX - 2);
    await expect(openMysql(options({ url }))).rejects.toMatchObject(unavailable);
    await database.close();
    proxy = await MysqlProxy.open(serverOf(made.url));
  });

  test('database.unavailable: a migration that is missing is named, and not tried again', async () => {
    const { name } = await makeDatabase(administrator);
    const url = through().replace(made.name, name);
    const database = mysqlDatabase(options({ url }));
    opened.push(database);
    const missing = { ...unavailable, detail: expect.stringContaining('ER_NO_SUCH_TABLE') };
    await expect(database.find(accounts, 'a')).rejects.toMatchObject(missing);
    await expect(put(database, accounts, { id: 'a', balance: 1 })).rejects.toMatchObject(missing);
    const asked = database.tx((tx) => tx.insert(accounts, { id: 'a', balance: 1 }));
    await expect(asked).rejects.toMatchObject(missing);
    const caught = await asked.catch((error: unknown) => error);
    expect(Object.keys(Object(Object(caught).cause))).not.toContain('sql');
    expect(pauses).toEqual([]);
    await administrator.ask(`DROP DATABASE ${name}`);
  });

  test('a read that fails does not fail those that were asked together with it', async () => {
    const database = await open();
    await put(database, accounts, { id: 'a', balance: 1 });
    await administrator.ask(`RENAME TABLE ${made.name}.marks TO ${made.name}.elsewhere`);
    try {
      const [found, missing] = await Promise.allSettled([
        database.find(accounts, 'a'),
        database.find(marks, 'm'),
      ]);
      expect(found).toMatchObject({ value: { id: 'a', balance: 1 } });
      expect(missing).toMatchObject({ reason: unavailable });
    } finally {
      await administrator.ask(`RENAME TABLE ${made.name}.elsewhere TO ${made.name}.marks`);
    }
  });

  describe('round trips', () => {
    async function packetsOf(act: (database: Database) => Promise<unknown>): Promise<readonly string[]> {
      const database = await open({ connections: 1 });
      await put(database, accounts, { id: 'a', balance: 1 }, { id: 'b', balance: 1 });
      const before = proxy.packets.length;
      const meter = { roundTrips: 0, reruns: 0 };
      await act(database.metered(meter));
      const packets = proxy.packets.slice(before);
      // What the call's log line says is what went over the network.
      expect(meter.roundTrips).toBe(packets.length);
      return packets;
    }

    test('reads that are asked for in one tick are one packet', async () => {
      const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
      const packets = await packetsOf((database) =>
        Promise.all(ids.map((id) => database.find(accounts, id))),
      );
      expect(packets).toHaveLength(1);
    });

    test('a work that only inserts is one packet, and one that looks first is two', async () => {
      const inserts = await packetsOf((database) => database.tx((tx) => tx.insert(marks, { id: 'm' })));
      expect(inserts).toHaveLength(1);
      const looks = await packetsOf((database) => once(database, 'm2', async () => undefined));
      expect(looks).toHaveLength(2);
    });

    test('a work that read one document needs no second look, and one that read two needs one', async () => {
      expect(await packetsOf((database) => database.tx((tx) => tx.find(accounts, 'a')))).toHaveLength(1);
      const two = await packetsOf((database) =>
        database.tx((tx) => Promise.all([tx.find(accounts, 'a'), tx.find(accounts, 'b')])),
      );
      expect(two).toHaveLength(2);
    });

    test('an insert of what is taken reads only when its work runs again', async () => {
      const packets = await packetsOf((database) =>
        database.tx((tx) => tx.insert(accounts, { id: 'a', balance: 2 })).catch(() => null),
      );
      expect(packets.map((sql) => sql.slice(0, 6))).toEqual(['BEGIN;', 'ROLLBA', 'SELECT']);
    });
  });

  test('writers of one document that have lost a race take turns: each runs twice, or little more', async () => {
    const database = await open();
    await put(database, accounts, { id: 'a', balance: 0 });
    let runs = 0;
    const writers = Array.from({ length: 32 }, (_, i) =>
      once(database, `add ${i}`, async (tx) => {
        runs += 1;
        const account = await tx.find(accounts, 'a');
        await tx.update(accounts, { id: 'a', balance: (account?.balance ?? 0) + 1 });
      }),
    );
    await Promise.all(writers);
    expect((await database.find(accounts, 'a'))?.balance).toBe(32);
    // Without turns each runs as often as others are before it: 528 times in all.
    expect(runs).toBeLessThanOrEqual(72);
  });

  test('a row that an older build changes while its page is filled is filled again', async () => {
    const before = { ...books, indexes: {} };
    await administrator.ask(`DROP TABLE ${made.name}.books`);
    const old = await open({ url: made.url, collections: [before] });
    const ids = ['b1', 'b2', 'b3', 'b4'];
    const book = { shelf: 's', rank: 1, title: 't', isOpen: true };
    await put(old, before, ...ids.map((id) => ({ ...book, id })));
    let changes = 0;
    proxy.fateOf = async (sql): Promise<Fate> => {
      if (changes === 0 && sql.includes('UPDATE `books` SET layout')) {
        changes += 1;
        await put(old, before, { ...book, id: 'b2', shelf: 'other' });
      }
      return 'pass';
    };
    const database = await open();
    expect(changes).toBe(1);
    const listed = async (shelf: string) =>
      (await database.list(books, { ...everything, index: 'byShelf', where: { shelf }, limit: 9 })).items
        .length;
    expect([await listed('s'), await listed('other')]).toEqual([3, 1]);
  });

  test('every query runs on its index and sorts nothing, on later pages too', async () => {
    const database = await open();
    for (let from = 0; from < 900; from += 60) {
      const some = Array.from({ length: 60 }, (_, n) => from + n);
      await put(
        database,
        books,
        ...some.map((n) => ({
          id: `b${n}`,
          shelf: `${n % 30}`,
          rank: n % 11,
          title: `t${n}`,
          isOpen: n % 2 === 0,
        })),
      );
    }
    const range = { field: 'rank', from: 0, below: 9 };
    const queries: readonly (Partial<Query> & { readonly index: string })[] = [
      { index: 'id' },
      { index: 'byTitle' },
      { index: 'byShelf', where: { shelf: '1' } },
      { index: 'byShelf', where: { shelf: '1' }, range },
      { index: 'byShelf', where: { shelf: ['1', '2', '3'] }, range },
      { index: 'byState', where: { isOpen: [true, false], shelf: ['1', '2'] } },
    ];
    for (const query of queries) {
      for (const order of ['ascending', 'descending'] as const) {
        const given: Query = { where: {}, ...query, order, limit: 3, cursor: null };
        const page = await database.list(books, given);
        await database.list(books, { ...given, cursor: page.nextCursor });
        for (const sql of proxy.packets.slice(-2)) {
          const steps = await administrator.ask(`EXPLAIN ${sql.replaceAll('`books`', `${made.name}.books`)}`);
          const ranges = steps.filter(([, , table]) => table === 'books' || table === `${made.name}.books`);
          expect(ranges.length).toBeGreaterThan(0);
          for (const step of ranges) expect(String(step.at(-1))).not.toContain('filesort');
          for (const step of ranges) expect(step[3]).not.toBe('ALL');
        }
      }
    }
  });
});

const everything: Query = { index: 'byTitle', where: {}, order: 'ascending', limit: 1, cursor: null };

import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'libsql';
import * as z from 'zod';
import { openMysql } from '../../shared/adapters/mysql/database.ts';
import { systemClock } from '../../shared/adapters/process/clock.ts';
import { sqliteDatabase } from '../../shared/adapters/sqlite/database.ts';
import { type Copied, type Copy, copyStore, storeSource } from '../../shared/commands/copyStore.ts';
import { defineCollection } from '../../shared/data/collection.ts';
import { collections as shopCollections } from '../../shared/data/collections.ts';
import type { Collection, Engine, RawDocument } from '../../shared/ports/database.ts';
import { builtTool } from '../support/builtTool.ts';
import { accounts, books, collections, marks, papers, put } from '../support/collections.ts';
import { Administrator, describeMysql, makeDatabase } from '../support/mysql.ts';

/** What is stored, read past the engines: `collection id schemaVersion body`. */
type Stored = readonly string[];

/** A place for a store. `dispose` deletes it. */
interface Place {
  readonly url: string;
  open(declared: readonly Collection[]): Promise<Engine>;
  stored(declared: readonly Collection[]): Promise<Stored>;
  dispose(): Promise<void>;
}

async function sqlitePlace(): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'zhike-copy-'));
  const path = join(folder, 'zhike.db');
  return {
    url: `sqlite:${path}`,
    open: async (declared) => sqliteDatabase({ path, collections: declared, random: () => 0 }),
    stored: async (declared) => {
      const file = new Sqlite(path);
      const rows = declared.flatMap(({ name }) => {
        const select = file.prepare(`SELECT hex(id), schemaVersion, body FROM ${name} ORDER BY id`).raw();
        return select.all([]).map((row) => JSON.stringify([name, row]));
      });
      file.close();
      return rows;
    },
    dispose: async () => rmSync(folder, { recursive: true }),
  };
}

async function mysqlPlace(): Promise<Place> {
  const administrator = await Administrator.connect();
  const made = await makeDatabase(administrator);
  const given = { url: made.url, random: () => 0, clock: systemClock, connections: 1 };
  return {
    url: made.url,
    open: (declared) => openMysql({ ...given, collections: declared }),
    stored: async (declared) => {
      const all: string[] = [];
      for (const { name } of declared) {
        const select = `SELECT HEX(id), schemaVersion, body FROM ${made.name}.${name} ORDER BY id`;
        all.push(...(await administrator.ask(select)).map((row) => JSON.stringify([name, row])));
      }
      return all;
    },
    dispose: async () => {
      await made.drop();
      administrator.close();
    },
  };
}

/** Documents that are hard to keep as they are: of every build, with any id, and one that is large. */
const HARD: readonly (readonly [Collection, RawDocument])[] = [
  [marks, { id: 'a', schemaVersion: 1, body: '{"id":"a","added": {"by":["a newer build"]}}' }],
  [marks, { id: 'A\u0000', schemaVersion: 1, body: String.raw`{"id":"A\u0000"}` }],
  [marks, { id: '\u{1F600}', schemaVersion: 1, body: '{"id":"\u{1F600}"}' }],
  [marks, { id: '\uFF5E', schemaVersion: 1, body: '{"id":"\uFF5E"}' }],
  [marks, { id: "'\\\n", schemaVersion: 1, body: String.raw`{ "n":1.0, "id":"'\\\n", "s":"\ud800" }` }],
  [accounts, { id: 'fits', schemaVersion: 2, body: '{"id":"fits","balance":1,"owner":"x"}' }],
  [accounts, { id: 'other', schemaVersion: 3, body: '{"balances":[1,2],"id":"other"}' }],
  [books, { id: 'new', schemaVersion: 9, body: '{"id":"new","shelf":["a","b"],"title":"t"}' }],
  [papers, { id: 'large', schemaVersion: 1, body: `{"id":"large","content":"${'知'.repeat(1_100_000)}"}` }],
];

async function fill(engine: Engine): Promise<void> {
  for (const [collection, raw] of HARD) await engine.importRaw(collection, [raw]);
  for (let from = 0; from < 250; from += 50) {
    const ids = Array.from({ length: 50 }, (_, k) => `b${from + k}`);
    await put(
      engine,
      books,
      ...ids.map((id, rank) => ({ id, shelf: 's', rank, title: id, isOpen: rank % 2 === 0 })),
    );
  }
}

const DOCUMENTS = HARD.length + 250;

function copySuite(makeTarget: () => Promise<Place>): void {
  let from: Place;
  let to: Place;
  let source: Engine;
  let target: Engine;
  beforeEach(async () => {
    from = await sqlitePlace();
    to = await makeTarget();
    source = await from.open(collections);
    target = await to.open(collections);
    await fill(source);
  });
  afterEach(async () => {
    await source.close();
    await target.close();
    await from.dispose();
    await to.dispose();
  });
  const copy = (given: Partial<Copy> = {}): Promise<Copied> =>
    copyStore({
      source: storeSource(source, collections),
      target,
      collections,
      tell: () => undefined,
      ...given,
    });
  /** The target, and something that happens before or after its first `k` documents are stored. */
  const targetWith = (k: number, happen: () => Promise<void>, { isAfter = true } = {}): Copy['target'] => {
    let stored = 0;
    return {
      exportRaw: (collection) => target.exportRaw(collection),
      undeclared: () => target.undeclared(),
      importRaw: async (collection, docs) => {
        stored += docs.length;
        const isNow = stored >= k && stored - docs.length < k;
        if (isNow && !isAfter) await happen();
        await target.importRaw(collection, docs);
        if (isNow && isAfter) await happen();
      },
    };
  };

  test('every document arrives byte for byte, and a line tells of each collection', async () => {
    const lines: string[] = [];
    const copied = await copy({ tell: (line) => lines.push(line) });
    expect(copied).toEqual({ documents: DOCUMENTS, added: DOCUMENTS });
    expect(lines).toEqual([
      'accounts 2 documents, 2 of them new',
      'marks    5 documents, 5 of them new',
      'books    251 documents, 251 of them new',
      'papers   1 documents, 1 of them new',
    ]);
    const stored = await to.stored(collections);
    expect(stored).toHaveLength(DOCUMENTS);
    expect(stored).toEqual(await from.stored(collections));
    // The source was filled by the same operation, so what it was given is looked for as well.
    for (const [{ name }, { id, schemaVersion, body }] of HARD) {
      const hex = Buffer.from(id).toString('hex').toUpperCase();
      expect(stored).toContain(JSON.stringify([name, [hex, schemaVersion, body]]));
    }
  });

  test('the target lists by the indexes of this build, and a newer build finds its documents by its own', async () => {
    await copy();
    const query = { index: 'byShelf', order: 'ascending', limit: 300, cursor: null } as const;
    const page = await target.list(books, { ...query, where: { shelf: 's', rank: 7 } });
    expect(page.items.map(({ id }) => id)).toEqual(['b107', 'b157', 'b207', 'b57', 'b7']);
    const newer = defineCollection({
      name: 'books',
      schema: z.object({ id: z.string(), title: z.string(), pages: z.int().optional() }),
      version: 9,
      upgrade: (doc) => doc,
      indexes: { byTitle: { fields: ['title', 'pages'] } },
    });
    const later = await to.open([newer]);
    await later.migrate({ isOldGone: true });
    const found = await later.list(newer, { ...query, index: 'byTitle', where: { title: 't' } });
    await later.close();
    expect(found.items.map(({ id }) => id)).toEqual(['new']);
  });

  test.each([1, 3, 107, 208, DOCUMENTS])(
    'stopped at document %i and run again, it ends the same',
    async (k) => {
      const kill = async () => {
        throw new Error('killed');
      };
      for (const isAfter of [false, true]) {
        await expect(copy({ target: targetWith(k, kill, { isAfter }) })).rejects.toThrow('killed');
      }
      const before = (await to.stored(collections)).length;
      expect(before).toBeGreaterThanOrEqual(k);
      expect(await copy()).toEqual({ documents: DOCUMENTS, added: DOCUMENTS - before });
      expect(await to.stored(collections)).toEqual(await from.stored(collections));
      expect(await copy()).toEqual({ documents: DOCUMENTS, added: 0 });
    },
  );

  const raw = (id: string, body: object, schemaVersion = 1): RawDocument => ({
    id,
    schemaVersion,
    body: JSON.stringify({ id, ...body }),
  });
  test.each([
    ['an id that the source does not have', marks, raw('zz', {})],
    ['another document with the same id', books, raw('b7', { shelf: 's' })],
    ['the same document in another version', accounts, raw('fits', { balance: 1, owner: 'x' }, 1)],
  ])('a target with %s is refused, and stays as it is', async (_, collection, foreign) => {
    await target.importRaw(collection, [foreign]);
    const before = await to.stored(collections);
    await expect(copy()).rejects.toThrow(
      `the target holds documents that the source does not have: ${collection.name}. Name an empty target.`,
    );
    expect(await to.stored(collections)).toEqual(before);
  });

  test('a collection of another build is refused in either store, unless it is empty', async () => {
    const wills = { ...marks, name: 'wills' };
    for (const [place, says] of [
      [from, 'this build does not know wills'],
      [to, 'the target holds documents that the source does not have: wills'],
    ] as const) {
      const other = await place.open([wills]);
      await put(other, wills, { id: 'x' });
      const said = await copy().catch(String);
      await other.tx((tx) => tx.remove(wills, 'x'));
      await other.close();
      expect(said).toContain(says);
    }
    expect(await copy()).toMatchObject({ added: DOCUMENTS });
  });

  const book = { id: 'b7', shelf: 's', rank: 1, title: 'other', isOpen: true };
  test.each([
    ['changed', async () => put(source, books, book), 'books (251 in the source, 251 in the target)'],
    ['added', async () => put(source, marks, { id: '0' }), 'marks (6 in the source, 5 in the target)'],
    [
      'removed',
      () => source.tx((tx) => tx.remove(books, 'b7')),
      'books (250 in the source, 251 in the target)',
    ],
  ])('a document that is %s while the copy runs is found', async (_, write, says) => {
    await expect(copy({ target: targetWith(DOCUMENTS, write) })).rejects.toThrow(
      `the source was changed meanwhile: ${says}. Stop the shop, and copy again into an empty target.`,
    );
  });

  test('so is one that was changed after it was found in the target', async () => {
    await copy();
    const change = async () => put(source, books, { ...book, id: 'b99' });
    await expect(copy({ target: targetWith(1, change, { isAfter: false }) })).rejects.toThrow(
      'books/b99 was changed meanwhile. Stop the shop',
    );
  });
}

describe('a copy from SQLite to SQLite', () => copySuite(sqlitePlace));
describeMysql('a copy from SQLite to MySQL', () => copySuite(mysqlPlace));

/** A shop's store with a document in each collection. */
async function makeShop(place: Place): Promise<void> {
  const shop = await place.open(shopCollections);
  for (const collection of shopCollections) {
    const body = '{"id":"x","newer":1}';
    await shop.importRaw(collection, [{ id: 'x', schemaVersion: collection.version, body }]);
  }
  await shop.close();
}

describe('the copy command', () => {
  const run = builtTool('copy');
  const all = `${shopCollections.length} collections, ${shopCollections.length} documents, the same on both sides`;
  let from: Place;
  beforeAll(async () => {
    from = await sqlitePlace();
    await makeShop(from);
  });
  afterAll(() => from.dispose());

  test('moves a shop to a folder that is made for it; a second run says that nothing is left, and writes nothing', async () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'zhike-copy-')), 'new');
    const first = run(['--from', from.url, '--to', folder]);
    expect([first.status, first.stderr]).toEqual([0, '']);
    expect(first.stdout.split('\n')).toHaveLength(shopCollections.length + 2);
    expect(first.stdout.endsWith(`\n${all}: ${shopCollections.length} were copied\n`)).toBe(true);
    const file = readFileSync(join(folder, 'zhike.db'));
    const second = run([], { env: { COPY_FROM: from.url, COPY_TO: folder } });
    expect([second.status, second.stderr]).toEqual([0, '']);
    expect(second.stdout.endsWith(`\n${all}: nothing was left to copy\n`)).toBe(true);
    expect(readFileSync(join(folder, 'zhike.db')).equals(file)).toBe(true);
    rmSync(join(folder, '..'), { recursive: true });
  });

  test('refuses what it cannot do', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'zhike-copy-'));
    mkdirSync(join(empty, 'no'));
    const refused = (...args: readonly string[]) => {
      const { status, stderr } = run(args);
      return [status, stderr];
    };
    const says = (text: string) => [1, expect.stringContaining(text)];
    expect(refused('--from', empty)).toEqual([2, expect.stringMatching(/^usage: npm run copy/)]);
    // The store of a stage is named by its own configuration.
    expect(refused('--stage', 'test', '--from', from.url, '--to', empty)).toEqual([
      2,
      expect.stringMatching(/^usage: npm run copy/),
    ]);
    expect(refused('--from', empty, '--to', join(empty, 'no'))).toEqual(says('there is no'));
    expect(refused('--from', from.url, '--to', from.url)).toEqual(says('are the same store'));
    const secret = refused('--from', from.url, '--to', 'mysql://me:hush@');
    expect(secret).toEqual(says('it is no mysql://user:password@host:port/database'));
    expect(String(secret[1])).not.toContain('hush');
    const foreign = await sqlitePlace();
    await makeShop(foreign);
    const other = await foreign.open(shopCollections);
    await other.importRaw(shopCollections[0] as Collection, [
      { id: 'y', schemaVersion: 1, body: '{"id":"y"}' },
    ]);
    await other.close();
    expect(refused('--from', from.url, '--to', foreign.url)).toEqual(says('Name an empty target.'));
    await foreign.dispose();
    rmSync(empty, { recursive: true });
  });

  describeMysql('with a MySQL server', () => {
    test('moves a shop there and back', async () => {
      const server = await mysqlPlace();
      const back = await sqlitePlace();
      for (const [a, b] of [
        [from, server],
        [server, back],
      ] as const) {
        const { status, stderr, stdout } = run(['--from', a.url, '--to', b.url]);
        expect([status, stderr]).toEqual([0, '']);
        expect(stdout.endsWith(`\n${all}: ${shopCollections.length} were copied\n`)).toBe(true);
      }
      expect(await back.stored(shopCollections)).toEqual(await from.stored(shopCollections));
      await server.dispose();
      await back.dispose();
    });
  });
});

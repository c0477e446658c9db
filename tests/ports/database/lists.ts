import { codeOf } from '../../../shared/errors.ts';
import type { Database, Query, Scalar } from '../../../shared/ports/database.ts';
import { type Book, books, once, put } from '../../support/collections.ts';
import { oneOf, seed, seeded } from '../../support/seeded.ts';
import type { Opened } from './conformance.ts';

const byShelf: Query = {
  index: 'byShelf',
  where: { shelf: 'a' },
  order: 'ascending',
  limit: 100,
  cursor: null,
};

function book(id: string, given: Partial<Book> = {}): Book {
  return { id, shelf: 'a', rank: 0, title: id, isOpen: true, ...given };
}

async function idsOf(database: Database, query: Query): Promise<readonly string[]> {
  return (await database.list(books, query)).items.map(({ id }) => id);
}

/** Every page of a query, in order. */
async function paged(database: Database, query: Query): Promise<readonly Book[]> {
  const seen: Book[] = [];
  let cursor: string | null = null;
  do {
    const page: { items: readonly Book[]; nextCursor: string | null } = await database.list(books, {
      ...query,
      cursor,
    });
    expect(page.items.length).toBeLessThanOrEqual(query.limit);
    if (page.nextCursor !== null) expect(page.items).toHaveLength(query.limit);
    seen.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return seen;
}

/** The order of two values: null, then numbers, then texts by code point, which is the order of their UTF-8 bytes. */
export function compared(a: Scalar, b: Scalar): number {
  const kind = (value: Scalar) => (value === null ? 0 : typeof value === 'string' ? 2 : 1);
  if (kind(a) !== kind(b)) return kind(a) - kind(b);
  return typeof a === 'string'
    ? Buffer.compare(Buffer.from(a), Buffer.from(String(b)))
    : Number(a) - Number(b);
}

/** The same query over an array, as the reference for the engine. */
function expected(all: readonly Book[], fields: readonly (keyof Book)[], query: Query): readonly string[] {
  const { range } = query;
  const fits = (doc: Book) =>
    Object.entries(query.where).every(([field, value]) =>
      [value].flat().some((each) => each === Reflect.get(doc, field)),
    );
  const inRange = (doc: Book) => {
    if (range === undefined) return true;
    const value: Scalar = Reflect.get(doc, range.field);
    const isOfType = typeof value === typeof (range.from ?? range.below);
    const isFrom = range.from === undefined || compared(value, range.from) >= 0;
    return isOfType && isFrom && (range.below === undefined || compared(value, range.below) < 0);
  };
  const sort = [...fields.filter((field) => !(field in query.where)), 'id' as const];
  const sorted = all
    .filter((doc) => fits(doc) && inRange(doc))
    .sort((a, b) => sort.reduce((order, field) => order || compared(a[field], b[field]), 0))
    .map(({ id }) => id);
  return query.order === 'ascending' ? sorted : sorted.reverse();
}

/** A page equals the same query over an array. */
export function listsSuite(at: () => Opened): void {
  test(`any query, page by page, is what it would be over an array (seed ${seed})`, async () => {
    const { database, store } = at();
    const random = seeded(seed);
    const titles = ['', 'A', 'a', 'b', 'z\u0000', 'z', '课', '\uffff', '👩‍🏫', "o'", '%'];
    const all = Array.from({ length: 180 }, (_, i) =>
      book(`book ${i}`, {
        shelf: oneOf(random, ['a', 'b', 'c']),
        rank: oneOf(random, [null, -1, 0, 0.5, 1, 2, 1e15]),
        title: oneOf(random, titles),
        isOpen: random() < 0.5,
      }),
    );
    for (let i = 0; i < all.length; i += 60) await put(database, books, ...all.slice(i, i + 60));
    for (let i = 0; i < (store.queries ?? 160); i += 1) {
      const [query, fields] = anyQuery(random, titles);
      const seen = (await paged(database, query)).map(({ id }) => id);
      expect({ query, seen }).toEqual({ query, seen: expected(all, fields, query) });
    }
  });

  test('values of an `in` are one answer, sorted as a whole', async () => {
    const { database } = at();
    await put(
      database,
      books,
      ...[3, 1, 2].map((rank) => book(`a${rank}`, { rank })),
      ...[1, 3, 2].map((rank) => book(`b${rank}`, { shelf: 'b', rank })),
      book('c1', { shelf: 'c', rank: 1 }),
    );
    const query: Query = { ...byShelf, where: { shelf: ['b', 'a', 'b'] }, limit: 4 };
    expect((await paged(database, query)).map(({ id }) => id)).toEqual(['a1', 'b1', 'a2', 'b2', 'a3', 'b3']);
  });

  test('null comes first, belongs to no range, and is equal to null only', async () => {
    const { database } = at();
    await put(
      database,
      books,
      book('none', { rank: null }),
      book('low', { rank: -1e300 }),
      book('one', { rank: 1 }),
    );
    expect(await idsOf(database, byShelf)).toEqual(['none', 'low', 'one']);
    expect(await idsOf(database, { ...byShelf, order: 'descending' })).toEqual(['one', 'low', 'none']);
    expect(await idsOf(database, { ...byShelf, range: { field: 'rank', below: 2 } })).toEqual(['low', 'one']);
    expect(await idsOf(database, { ...byShelf, where: { shelf: 'a', rank: null } })).toEqual(['none']);
    expect(await idsOf(database, { ...byShelf, where: { shelf: 'a', rank: [null, 1] } })).toEqual([
      'none',
      'one',
    ]);
  });

  test('a change moves a document in every index, and a removal takes it out', async () => {
    const { database } = at();
    await put(database, books, book('x', { rank: 1 }), book('y', { rank: 2 }));
    await put(database, books, book('x', { rank: 3 }), book('y', { rank: 2, shelf: 'b' }));
    expect(await idsOf(database, byShelf)).toEqual(['x']);
    expect(await idsOf(database, { ...byShelf, index: 'byRank', where: {} })).toEqual(['y', 'x']);
    await once(database, 'removed', (tx) => tx.remove(books, 'x'));
    expect(await idsOf(database, byShelf)).toEqual([]);
  });

  test('a list shows nothing of a transaction that has not committed', async () => {
    const { database } = at();
    await once(database, 'cause', async (tx) => {
      await tx.insert(books, book('x'));
      expect(await idsOf(database, byShelf)).toEqual([]);
    });
    expect(await idsOf(database, byShelf)).toEqual(['x']);
  });

  test('changing a listed document changes nothing for the next reader', async () => {
    const { database } = at();
    await put(database, books, book('x'));
    for (const item of (await database.list(books, byShelf)).items) Object.assign(item, { rank: 9 });
    expect((await database.list(books, byShelf)).items).toEqual([book('x')]);
  });

  test('text that looks like SQL is text', async () => {
    const { database } = at();
    const title = `'; DROP TABLE books; --" OR 1=1`;
    await put(database, books, book('x', { title }), book('y'));
    expect(await idsOf(database, { ...byShelf, index: 'byTitle', where: { title } })).toEqual(['x']);
  });
}

function anyQuery(
  random: () => number,
  titles: readonly string[],
): readonly [Query, readonly (keyof Book)[]] {
  const ranks = [null, -1, 0, 0.5, 1, 2, 1e15];
  const bounds = [-2, 0, 1, 3];
  const some = <T>(choices: readonly T[]) =>
    oneOf(random, [
      () => oneOf(random, choices),
      () => Array.from({ length: 1 + Math.floor(random() * 5) }, () => oneOf(random, choices)),
    ])();
  const numbers = (field: string): Query['range'] =>
    oneOf(random, [
      { field, from: oneOf(random, bounds) },
      { field, below: oneOf(random, bounds) },
      { field, from: oneOf(random, bounds), below: oneOf(random, bounds) },
    ]);
  const texts = (field: string): Query['range'] =>
    oneOf(random, [
      { field, from: oneOf(random, titles) },
      { field, below: oneOf(random, titles) },
      { field, from: oneOf(random, titles), below: oneOf(random, titles) },
    ]);
  const shelf = () => some(['a', 'b', 'c', 'none']);
  const shelves = ['a', 'b', ...Array.from({ length: 8 }, (_, i) => `none ${i}`)];
  const isOpen = random() < 0.5;
  const [index, fields, where, range] = oneOf<
    () => readonly [string, readonly (keyof Book)[], Query['where'], Query['range']]
  >(random, [
    () => ['byShelf', ['shelf', 'rank'], {}, texts('shelf')],
    () => ['byShelf', ['shelf', 'rank'], { shelf: shelf() }, numbers('rank')],
    () => ['byShelf', ['shelf', 'rank'], { rank: some(ranks), shelf: shelf() }, undefined],
    () => ['id', [], {}, texts('id')],
    () => ['byTitle', ['title'], {}, texts('title')],
    () => ['byRank', ['rank', 'title'], {}, numbers('rank')],
    () => ['byRank', ['rank', 'title'], { rank: some(ranks) }, texts('title')],
    () => ['byState', ['isOpen', 'shelf', 'rank'], { isOpen }, texts('shelf')],
    () => [
      'byState',
      ['isOpen', 'shelf', 'rank'],
      { isOpen: [true, false], shelf: shelf() },
      numbers('rank'),
    ],
    // More combinations than are merged.
    () => ['byShelf', ['shelf', 'rank'], { shelf: shelves, rank: [...ranks, 3, 4, 5] }, undefined],
  ])();
  const query: Query = {
    index,
    where,
    order: oneOf(random, ['ascending', 'descending'] as const),
    limit: oneOf(random, [1, 2, 7, 50, 1000]),
    cursor: null,
  };
  return [range === undefined || random() < 0.4 ? query : { ...query, range }, fields];
}

/** A cursor continues its own query, and no other. */
export function cursorsSuite(at: () => Opened): void {
  async function nextCursor(query: Query): Promise<string> {
    const { nextCursor: cursor } = await at().database.list(books, query);
    if (cursor === null) throw new Error('no further page');
    return cursor;
  }
  const two: Query = { ...byShelf, limit: 2 };
  beforeEach(() =>
    put(
      at().database,
      books,
      ...[0, 1, 1, 1, 2].map((rank, i) => book(`a${i}`, { rank })),
      book('b', { shelf: 'b' }),
    ),
  );

  test('what was there from the start is seen once, whatever is inserted or removed between pages', async () => {
    const { database } = at();
    const first = await database.list(books, two);
    await put(database, books, book('a00', { rank: -1 }), book('a11', { rank: 1 }), book('a9', { rank: 9 }));
    await once(database, 'removed', (tx) => tx.remove(books, 'a1'));
    const rest = await paged(database, { ...two, limit: 50, cursor: null });
    const second = await database.list(books, { ...two, limit: 50, cursor: first.nextCursor });
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual([
      'a0',
      'a1',
      'a11',
      'a2',
      'a3',
      'a4',
      'a9',
    ]);
    expect(rest.map(({ id }) => id)).toEqual(['a00', 'a0', 'a11', 'a2', 'a3', 'a4', 'a9']);
  });

  test('a cursor still holds when the range and the limit move', async () => {
    const { database } = at();
    const cursor = await nextCursor({ ...two, range: { field: 'rank', below: 2 } });
    const moved: Query = { ...two, limit: 10, range: { field: 'rank', below: 3 }, cursor };
    expect(await idsOf(database, moved)).toEqual(['a2', 'a3', 'a4']);
    expect(await idsOf(database, { ...moved, range: { field: 'rank', from: 2 } })).toEqual(['a4']);
  });

  test('a cursor is short, and safe in a URL', async () => {
    const cursor = await nextCursor(two);
    expect(cursor).toMatch(/^[A-Za-z0-9_-]{1,100}$/);
  });

  test('no cursor after the last page, even when it is full', async () => {
    const { nextCursor: none } = await at().database.list(books, { ...byShelf, limit: 5 });
    expect(none).toBeNull();
  });

  const others: readonly (readonly [string, Partial<Query>])[] = [
    ['another value', { where: { shelf: 'b' } }],
    ['more values', { where: { shelf: ['a', 'b'] } }],
    ['another index', { index: 'byRank', where: {} }],
    ['another order', { order: 'descending' }],
    ['fewer values', { where: {} }],
  ];
  test.each(others)('request.invalid: the cursor of a query with %s', async (_, other) => {
    const cursor = await nextCursor(two);
    const asked = at().database.list(books, { ...two, ...other, cursor });
    await expect(asked).rejects.toMatchObject({ code: 'request.invalid' });
  });

  test('request.invalid: a cursor that was made up or changed', async () => {
    const cursor = await nextCursor(two);
    const made = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const forged = [
      '',
      '0',
      'x'.repeat(100),
      made([1, 'a']),
      `${cursor}A`,
      cursor.slice(0, -1),
      cursor.slice(1),
    ];
    forged.push(
      cursor.slice(0, 12) + made([2, 'a4']),
      cursor.slice(0, 12) + made([{ $gt: 0 }, 'a4']),
      '课',
      '../..',
    );
    for (const each of forged) {
      const asked = at().database.list(books, { ...two, cursor: each });
      await expect(asked.catch((error: unknown) => codeOf(error))).resolves.toBe('request.invalid');
    }
    for (const each of [7, {}, ['x'], true, undefined]) {
      const asked = at().database.list(books, { ...two, cursor: each as never });
      await expect(asked).rejects.toMatchObject({ code: 'request.invalid' });
    }
  });
}

/** A query that matches no declared index, or has a value that is no scalar, is a bug and is refused at once. */
export function queriesSuite(at: () => Opened): void {
  const misfits: readonly (readonly [string, object])[] = [
    ['an index that was not declared', { index: 'byNothing' }],
    ['an index named constructor', { index: 'constructor' }],
    ['an index named __proto__', { index: '__proto__' }],
    ['a field outside the index', { where: { title: 'x' } }],
    ['a field after one that is left out', { where: { rank: 1 } }],
    ['one field too many', { where: { shelf: 'a', rank: 1, title: 'x' } }],
    ['a range on a later field', { where: {}, range: { field: 'rank', from: 1 } }],
    ['a range on a compared field', { range: { field: 'shelf', from: 'a' } }],
    ['a range on the id before other fields', { range: { field: 'id', from: 'a' } }],
    ['a range on no field', { where: { shelf: 'a', rank: 1 }, range: { field: 'rank', from: 1 } }],
    ['a range without bounds', { range: { field: 'rank' } }],
    ['a range from null', { range: { field: 'rank', from: null } }],
    ['a range of booleans', { range: { field: 'rank', from: true } }],
    ['a range of two types', { range: { field: 'rank', from: 1, below: 'x' } }],
    ['a range to infinity', { range: { field: 'rank', below: Number.POSITIVE_INFINITY } }],
    ['no order', { order: 'sideways' }],
    ['no value', { where: { shelf: [] } }],
    ['51 values', { where: { shelf: Array.from({ length: 51 }, (_, i) => `${i}`) } }],
    ...[0, 1001, 1.5, -1, Number.NaN, '10', null].map((limit) => [`a limit of ${limit}`, { limit }] as const),
    ...[{ $ne: null }, { $gt: '' }, [['a']], [{ $ne: 1 }], undefined, Number.NaN, 1n, '\ud800'].map(
      (shelf) => [`a comparison with ${typeof shelf} ${String(shelf)}`, { where: { shelf } }] as const,
    ),
    ['a bound that is an object', { range: { field: 'rank', from: { $gt: 1 } } }],
  ];
  test.each(misfits)('%s is refused', async (_, misfit) => {
    await put(at().database, books, book('x'));
    const asked = at().database.list(books, { ...byShelf, ...misfit });
    await expect(asked).rejects.toThrow('query of books');
    await expect(asked.catch(codeOf)).resolves.toBeNull();
  });

  test('50 values and 1000 documents are not too many', async () => {
    const shelf = Array.from({ length: 50 }, (_, i) => `${i}`);
    await expect(idsOf(at().database, { ...byShelf, where: { shelf }, limit: 1000 })).resolves.toEqual([]);
  });
}

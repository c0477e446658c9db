import {
  DOCUMENT_BYTES_MAX,
  ID_BYTES_MAX,
  INDEXED_TEXT_BYTES_MAX,
  WRITTEN_BYTES_MAX,
} from '../../../shared/ports/database.ts';
import { accounts, books, marks, papers, put } from '../../support/collections.ts';
import type { Opened } from './conformance.ts';

/** What is stored is a copy of what was given: later changes of the caller's object do not reach it. */
export function documentsSuite(at: () => Opened): void {
  test('what is not there is null', async () => {
    expect(await at().database.find(accounts, 'nobody')).toBeNull();
  });

  test('a document comes back as it was given: nested, null, Chinese, emoji, NUL, half a surrogate pair', async () => {
    const content = {
      nothing: null,
      deep: [[{ of: [1, -0.5, 1e21, true] }]],
      text: '知课 👩‍🏫 \u0000 \ud800 "quoted" \\ \u2028',
      empty: {},
    };
    await put(at().database, papers, { id: 'p', content });
    expect(await at().database.find(papers, 'p')).toEqual({ id: 'p', content });
  });

  test('an integer keeps every digit up to the largest safe one', async () => {
    await put(at().database, accounts, { id: 'a', balance: Number.MAX_SAFE_INTEGER });
    expect((await at().database.find(accounts, 'a'))?.balance).toBe(Number.MAX_SAFE_INTEGER);
  });

  test('a document of a megabyte is kept whole', async () => {
    const content = '课'.repeat(350_000);
    await put(at().database, papers, { id: 'p', content });
    expect((await at().database.find(papers, 'p'))?.content).toBe(content);
  });

  test('changing what was found changes nothing for the next reader', async () => {
    const { database } = at();
    await put(database, papers, { id: 'p', content: { list: [1] } });
    const found = await database.find(papers, 'p');
    Object.assign(found?.content ?? {}, { list: [2] });
    expect(await database.find(papers, 'p')).toEqual({ id: 'p', content: { list: [1] } });
    await database.tx(async (tx) => {
      const [first, second] = [await tx.find(papers, 'p'), await tx.find(papers, 'p')];
      Object.assign(first?.content ?? {}, { list: [3] });
      expect(second?.content).toEqual({ list: [1] });
      expect((await tx.peek(papers, 'p'))?.content).toEqual({ list: [1] });
    });
    expect((await database.find(papers, 'p'))?.content).toEqual({ list: [1] });
  });

  test('changing what was given to insert, afterwards, changes nothing that is stored', async () => {
    const content = { list: [1] };
    await at().database.tx(async (tx) => {
      if ((await tx.find(papers, 'p')) !== null) return;
      content.list = [1];
      await tx.insert(papers, { id: 'p', content });
      content.list = [2];
    });
    expect((await at().database.find(papers, 'p'))?.content).toEqual({ list: [1] });
  });

  test('keys that the schema does not name are not stored', async () => {
    const given = { id: 'a', balance: 1, secret: 'x' };
    await put(at().database, accounts, given);
    expect(await at().database.find(accounts, 'a')).toEqual({ id: 'a', balance: 1 });
  });

  test('a key named __proto__ changes no prototype', async () => {
    const given = { id: 'p', content: JSON.parse('{"__proto__":{"isAdmin":true}}') };
    await put(at().database, papers, given);
    const found = await at().database.find(papers, 'p');
    expect(Reflect.get(Object(found?.content), 'isAdmin')).toBeUndefined();
    expect(Reflect.get({}, 'isAdmin')).toBeUndefined();
  });
}

/** Ids are compared exactly, and may be any well-formed text. */
export function idsSuite(at: () => Opened): void {
  test('ids that look alike are different documents', async () => {
    const ids = [
      'a',
      'A',
      'a ',
      ' a',
      'a\u0000',
      'a\u0000b',
      "a'b",
      'a"b',
      'a%',
      'a_',
      '../a',
      'á',
      'a\u0301',
    ];
    ids.push('1', '1.0', '__proto__', 'constructor', '课', '👩‍🏫', 'x'.repeat(500));
    await put(at().database, accounts, ...ids.map((id, balance) => ({ id, balance })));
    for (const [balance, id] of ids.entries()) {
      expect(await at().database.find(accounts, id)).toEqual({ id, balance });
    }
    expect(await at().database.find(accounts, 'a\u0000bc')).toBeNull();
    expect(await at().database.find(accounts, 'toString')).toBeNull();
  });

  test('the same id in two collections is two documents', async () => {
    await put(at().database, accounts, { id: 'a', balance: 1 });
    expect(await at().database.find(marks, 'a')).toBeNull();
  });

  test('half a surrogate pair is nobody’s id: it finds nothing and cannot be stored', async () => {
    await put(at().database, accounts, { id: 'a\ufffd', balance: 1 });
    expect(await at().database.find(accounts, 'a\ud800')).toBeNull();
    expect(await at().database.findMany(accounts, ['a\ud800'])).toEqual([]);
    await expect(put(at().database, accounts, { id: 'a\ud800', balance: 1 })).rejects.toThrow('broken id');
  });

  test('an empty id cannot be stored', async () => {
    await expect(put(at().database, accounts, { id: '', balance: 1 })).rejects.toThrow('broken id');
  });

  test.each([[{ $ne: null }], [['a']], [null], [true], [7]])(
    '%j is no id: a bug, told at once',
    async (id) => {
      await put(at().database, accounts, { id: 'a', balance: 1 }, { id: '7', balance: 7 });
      const forged = id as never;
      await expect(at().database.find(accounts, forged)).rejects.toThrow('an id');
      await expect(at().database.findMany(accounts, [forged])).rejects.toThrow('an id');
      await expect(at().database.tx((tx) => tx.find(accounts, forged))).rejects.toThrow('an id');
    },
  );

  test('findMany answers in the order asked, leaves out what is missing, and answers each once', async () => {
    await put(at().database, accounts, ...['a', 'b', 'c\u0000'].map((id, balance) => ({ id, balance })));
    const found = await at().database.findMany(accounts, ['c\u0000', 'nobody', 'a', 'c\u0000', 'b']);
    expect(found.map(({ id }) => id)).toEqual(['c\u0000', 'a', 'b']);
    expect(await at().database.findMany(accounts, [])).toEqual([]);
  });

  test('findMany takes a hundred ids and not one more', async () => {
    const ids = Array.from({ length: 101 }, (_, i) => `a${i}`);
    await put(at().database, accounts, ...ids.slice(0, 50).map((id, balance) => ({ id, balance })));
    expect(await at().database.findMany(accounts, ids.slice(0, 100))).toHaveLength(50);
    await expect(at().database.findMany(accounts, ids)).rejects.toThrow('at most 100');
  });
}

/** A text of exactly so many bytes, of characters with three. */
function ofBytes(bytes: number): string {
  return '课'.repeat(Math.floor(bytes / 3)) + 'x'.repeat(bytes % 3);
}

/** What is as large as may be is kept whole. One byte more is refused as a bug, and nothing of it is stored. */
export function limitsSuite(at: () => Opened): void {
  test('an id of 700 bytes is kept and found, and one of 701 is refused', async () => {
    const { database } = at();
    const id = ofBytes(ID_BYTES_MAX);
    const [longer, other] = [`${id}x`, `${id.slice(0, -1)}y`];
    await put(database, accounts, { id, balance: 1 }, { id: other, balance: 2 });
    expect(await database.find(accounts, id)).toEqual({ id, balance: 1 });
    expect(await database.find(accounts, longer)).toBeNull();
    expect((await database.findMany(accounts, [longer, other])).map(({ balance }) => balance)).toEqual([2]);
    const refused = put(database, accounts, { id: longer, balance: 1 });
    await expect(refused).rejects.toThrow('broken id for accounts: it is longer than 700 bytes');
    expect(await database.find(accounts, longer)).toBeNull();
  });

  test('an indexed text of 470 bytes is listed, and one of 471 is refused', async () => {
    const { database } = at();
    const title = ofBytes(INDEXED_TEXT_BYTES_MAX);
    const book = { id: 'b', shelf: title, rank: 1, title, isOpen: true };
    await put(database, books, book);
    const query = { index: 'byTitle', order: 'ascending', limit: 9, cursor: null } as const;
    const listed = async (asked: string) =>
      (await database.list(books, { ...query, where: { title: asked } })).items;
    expect(await listed(title)).toEqual([book]);
    expect(await listed(`${title}x`)).toEqual([]);
    const refused = put(database, books, { ...book, id: 'c', title: `${title}x` });
    await expect(refused).rejects.toThrow('books.title is indexed and must not be longer than 470 bytes');
    expect(await database.find(books, 'c')).toBeNull();
  });

  test('a document of 4,000,000 bytes is kept whole, whatever its characters, and one more is refused', async () => {
    const { database } = at();
    const empty = JSON.stringify({ id: 'p', content: '' }).length;
    const content = ofBytes(DOCUMENT_BYTES_MAX - empty);
    await put(database, papers, { id: 'p', content });
    expect((await database.find(papers, 'p'))?.content === content).toBe(true);
    const refused = put(database, papers, { id: 'p', content: `${content}x` });
    await expect(refused).rejects.toThrow('papers/p has 4000001 bytes, and 4000000 are the most');
    // As JSON each of these is escaped, and an engine may have to escape it once more.
    const escaped = '\\'.repeat((DOCUMENT_BYTES_MAX - empty) / 2);
    await put(database, papers, { id: 'p', content: escaped });
    expect((await database.find(papers, 'p'))?.content === escaped).toBe(true);
  });

  test('a transaction writes 8,000,000 bytes, and not one more', async () => {
    const { database } = at();
    const empty = JSON.stringify({ id: 'a', content: '' }).length;
    const content = 'x'.repeat(WRITTEN_BYTES_MAX / 2 - empty);
    await put(database, papers, { id: 'a', content }, { id: 'b', content: content.slice(1) });
    expect(await database.findMany(papers, ['a', 'b'])).toHaveLength(2);
    const refused = put(
      database,
      papers,
      { id: 'c', content },
      { id: 'd', content },
      { id: 'e', content: '' },
    );
    await expect(refused).rejects.toThrow('a transaction writes 8000023 bytes, and 8000000 are the most');
    expect(await database.findMany(papers, ['c', 'd', 'e'])).toEqual([]);
  });
}

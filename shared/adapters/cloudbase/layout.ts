/**
 * Brings an environment to the declared layout, while builds with another layout may write to it.
 *
 * Collections are made where the documents are asked for, and indexes by the cloud's API. Everything is only added,
 * until no older build runs. CloudBase does not say who else uses the database, so a layout is ready when its
 * collection is new, or when somebody has said that the older build has stopped.
 */
import type { Collection, Migrated } from '../../ports/database.ts';
import { unread } from '../engine/metered.ts';
import { scalarOf } from '../engine/query.ts';
import { decoded, type Row } from '../engine/row.ts';
import type { Asking } from './asking.ts';
import type { Client } from './client.ts';
import { meaningOf } from './failures.ts';
import { column, type Table, where } from './table.ts';

const REFILL_ROWS = 100;
/** How many collections or documents are asked for at a time. */
const AT_A_TIME = 8;
/** The collection that stores the ready layout of each. */
const LEDGER = 'zhikeLayouts';
const COLLECTIONS_MAX = 1_000;

/** How the layout asks. */
export interface LaidOut {
  readonly client: Client;
  readonly asking: Asking;
}

/** Creates what is missing, and fills the rows of those layouts that are not ready. */
export async function layOut(tables: readonly Table[], given: LaidOut): Promise<void> {
  for (const table of await addMissing(tables, given)) await refillAll(table, given);
}

/**
 * Fills the rows that builds of another layout have written, whatever the ledger says. When no older build runs any
 * more, the layouts become ready, and undeclared indexes are dropped.
 */
export async function migrateCloudbase(
  tables: readonly Table[],
  { isOldGone, ...given }: LaidOut & { readonly isOldGone: boolean },
): Promise<readonly Migrated[]> {
  const unready = new Set(await addMissing(tables, given));
  return inTurns(tables, async (table) => {
    const refilled = await refillAll(table, given);
    const isReady = !unready.has(table) || (isOldGone && (await makeReady(table, given)));
    return { collection: table.collection.name, refilled, isReady };
  });
}

/** The collections that some build has laid out, that hold documents, and that are not among the `declared`. */
export async function undeclaredIn(declared: readonly string[], given: LaidOut): Promise<readonly string[]> {
  const others = [...(await marks(given)).keys()].filter((name) => !declared.includes(name));
  const isFilled = await inTurns(others, (name) => given.asking.repeat(() => holdsAny(given, name)));
  return others.filter((_, place) => isFilled[place]);
}

/** Asks about each, a few at a time. */
async function inTurns<T, R>(all: readonly T[], ask: (each: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (let from = 0; from < all.length; from += AT_A_TIME) {
    results.push(...(await Promise.all(all.slice(from, from + AT_A_TIME).map(ask))));
  }
  return results;
}

/** The declared indexes by their names. The id is at the end of each, because lists are sorted by it. */
function indexesOf({ indexes }: Collection): ReadonlyMap<string, readonly string[]> {
  return new Map(
    Object.values(indexes).map(({ fields }) => [`by_${fields.join('_')}`, [...fields.map(column), '_id']]),
  );
}

/** The ledger's mark of a ready layout. */
function readyMark(table: Table): string {
  return JSON.stringify([table.layout, [...indexesOf(table.collection).keys()]]);
}

/** The ledger's mark of a layout that is being filled. Only the build that began last can complete it. */
function fillingMark(table: Table): string {
  return `filling ${readyMark(table)}`;
}

async function holdsAny({ client }: LaidOut, name: string): Promise<boolean> {
  const db = await client.db();
  const { data } = await where(db.collection(name), {}).field({ v: true }).limit(1).get();
  return data.length > 0;
}

/** Makes a collection. Answers whether it was not there before. */
async function create(given: LaidOut, name: string): Promise<boolean> {
  try {
    const db = await given.client.db();
    await db.createCollection(name);
    return true;
  } catch (error) {
    // What it answers for one that is there is not told everywhere alike. Asking for a document in it is.
    if (meaningOf(error) !== 'broken') throw error;
    await holdsAny(given, name).catch(() => Promise.reject(error));
    return false;
  }
}

async function marks({ client, asking }: LaidOut): Promise<ReadonlyMap<string, string>> {
  const found = await asking.repeat(async () => {
    try {
      const db = await client.db();
      return (await where(db.collection(LEDGER), {}).limit(COLLECTIONS_MAX).get()).data;
    } catch (error) {
      if (meaningOf(error) === 'missing') return [];
      throw error;
    }
  });
  return new Map(found.map(({ _id, mark }) => [String(_id), String(mark)]));
}

/** The indexes that are there, by their names. */
async function present({ client }: LaidOut, table: Table): Promise<ReadonlySet<string>> {
  const { Indexes } = await client.manage('DescribeTable', { TableName: table.name });
  const names = (Array.isArray(Indexes) ? Indexes : []).map(({ Name }) => String(Name));
  return new Set(names.filter((name) => name.startsWith('by_')));
}

/** Makes the declared indexes that are missing. */
async function addIndexes(given: LaidOut, table: Table, isNew: boolean): Promise<void> {
  const declared = [...indexesOf(table.collection)];
  if (declared.length === 0) return;
  const there = isNew ? new Set() : await present(given, table);
  const CreateIndexes = declared
    .filter(([name]) => !there.has(name))
    .map(([IndexName, fields]) => ({
      IndexName,
      MgoKeySchema: {
        MgoIndexKeys: fields.map((Name) => ({ Name, Direction: '1' })),
        MgoIsUnique: false,
      },
    }));
  if (CreateIndexes.length > 0)
    await given.client.manage('UpdateTable', { TableName: table.name, CreateIndexes });
}

/** Creates what is missing. Answers the tables whose rows have to be filled: they are not new, and not ready. */
async function addMissing(tables: readonly Table[], given: LaidOut): Promise<readonly Table[]> {
  const { client, asking } = given;
  const before = await marks(given);
  const changed = tables.filter((table) => before.get(table.name) !== readyMark(table));
  if (changed.length === 0) return [];
  if (before.size === 0) await asking.repeat(() => create(given, LEDGER));
  const areNew = await inTurns(changed, async (table) => {
    const isNew = await asking.repeat(() => create(given, table.name));
    await asking.repeat(() => addIndexes(given, table, isNew), ` while ${table.name} gets its indexes`);
    await asking.repeat(async () => {
      const db = await client.db();
      const mark = isNew ? readyMark(table) : fillingMark(table);
      await db.collection(LEDGER).doc(table.name).set({ mark });
    });
    return isNew;
  });
  return changed.filter((_, place) => !areNew[place]);
}

/** Fills the rows of other layouts, a page at a time. Answers how many there were. */
async function refillAll(table: Table, given: LaidOut): Promise<number> {
  let refilled = 0;
  let last = '';
  for (;;) {
    const rows = await given.asking.page(table, table.othersAfter(last, REFILL_ROWS), unread());
    const docs = rows.map((row) => ({ row, doc: decoded(table.collection, row) }));
    const isFilled = await inTurns(docs, ({ row, doc }) => refill(table, given, row, doc));
    refilled += isFilled.filter(Boolean).length;
    // A row that somebody has changed meanwhile is looked at again.
    const firstMissed = isFilled.indexOf(false);
    if (firstMissed === -1 && rows.length < REFILL_ROWS) return refilled;
    last = (firstMissed === -1 ? docs.at(-1) : docs[firstMissed - 1])?.doc.id ?? last;
  }
}

/** Fills the indexed fields of a row, unless it has changed. The document stays the same version. */
function refill(
  table: Table,
  { client, asking }: LaidOut,
  row: Row,
  doc: { readonly id: string },
): Promise<boolean> {
  const values = table.fields.map((field) => scalarOf(table.collection, doc, field));
  return asking.repeat(async () => {
    const db = await client.db();
    const { updated } = await where(
      db.collection(table.name),
      table.version(doc.id, row.version),
    ).updateAndReturn({ layout: table.layout, ...table.indexed(values) });
    return updated === 1;
  });
}

/**
 * Marks the layout as ready, and drops undeclared indexes. Returns false, and does nothing, when a build of another
 * layout has begun to fill since.
 */
async function makeReady(table: Table, given: LaidOut): Promise<boolean> {
  const { client, asking } = given;
  if ((await marks(given)).get(table.name) !== fillingMark(table)) return false;
  const declared = indexesOf(table.collection);
  const there = await asking.repeat(() => present(given, table));
  const DropIndexes = [...there].filter((name) => !declared.has(name)).map((IndexName) => ({ IndexName }));
  if (DropIndexes.length > 0)
    await asking.repeat(() => client.manage('UpdateTable', { TableName: table.name, DropIndexes }));
  return asking.repeat(async () => {
    const db = await client.db();
    const condition = { _id: { $eq: table.name }, mark: { $eq: fillingMark(table) } };
    const { updated } = await where(db.collection(LEDGER), condition).updateAndReturn({
      mark: readyMark(table),
    });
    return updated === 1;
  });
}

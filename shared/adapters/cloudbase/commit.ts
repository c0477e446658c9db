/**
 * The end of a transaction: what it relied on is checked, and what it writes is written, in a transaction of CloudBase.
 *
 * That has snapshot isolation only: two transactions conflict when they write the same document, and not when one reads
 * what the other writes. So everything that was relied on is written, too.
 *
 * Nothing is changed by `where().update()` or `where().remove()`, which the SDK sends without the transaction. All that
 * is sent goes to one document: `add`, `doc().remove()`, and `where().updateAndReturn()` of an id in one version.
 */
import type { AppError } from '../../errors.ts';
import type { Meter } from '../../ports/database.ts';
import type { End } from '../engine/remote.ts';
import type { Client } from './client.ts';
import { CloudbaseError, meaningOf, unavailable } from './failures.ts';
import { type Table, type Touched, where } from './table.ts';

/** How often a transaction without an answer is ended before nobody knows. */
const ENDS_MAX = 3;

type Db = Awaited<ReturnType<Client['db']>>;
type Transaction = Awaited<ReturnType<Db['startTransaction']>>;

/** What another transaction was first with, found by a look and not by an error of the database. */
class Changed extends CloudbaseError {
  constructor() {
    super('DATABASE_TRANSACTION_CONFLICT', 'a document has changed since it was read');
  }
}

/** Changes a document in the version that was read, or throws. */
async function change(transaction: Transaction, { table, id, seen }: Touched, data: object): Promise<void> {
  const condition = table.version(id, seen.row?.version ?? 0);
  const { updated } = await where(transaction.collection(table.name), condition).updateAndReturn(data);
  if (updated !== 1) throw new Changed();
}

/** Inserts and removes a row, so that nobody who inserts it meanwhile can commit, too. A removal does the same. */
async function occupy(transaction: Transaction, { table, id }: Touched): Promise<void> {
  const collection = transaction.collection(table.name);
  await collection.add({ _id: id, v: 0, schemaVersion: 0, layout: 0, body: '' });
  await collection.doc(id).remove();
}

/** The part that concerns one document. */
async function send(transaction: Transaction, touched: Touched, firstVersion: () => number): Promise<void> {
  const { table, id, seen, write } = touched;
  const collection = transaction.collection(table.name);
  if (seen.row === null) {
    if (write) await collection.add({ _id: id, v: firstVersion(), ...table.content(write) });
    else await occupy(transaction, touched);
    return;
  }
  if (write) {
    await change(transaction, touched, { v: seen.row.version + 1, ...table.content(write) });
    return;
  }
  // A write that changes nothing would conflict with nobody. The version stays: for readers, nothing has changed.
  await change(transaction, touched, { $inc: { relied: 1 } });
  if (write === null) await collection.doc(id).remove();
}

/** Ends a transaction in which something has failed, unless that was the answer to its commit. */
async function undo(transaction: Transaction, error: unknown): Promise<End> {
  await transaction.rollback().catch(() => undefined);
  const meaning = meaningOf(error);
  if (meaning === 'conflict' || meaning === 'taken') return meaning;
  if (meaning === 'broken' || meaning === 'missing') throw unavailable(error);
  return unavailable(error);
}

/** Ends a transaction whose commit got no answer. False when nobody knows whether it has ended. */
async function isEnded(transaction: Transaction): Promise<boolean> {
  for (let asked = 0; asked < ENDS_MAX; asked += 1) {
    try {
      await transaction.rollback();
      return true;
    } catch (error) {
      // Any other answer says that there is no such transaction any more.
      const meaning = meaningOf(error);
      if (meaning !== 'lost' && meaning !== 'noRoom') return true;
    }
  }
  return false;
}

async function begin(client: Client, meter: Meter): Promise<Transaction | AppError> {
  try {
    const db = await client.db(meter);
    return await db.startTransaction();
  } catch (error) {
    const meaning = meaningOf(error);
    if (meaning === 'broken') throw unavailable(error);
    return unavailable(error);
  }
}

function isBegun(transaction: Transaction | AppError): transaction is Transaction {
  return 'commit' in transaction;
}

function inOrder(touched: readonly Touched[]): readonly Touched[] {
  const compared = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return [...touched].sort((a, b) => compared(a.table.name, b.table.name) || compared(a.id, b.id));
}

/**
 * Checks and writes, in an order that all transactions keep.
 * @throws database.unavailable when it would fail again
 */
export async function commit(
  client: Client,
  touched: readonly Touched[],
  { firstVersion, meter }: { readonly firstVersion: () => number; readonly meter: Meter },
): Promise<End> {
  const transaction = await begin(client, meter);
  if (!isBegun(transaction)) return transaction;
  try {
    for (const each of inOrder(touched)) await send(transaction, each, firstVersion);
  } catch (error) {
    return undo(transaction, error);
  }
  try {
    await transaction.commit();
    return 'done';
  } catch (error) {
    // Where no answer came it may be committed, or be on its way. Once it is ended, what the next run reads is final.
    const isUnknown = meaningOf(error) === 'lost' || meaningOf(error) === 'noRoom';
    if (isUnknown && !(await isEnded(transaction))) throw unavailable(error);
    return undo(transaction, error);
  }
}

/** Whether everything that a work without writes relied on was there at one moment: that of a transaction. */
export async function verify(client: Client, touched: readonly Touched[], meter: Meter): Promise<End> {
  const [only] = touched;
  if (only === undefined || (touched.length === 1 && !only.seen.isAssumed)) return 'done';
  const transaction = await begin(client, meter);
  if (!isBegun(transaction)) return transaction;
  const tables = new Map<Table, string[]>();
  for (const { table, id } of inOrder(touched)) tables.set(table, [...(tables.get(table) ?? []), id]);
  const versions = new Map<string, unknown>();
  try {
    for (const [table, ids] of tables) {
      const query = where(transaction.collection(table.name), { _id: { $in: ids } });
      const { data } = await query.field({ v: true }).limit(ids.length).get();
      for (const { _id, v } of data) versions.set(`${table.name}/${_id}`, v);
    }
  } catch (error) {
    return undo(transaction, error);
  }
  await transaction.rollback().catch(() => undefined);
  const changed = touched.filter(
    ({ key, seen }) => (versions.get(key) ?? null) !== (seen.row?.version ?? null),
  );
  if (changed.length === 0) return 'done';
  return changed.some(({ seen }) => seen.isAssumed) ? 'taken' : 'conflict';
}

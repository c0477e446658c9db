/** The audit log: what staff did. Only ever appended to, and chained by hashes for each actor. */
import { createHash } from 'node:crypto';
import type { Page, Query, Reader, Tx } from '../../ports/database.ts';
import type { TimeMs } from '../../schemas/base.ts';
import { type Actor, AuditEntry, AuditHead, CHAIN_START } from '../../schemas/operations/audit.ts';
import { all, defineCollection, store } from '../collection.ts';

/** From the entries that were written before there were chains: they stand outside, with `seq` 0. */
function fromUnchained({ details, ...rest }: Record<string, unknown>): unknown {
  const chain = { seq: 0, prevHash: CHAIN_START, hash: CHAIN_START };
  return { ...rest, ...chain, before: null, after: details, requestId: 'unknown' };
}

/** The entries. Staff read them by time, by who did it, and by what it was done to; the verifier by chain. */
export const collection = defineCollection({
  name: 'audit',
  schema: AuditEntry,
  version: 2,
  indexes: {
    byTime: { fields: ['atMs'] },
    byActor: { fields: ['actorId', 'atMs'] },
    byTarget: { fields: ['target', 'atMs'] },
    chain: { fields: ['actorId', 'seq'] },
  },
  upgrade: fromUnchained,
});

/** The ends of the chains. One for each actor, so that only what the same hand does at the same moment has to wait. */
export const heads = defineCollection({
  name: 'auditHeads',
  schema: AuditHead,
  version: 1,
  indexes: { byTime: { fields: ['updatedAtMs'] } },
});

/** What happened, in the caller's words. */
export interface AuditRecord {
  /** Made from the cause (`coupon.publish:<id>`), or made before the transaction: a rerun has to come with the same one. */
  readonly id: string;
  readonly actorId: Actor;
  readonly action: string;
  readonly target: string;
  readonly reason: string | null;
  /** Whole documents may be given: of what is on both sides only the fields that differ are kept. */
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
  readonly now: TimeMs;
  readonly requestId: string;
}

/** JSON with the fields of each object in order of their names: an engine may give them back in another one. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join(',')}}`;
}

/** What the hash of an entry has to be: SHA-256, in hex, over all its other fields. */
export function hashOf({ hash: _, ...entry }: AuditEntry): string {
  return createHash('sha256').update(canonical(entry)).digest('hex');
}

type Facts = Readonly<Record<string, unknown>>;

/** As JSON: what is undefined is not there. */
const asStored = (facts: Facts | null): Facts | null =>
  facts === null ? null : JSON.parse(JSON.stringify(facts));

/** Of two documents, on each side what the other has not. */
function difference(
  before: Facts,
  after: Facts,
): readonly [Record<string, unknown>, Record<string, unknown>] {
  const only = (one: Facts, other: Facts) =>
    Object.fromEntries(
      Object.entries(one).filter(
        ([name, value]) => !Object.hasOwn(other, name) || canonical(value) !== canonical(other[name]),
      ),
    );
  return [only(before, after), only(after, before)];
}

/**
 * Writes down what a member of staff did, in the transaction that did it: it is written when that commits, and only
 * then. The same again changes nothing, so it is safe to repeat.
 * @throws Error for an id under which something else was written down: what leaves no entry is not done
 */
export async function append(tx: Pick<Tx, 'find' | 'insert' | 'update'>, record: AuditRecord): Promise<void> {
  const known = await tx.find(collection, record.id);
  if (known !== null) {
    const isSame = (['actorId', 'action', 'target'] as const).every((name) => known[name] === record[name]);
    if (!isSame) throw new Error(`the audit entry ${record.id} is about something else`);
    return;
  }
  const { now, ...rest } = record;
  const head = await tx.find(heads, record.actorId);
  let before = asStored(record.before);
  let after = asStored(record.after);
  if (before !== null && after !== null) [before, after] = difference(before, after);
  const seq = (head?.seq ?? 0) + 1;
  const unsigned = { ...rest, before, after, seq, atMs: now, prevHash: head?.hash ?? CHAIN_START, hash: '' };
  const entry = { ...unsigned, hash: hashOf(unsigned) };
  await tx.insert(collection, entry);
  const next = { id: record.actorId, seq, hash: entry.hash, updatedAtMs: now };
  await store(tx, heads, head, next);
}

/** The entry, or null. */
export function find(reader: Pick<Reader, 'find'>, id: string): Promise<AuditEntry | null> {
  return reader.find(collection, id);
}

/** The id of the entry that keeps a draft which was thrown away. Its own id is never used again. */
export function removalId(id: string): string {
  return `draft.remove:${id}`;
}

/** Whether something was thrown away under this id, so that nothing is made under it again by a late retry. */
export async function wasRemoved(reader: Pick<Reader, 'find'>, id: string): Promise<boolean> {
  return (await reader.find(collection, removalId(id))) !== null;
}

/** What staff look for: at most one of who did it and what it was done to. */
export interface AuditFilter {
  readonly actorId?: Actor | undefined;
  readonly target?: string | undefined;
  readonly fromAtMs?: TimeMs | undefined;
  /** Exclusive. */
  readonly untilAtMs?: TimeMs | undefined;
}

function queryOf({ actorId, target }: AuditFilter): Pick<Query, 'index' | 'where'> {
  if (actorId !== undefined) return { index: 'byActor', where: { actorId } };
  return target === undefined ? { index: 'byTime', where: {} } : { index: 'byTarget', where: { target } };
}

/** One page of the log, newest first. @throws request.invalid for a cursor that is not ours */
export function list(
  reader: Pick<Reader, 'list'>,
  filter: AuditFilter,
  page: { readonly limit: number; readonly cursor: string | null },
): Promise<Page<AuditEntry>> {
  const from = filter.fromAtMs === undefined ? {} : { from: filter.fromAtMs };
  const below = filter.untilAtMs === undefined ? {} : { below: filter.untilAtMs };
  const isBounded = filter.fromAtMs !== undefined || filter.untilAtMs !== undefined;
  const range = isBounded ? { range: { field: 'atMs', ...from, ...below } } : {};
  return reader.list(collection, { ...queryOf(filter), ...range, order: 'descending', ...page });
}

/** Every entry, chain after chain, each in the order it was written. */
export function everyChain(reader: Reader): AsyncGenerator<AuditEntry> {
  return all(reader, collection, { index: 'chain', where: {}, order: 'ascending', limit: 1000 });
}

/** The end of every chain. */
export function everyHead(reader: Reader): AsyncGenerator<AuditHead> {
  return all(reader, heads, { index: 'byTime', where: {}, order: 'ascending', limit: 1000 });
}

/** The audit log: what staff did. It is only appended to, and each actor's entries form a hash chain. */
import { createHash } from 'node:crypto';
import type { Page, Query, Reader, Tx } from '../../ports/database.ts';
import type { TimeMs } from '../../schemas/base.ts';
import { type Actor, AuditEntry, AuditHead, CHAIN_START } from '../../schemas/operations/audit.ts';
import { all, defineCollection, store } from '../collection.ts';

/** Upgrades entries from before hash chains existed. They have `seq` 0 and belong to no chain. */
function fromUnchained({ details, ...rest }: Record<string, unknown>): unknown {
  const chain = { seq: 0, prevHash: CHAIN_START, hash: CHAIN_START };
  return { ...rest, ...chain, before: null, after: details, requestId: 'unknown' };
}

/** The entries. Staff list them by time, by actor and by target; the verifier lists them by chain. */
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

/** The ends of the chains, one for each actor, so that only concurrent actions of the same actor conflict. */
export const heads = defineCollection({
  name: 'auditHeads',
  schema: AuditHead,
  version: 1,
  indexes: { byTime: { fields: ['updatedAtMs'] } },
});

/** An action to record. */
export interface AuditRecord {
  /**
   * Derived from the cause (`coupon.publish:<id>`), or made before the transaction, so that a rerun has the same id.
   */
  readonly id: string;
  readonly actorId: Actor;
  readonly action: string;
  readonly target: string;
  readonly reason: string | null;
  /** Whole documents may be given. When both are given, only the fields that differ are kept. */
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
  readonly now: TimeMs;
  readonly requestId: string;
}

/** JSON with the fields of each object sorted by name, because an engine may return them in another order. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join(',')}}`;
}

/** The correct hash of an entry: SHA-256 in hex over all its other fields. */
export function hashOf({ hash: _, ...entry }: AuditEntry): string {
  return createHash('sha256').update(canonical(entry)).digest('hex');
}

type Facts = Readonly<Record<string, unknown>>;

/** The value as it is stored as JSON, without undefined fields. */
const asStored = (facts: Facts | null): Facts | null =>
  facts === null ? null : JSON.parse(JSON.stringify(facts));

/** For each of two documents, the fields that differ from the other. */
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
 * Records an action of a member of staff. It must run in the transaction that performs the action, so both commit
 * together. Repeating the same record changes nothing.
 * @throws Error when the id belongs to a different action, so that no action goes unrecorded
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

/** The id of the entry that keeps a removed draft. The draft's id is never used again. */
export function removalId(id: string): string {
  return `draft.remove:${id}`;
}

/** Whether a draft with this id was removed, so that a late retry does not create it again. */
export async function wasRemoved(reader: Pick<Reader, 'find'>, id: string): Promise<boolean> {
  return (await reader.find(collection, removalId(id))) !== null;
}

/** What staff look for: at most one of actor and target, and a period. */
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

/** All entries, chain by chain, each in the order in which it was written. */
export function everyChain(reader: Reader): AsyncGenerator<AuditEntry> {
  return all(reader, collection, { index: 'chain', where: {}, order: 'ascending', limit: 1000 });
}

/** The ends of all chains. */
export function everyHead(reader: Reader): AsyncGenerator<AuditHead> {
  return all(reader, heads, { index: 'byTime', where: {}, order: 'ascending', limit: 1000 });
}

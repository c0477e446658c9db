/** The collections of reconciliations: the result of each rail's day, and the differences found. */
import type { Page, Reader, Tx } from '../../ports/database.ts';
import type { TimeMs } from '../../schemas/base.ts';
import type { Day } from '../../schemas/books/journal.ts';
import {
  type BillRail,
  type Difference,
  Reconciliation,
  StoredDifference,
} from '../../schemas/books/reconciliation.ts';
import { all, defineCollection, store } from '../collection.ts';

/** Stored results, one for each rail and day. */
export const collection = defineCollection({
  name: 'reconciliations',
  schema: Reconciliation,
  version: 1,
  indexes: { byDay: { fields: ['day', 'rail'] } },
});

/** Stored differences. `ofDay` lists those of one result. */
export const differences = defineCollection({
  name: 'reconDifferences',
  schema: StoredDifference,
  version: 1,
  indexes: { ofDay: { fields: ['reconciliationId', 'foundAtMs'] } },
});

/** The result; null when that day was not reconciled yet. */
export function find(reader: Pick<Reader, 'find'>, id: string): Promise<Reconciliation | null> {
  return reader.find(collection, id);
}

/** Stores `after` in place of `before` (null when new). Does nothing when it is the same object. */
export function save(tx: Tx, before: Reconciliation | null, after: Reconciliation): Promise<void> {
  return store(tx, collection, before, after);
}

/** One page of results, newest day first. @throws request.invalid for a cursor of another query */
export function list(
  reader: Pick<Reader, 'list'>,
  page: { readonly limit: number; readonly cursor: string | null },
): Promise<Page<Reconciliation>> {
  return reader.list(collection, { index: 'byDay', where: {}, order: 'descending', ...page });
}

/** One page of a day's differences, oldest first. @throws request.invalid for a cursor of another query */
export function differencesOf(
  reader: Pick<Reader, 'list'>,
  reconciliationId: string,
  page: { readonly limit: number; readonly cursor: string | null },
): Promise<Page<StoredDifference>> {
  return reader.list(differences, {
    index: 'ofDay',
    where: { reconciliationId },
    order: 'ascending',
    ...page,
  });
}

/** All differences of a day. */
export function allDifferencesOf(reader: Reader, reconciliationId: string): AsyncGenerator<StoredDifference> {
  return all(reader, differences, {
    index: 'ofDay',
    where: { reconciliationId },
    order: 'ascending',
    limit: 200,
  });
}

/**
 * Stores a difference. One that is open stays as it is; one that was healed is opened again when it is found again.
 * Returns whether it has just become open.
 */
export async function record(
  tx: Tx,
  found: {
    readonly id: string;
    readonly rail: BillRail;
    readonly day: Day;
    readonly difference: Difference;
    readonly isHealed: boolean;
    readonly now: TimeMs;
  },
): Promise<boolean> {
  const { id, rail, day, difference, isHealed, now } = found;
  const before = await tx.find(differences, id);
  if (before !== null) {
    if (isHealed || before.state === 'open') return false;
    await tx.update(differences, { ...before, state: 'open', healedAtMs: null });
    return true;
  }
  await tx.insert(differences, {
    ...difference,
    id,
    reconciliationId: `${rail}:${day}`,
    state: isHealed ? 'healed' : 'open',
    foundAtMs: now,
    healedAtMs: isHealed ? now : null,
  });
  return !isHealed;
}

/** Marks a difference as healed if it is open. */
export async function heal(tx: Tx, id: string, now: TimeMs): Promise<void> {
  const before = await tx.find(differences, id);
  if (before?.state === 'open') await tx.update(differences, { ...before, state: 'healed', healedAtMs: now });
}

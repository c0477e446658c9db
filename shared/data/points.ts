/** Points: the accounts, and the ledger whose lines they add up. */
import type { Page, Reader, Tx } from '../ports.ts';
import type { UserId } from '../schemas/base.ts';
import { PointsAccount, PointsEntry } from '../schemas/points.ts';
import { defineCollection } from './collection.ts';

/** Accounts, under their users' ids. */
export const accounts = defineCollection({
  name: 'pointsAccounts',
  schema: PointsAccount,
  version: 1,
  indexes: {},
});

/** The ledger, under ids made from causes. */
export const entries = defineCollection({
  name: 'pointsEntries',
  schema: PointsEntry,
  version: 1,
  indexes: { ofUser: { fields: ['userId', 'line'] } },
});

/** The user's account, or null for who has never had points. */
export function findAccount(reader: Pick<Reader, 'find'>, userId: UserId): Promise<PointsAccount | null> {
  return reader.find(accounts, userId);
}

/** The line of the ledger that this cause has written, or null. */
export function findEntry(reader: Pick<Reader, 'find'>, id: string): Promise<PointsEntry | null> {
  return reader.find(entries, id);
}

/**
 * Adds a line to the ledger, and to the account that was `before`, in one transaction. A cause that has been written
 * before throws DuplicateId: the guard of the cause should have stopped it.
 */
export async function append(
  tx: Pick<Tx, 'insert' | 'update'>,
  before: PointsAccount | null,
  after: { readonly account: PointsAccount; readonly entry: PointsEntry },
): Promise<void> {
  await tx.insert(entries, after.entry);
  if (before === null) await tx.insert(accounts, after.account);
  else await tx.update(accounts, after.account);
}

/** One page of a user's ledger, newest line first. @throws request.invalid for a cursor of another query */
export function ledgerOf(
  reader: Pick<Reader, 'list'>,
  userId: UserId,
  page: { readonly limit: number; readonly cursor: string | null },
): Promise<Page<PointsEntry>> {
  return reader.list(entries, { index: 'ofUser', where: { userId }, order: 'descending', ...page });
}

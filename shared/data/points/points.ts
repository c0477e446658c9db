/** The collections of points: the accounts, and the ledger whose entries they sum up. */
import type { PointsBook } from '../../domain/points/points.ts';
import type { Page, Reader, Tx } from '../../ports/database.ts';
import { DAY_MS, type TimeMs, type UserId } from '../../schemas/base.ts';
import { PointsAccount, PointsEntry } from '../../schemas/points/points.ts';
import { all, defineCollection, store } from '../collection.ts';

/** How long points from before expiry existed stay valid, from the account's last change: 366 days. */
const FIRST_LOT_MS = 366 * DAY_MS;

/** Upgrades version 1, in which an account was one number `balance`, negative for a debt. */
function upgradeAccount({ balance, ...doc }: Record<string, unknown>): unknown {
  const before = Number(balance);
  const expiresAtMs = Number(doc.updatedAtMs) + FIRST_LOT_MS;
  return {
    ...doc,
    available: Math.max(0, before),
    held: 0,
    debt: Math.max(0, -before),
    lots: before > 0 ? [{ expiresAtMs, remaining: before }] : [],
    nextExpiryAtMs: before > 0 ? expiresAtMs : null,
    checkIn: null,
    rewards: null,
  };
}

/** Upgrades version 1, in which an entry had only the change of the balance and the balance after it. */
function upgradeEntry({ delta, balanceAfter, ...doc }: Record<string, unknown>): unknown {
  const [by, after] = [Number(delta), Number(balanceAfter)];
  const available = Math.max(0, after) - Math.max(0, after - by);
  const house = doc.cause === 'adjustment' ? 'adjusted' : 'issued';
  const postings = [
    ['available', available],
    ['debt', by - available],
    [house, -by],
  ];
  return {
    ...doc,
    postings: postings.filter(([, amount]) => amount !== 0),
    availableAfter: Math.max(0, after),
    heldAfter: 0,
    debtAfter: Math.max(0, -after),
  };
}

/** Accounts, under their users' ids. `expiring` lists those with a lot that has expired. */
export const accounts = defineCollection({
  name: 'pointsAccounts',
  schema: PointsAccount,
  version: 2,
  upgrade: upgradeAccount,
  indexes: { expiring: { fields: ['nextExpiryAtMs'] } },
});

/** The ledger. The ids are derived from causes. */
export const entries = defineCollection({
  name: 'pointsEntries',
  schema: PointsEntry,
  version: 2,
  upgrade: upgradeEntry,
  indexes: {
    ofUser: { fields: ['userId', 'line'] },
    ofUserByTime: { fields: ['userId', 'createdAtMs', 'line'] },
    byTime: { fields: ['createdAtMs'] },
  },
});

/** The user's account; null when they never had points. */
export function findAccount(reader: Pick<Reader, 'find'>, userId: UserId): Promise<PointsAccount | null> {
  return reader.find(accounts, userId);
}

/** The ledger entry that this cause wrote, or null. */
export function findEntry(reader: Pick<Reader, 'find'>, id: string): Promise<PointsEntry | null> {
  return reader.find(entries, id);
}

/**
 * Stores the entries of a book together with its account; `before` is the stored account.
 * @throws DuplicateId when a cause was written before; the caller should have checked it
 */
export async function save(
  tx: Pick<Tx, 'insert' | 'update'>,
  before: PointsAccount | null,
  after: PointsBook,
): Promise<void> {
  const { account, entries: written } = after;
  if (written.length === 0) return;
  for (const entry of written) await tx.insert(entries, entry);
  await store(tx, accounts, before, account);
}

/** One page of a user's ledger, newest entry first. @throws request.invalid for a cursor of another query */
export function ledgerOf(
  reader: Pick<Reader, 'list'>,
  userId: UserId,
  page: { readonly limit: number; readonly cursor: string | null },
): Promise<Page<PointsEntry>> {
  return reader.list(entries, { index: 'ofUser', where: { userId }, order: 'descending', ...page });
}

/** The user's last entry before a moment, or null. */
export async function lastBefore(
  reader: Pick<Reader, 'list'>,
  userId: UserId,
  beforeMs: TimeMs,
): Promise<PointsEntry | null> {
  const { items } = await reader.list(entries, {
    index: 'ofUserByTime',
    where: { userId },
    range: { field: 'createdAtMs', below: beforeMs },
    order: 'descending',
    limit: 1,
    cursor: null,
  });
  return items[0] ?? null;
}

/** The user's entries of a period (`untilMs` exclusive), oldest first. */
export function entriesWithin(
  reader: Reader,
  userId: UserId,
  within: { readonly fromMs: TimeMs; readonly untilMs: TimeMs },
): AsyncGenerator<PointsEntry> {
  return all(reader, entries, {
    index: 'ofUserByTime',
    where: { userId },
    range: { field: 'createdAtMs', from: within.fromMs, below: within.untilMs },
    order: 'ascending',
    limit: 500,
  });
}

/** All accounts with a lot that has expired and is not written off, the longest past first. */
export function expiring(reader: Reader, now: TimeMs): AsyncGenerator<PointsAccount> {
  return all(reader, accounts, {
    index: 'expiring',
    where: {},
    range: { field: 'nextExpiryAtMs', below: now + 1 },
    order: 'ascending',
    limit: 100,
  });
}

/** All accounts whose next points end within a period, the earliest first. */
export function endingWithin(
  reader: Reader,
  within: { readonly from: TimeMs; readonly below: TimeMs },
): AsyncGenerator<PointsAccount> {
  const range = { field: 'nextExpiryAtMs', ...within };
  return all(reader, accounts, { index: 'expiring', where: {}, range, order: 'ascending', limit: 100 });
}

/** All entries written within a period, oldest first. */
export function writtenWithin(
  reader: Reader,
  within: { readonly from: TimeMs; readonly below: TimeMs },
): AsyncGenerator<PointsEntry> {
  const range = { field: 'createdAtMs', ...within };
  return all(reader, entries, { index: 'byTime', where: {}, range, order: 'ascending', limit: 500 });
}

/** All entries of at most 50 users, each user's in the order of writing. */
export function entriesOf(reader: Reader, userIds: readonly UserId[]): AsyncGenerator<PointsEntry> {
  const where = { userId: userIds };
  return all(reader, entries, { index: 'ofUser', where, order: 'ascending', limit: 500 });
}

/** The collection of orders, under the ids that clients made. */
import { fail } from '../../errors.ts';
import type { Page, Query, Reader, Tx } from '../../ports/database.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';
import { Order, type OrderState, type Rail } from '../../schemas/orders/order.ts';
import { all, defineCollection, startingWith, store } from '../collection.ts';

/**
 * Defaults for fields that version 1 lacked: orders did not come from mini-programs, and lines were not refunded
 * singly.
 */
const BEFORE_RAILS = { platform: 'web', lineRefunds: [], revoked: [], isHonoured: false };

/** Version 5 lacked by whose link the buyer had come. */
const BEFORE_SHARES = { touch: null };

/**
 * Defaults for fields of a line that version 2 lacked: the number of things to open, and the owned parts of a
 * bundle. Version 4 lacked the cover.
 */
const BEFORE_UNITS = { units: null, ownedParts: [], coverUrl: '' };
const upgradeLine = (line: Record<string, unknown>) => ({
  ...BEFORE_UNITS,
  ...line,
  shares: { ownedFen: 0, ...Object(line.shares) },
});

function upgrade(doc: Record<string, unknown>): unknown {
  const lines = Array.isArray(doc.lines) ? doc.lines : [];
  return { ...BEFORE_RAILS, ...BEFORE_SHARES, ...doc, lines: lines.map(upgradeLine) };
}

/** Stored orders. `byUser` lists a buyer's own, `due` those whose closing is due; the others are for staff. */
export const collection = defineCollection({
  name: 'orders',
  schema: Order,
  version: 6,
  upgrade,
  indexes: {
    byUser: { fields: ['userId', 'createdAtMs'] },
    byUserState: { fields: ['userId', 'state', 'createdAtMs'] },
    due: { fields: ['rail', 'state', 'closeNextAtMs'] },
    byState: { fields: ['state', 'createdAtMs'] },
    byTime: { fields: ['createdAtMs'] },
  },
});

/** The order, or null. */
export function find(reader: Pick<Reader, 'find'>, id: string): Promise<Order | null> {
  return reader.find(collection, id);
}

/** The order. @throws order.not_found */
export async function get(reader: Pick<Reader, 'find'>, id: string): Promise<Order> {
  const order = await find(reader, id);
  if (order === null) throw fail('order.not_found');
  return order;
}

/** The order if this user placed it. Somebody else's counts as not found. @throws order.not_found */
export async function getOwn(reader: Pick<Reader, 'find'>, id: string, userId: UserId): Promise<Order> {
  const order = await get(reader, id);
  if (order.userId !== userId) throw fail('order.not_found', { detail: 'of somebody else' });
  return order;
}

/** The existing orders among `ids` (at most 100). */
export function among(reader: Pick<Reader, 'findMany'>, ids: readonly string[]): Promise<Order[]> {
  return reader.findMany(collection, ids);
}

/** Stores a new order. */
export function insert(tx: Tx, order: Order): Promise<void> {
  return tx.insert(collection, order);
}

/** Stores an order's new state. */
export function save(tx: Tx, before: Order, after: Order): Promise<void> {
  return store(tx, collection, before, after);
}

/**
 * One page of a buyer's orders, newest first: all (null), or those in a state.
 * @throws request.invalid for a cursor of another query
 */
export function ofUser(
  reader: Reader,
  userId: UserId,
  asked: { readonly state: OrderState | null; readonly limit: number; readonly cursor: string | null },
): Promise<Page<Order>> {
  const { state, ...page } = asked;
  const by =
    state === null
      ? { index: 'byUser', where: { userId } }
      : { index: 'byUserState', where: { userId, state } };
  return reader.list(collection, { ...by, order: 'descending', ...page });
}

/** What staff look for: at most one of buyer and state, and a period in which it was placed. */
export interface OrderFilter {
  readonly userId?: UserId | undefined;
  readonly state?: OrderState | undefined;
  readonly fromAtMs?: TimeMs | undefined;
  /** Exclusive. */
  readonly untilAtMs?: TimeMs | undefined;
}

function queryOf({
  userId,
  state,
  fromAtMs,
  untilAtMs,
}: OrderFilter): Pick<Query, 'index' | 'where' | 'range'> {
  const from = fromAtMs === undefined ? {} : { from: fromAtMs };
  const below = untilAtMs === undefined ? {} : { below: untilAtMs };
  const isBounded = fromAtMs !== undefined || untilAtMs !== undefined;
  const range = isBounded ? { range: { field: 'createdAtMs', ...from, ...below } } : {};
  if (userId !== undefined) return { index: 'byUser', where: { userId }, ...range };
  if (state !== undefined) return { index: 'byState', where: { state }, ...range };
  return { index: 'byTime', where: {}, ...range };
}

/** One page of all orders, newest first. @throws request.invalid for a cursor of another query */
export function list(
  reader: Pick<Reader, 'list'>,
  filter: OrderFilter,
  page: { readonly limit: number; readonly cursor: string | null },
): Promise<Page<Order>> {
  return reader.list(collection, { ...queryOf(filter), order: 'descending', ...page });
}

/**
 * One page of the orders whose number begins with `start`, the highest number first.
 * @throws request.invalid for a cursor of another query
 */
export function numberedFrom(
  reader: Pick<Reader, 'list'>,
  start: string,
  page: { readonly limit: number; readonly cursor: string | null },
): Promise<Page<Order>> {
  const range = startingWith('id', start);
  return reader.list(collection, { index: 'id', where: {}, range, order: 'descending', ...page });
}

/**
 * One page of the orders of these users (at most 50), newest first.
 * @throws request.invalid for a cursor of another query
 */
export function ofUsers(
  reader: Pick<Reader, 'list'>,
  userIds: readonly UserId[],
  page: { readonly limit: number; readonly cursor: string | null },
): Promise<Page<Order>> {
  const where = { userId: userIds };
  return reader.list(collection, { index: 'byUser', where, order: 'descending', ...page });
}

/**
 * All orders of a rail whose closing is due, the longest due first: pending ones past their pay window, and closing
 * ones due for another try.
 */
export function dueOf(reader: Reader, rail: Rail, now: TimeMs): AsyncGenerator<Order> {
  return all(reader, collection, {
    index: 'due',
    where: { rail, state: ['pending', 'closing'] },
    range: { field: 'closeNextAtMs', below: now + 1 },
    order: 'ascending',
    limit: 100,
  });
}

/** All orders placed before `before` that are neither paid nor closed, oldest first. */
export function openSince(reader: Reader, before: TimeMs): AsyncGenerator<Order> {
  const range = { field: 'createdAtMs', below: before };
  const where = { state: ['pending', 'closing'] };
  return all(reader, collection, { index: 'byState', where, range, order: 'ascending', limit: 100 });
}

/** All orders placed within a period, oldest first. */
export function placedWithin(
  reader: Reader,
  within: { readonly from: TimeMs; readonly below: TimeMs },
): AsyncGenerator<Order> {
  const range = { field: 'createdAtMs', ...within };
  return all(reader, collection, { index: 'byTime', where: {}, range, order: 'ascending', limit: 500 });
}

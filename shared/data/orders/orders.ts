/** Orders, under the id their buyer's client made. */
import { fail } from '../../errors.ts';
import type { Page, Query, Reader, Tx } from '../../ports/database.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';
import { Order, type OrderState, type Rail } from '../../schemas/orders/order.ts';
import { all, defineCollection, store } from '../collection.ts';

/** What an order of version 1 was: of no mini-program, and never given back. */
const BEFORE_RAILS = { platform: 'web', lineRefunds: [], revoked: [], isHonoured: false };

/** What a line of version 2 did not say: how much there was to open, and which parts of a bundle were had before. */
const BEFORE_UNITS = { units: null, ownedParts: [] };
const upgradeLine = (line: Record<string, unknown>) => ({
  ...BEFORE_UNITS,
  ...line,
  shares: { ownedFen: 0, ...Object(line.shares) },
});

function upgrade(doc: Record<string, unknown>): unknown {
  const lines = Array.isArray(doc.lines) ? doc.lines : [];
  return { ...BEFORE_RAILS, ...doc, lines: lines.map(upgradeLine) };
}

/** Stored orders; `byUser` lists a buyer's own, `due` finds those whose closing is due, the others are for staff. */
export const collection = defineCollection({
  name: 'orders',
  schema: Order,
  version: 4,
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

/** The order, if it is this buyer's; somebody else's is as if it were not there. @throws order.not_found */
export async function getOwn(reader: Pick<Reader, 'find'>, id: string, userId: UserId): Promise<Order> {
  const order = await get(reader, id);
  if (order.userId !== userId) throw fail('order.not_found', { detail: 'of somebody else' });
  return order;
}

/** Those of these orders that there are, at most 100 asked for. */
export function among(reader: Pick<Reader, 'findMany'>, ids: readonly string[]): Promise<Order[]> {
  return reader.findMany(collection, ids);
}

/** Writes a new order. */
export function insert(tx: Tx, order: Order): Promise<void> {
  return tx.insert(collection, order);
}

/** Stores an order's new state. */
export function save(tx: Tx, before: Order, after: Order): Promise<void> {
  return store(tx, collection, before, after);
}

/**
 * One page of a buyer's orders, newest first: all of them (null), or those in a state.
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

/** What staff look for: at most one of whose and in what state, and when it was placed. */
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

/** One page of everybody's orders, newest first. @throws request.invalid for a cursor of another query */
export function list(
  reader: Pick<Reader, 'list'>,
  filter: OrderFilter,
  page: { readonly limit: number; readonly cursor: string | null },
): Promise<Page<Order>> {
  return reader.list(collection, { ...queryOf(filter), order: 'descending', ...page });
}

/** Every order of a rail that is to be closed now: pending past its window, or closing and due for another try; longest due first. */
export function dueOf(reader: Reader, rail: Rail, now: TimeMs): AsyncGenerator<Order> {
  return all(reader, collection, {
    index: 'due',
    where: { rail, state: ['pending', 'closing'] },
    range: { field: 'closeNextAtMs', below: now + 1 },
    order: 'ascending',
    limit: 100,
  });
}

/** Every order that was placed before a moment and is neither paid nor closed, the oldest first. */
export function openSince(reader: Reader, before: TimeMs): AsyncGenerator<Order> {
  const range = { field: 'createdAtMs', below: before };
  const where = { state: ['pending', 'closing'] };
  return all(reader, collection, { index: 'byState', where, range, order: 'ascending', limit: 100 });
}

/** Every order that was placed within a time, oldest first. */
export function placedWithin(
  reader: Reader,
  within: { readonly from: TimeMs; readonly below: TimeMs },
): AsyncGenerator<Order> {
  const range = { field: 'createdAtMs', ...within };
  return all(reader, collection, { index: 'byTime', where: {}, range, order: 'ascending', limit: 500 });
}

/** Every order there is, one buyer's after the other's. */
export function everyOne(reader: Reader): AsyncGenerator<Order> {
  return all(reader, collection, { index: 'byUser', where: {}, order: 'ascending', limit: 200 });
}

/** The collection of refunds, under the rail's refund numbers. */
import { fail } from '../../errors.ts';
import type { Page, Reader, Tx } from '../../ports/database.ts';
import type { PaidRail } from '../../ports/rail.ts';
import type { OrderId, TimeMs, UserId } from '../../schemas/base.ts';
import { Rail } from '../../schemas/orders/order.ts';
import { Refund, type RefundState } from '../../schemas/refunds/refund.ts';
import { all, defineCollection, store } from '../collection.ts';

/** Defaults for fields that version 1 lacked: it only had refunds of money that paid for nothing. */
const BEFORE_LINES = {
  platform: 'web',
  words: null,
  lines: [],
  approvals: [],
  approvalsNeeded: 0,
  rejected: null,
  pointsReturned: 0,
  pointsTaken: 0,
};

/** Upgrades version 1, in which every refund had already been approved. */
function fromAgreed(doc: Record<string, unknown>): Record<string, unknown> {
  const state = doc.state === 'requested' ? 'approved' : doc.state;
  return { ...BEFORE_LINES, ...doc, approvedAtMs: doc.requestedAtMs, state };
}

/** Stored refunds. `due` lists those that the rail has to be asked about, `ofUser` a buyer's own. */
export const collection = defineCollection({
  name: 'refunds',
  schema: Refund,
  version: 3,
  upgrade: (doc, fromVersion) => ({ userId: null, ...(fromVersion < 2 ? fromAgreed(doc) : doc) }),
  indexes: {
    due: { fields: ['syncNextAtMs'] },
    ofOrder: { fields: ['orderId', 'requestedAtMs'] },
    ofUser: { fields: ['userId', 'requestedAtMs'] },
    byState: { fields: ['state', 'requestedAtMs'] },
    byFinished: { fields: ['rail', 'finishedAtMs'] },
  },
});

/** The refund, or null. */
export function find(reader: Pick<Reader, 'find'>, id: string): Promise<Refund | null> {
  return reader.find(collection, id);
}

/** The refund. @throws refund.not_found */
export async function getAsked(reader: Pick<Reader, 'find'>, id: string): Promise<Refund> {
  const refund = await find(reader, id);
  if (refund === null) throw fail('refund.not_found');
  return refund;
}

/** The refund of a fact. @throws a plain Error when it is missing, because both are written together */
export async function get(reader: Pick<Reader, 'find'>, id: string): Promise<Refund> {
  const refund = await find(reader, id);
  if (refund === null) throw new Error(`there is no refund ${id}`);
  return refund;
}

/** Stores a new refund. */
export function insert(tx: Tx, refund: Refund): Promise<void> {
  return tx.insert(collection, refund);
}

/** Stores a refund's new state. */
export function save(tx: Tx, before: Refund, after: Refund): Promise<void> {
  return store(tx, collection, before, after);
}

/** All refunds of an order, newest first. A buyer who asks for many small refunds may have hundreds. */
export async function ofOrder(reader: Reader, orderId: OrderId): Promise<readonly Refund[]> {
  const query = { index: 'ofOrder', where: { orderId }, order: 'descending', limit: 100 } as const;
  const found: Refund[] = [];
  for await (const refund of all(reader, collection, query)) found.push(refund);
  return found;
}

/** All refunds of at most 50 orders. */
export function ofOrders(reader: Reader, orderIds: readonly OrderId[]): AsyncGenerator<Refund> {
  return all(reader, collection, {
    index: 'ofOrder',
    where: { orderId: orderIds },
    order: 'ascending',
    limit: 200,
  });
}

/** One page of a buyer's refunds, newest first. @throws request.invalid for a cursor of another query */
export function ofUser(
  reader: Pick<Reader, 'list'>,
  userId: UserId,
  page: { readonly limit: number; readonly cursor: string | null },
): Promise<Page<Refund>> {
  return reader.list(collection, { index: 'ofUser', where: { userId }, order: 'descending', ...page });
}

/** One page of the refunds in a state, oldest first. @throws request.invalid for a cursor of another query */
export function inState(
  reader: Pick<Reader, 'list'>,
  state: RefundState,
  page: { readonly limit: number; readonly cursor: string | null },
): Promise<Page<Refund>> {
  return reader.list(collection, { index: 'byState', where: { state }, order: 'ascending', ...page });
}

/** All approved refunds that the rail has not accepted yet, the earliest requested first. */
export function approved(reader: Reader): AsyncGenerator<Refund> {
  const where = { state: 'approved' };
  return all(reader, collection, { index: 'byState', where, order: 'ascending', limit: 100 });
}

/** All refunds about which the rail must be asked now, the longest overdue first. */
export function due(reader: Reader, now: TimeMs): AsyncGenerator<Refund> {
  return all(reader, collection, {
    index: 'due',
    where: {},
    range: { field: 'syncNextAtMs', from: 0, below: now + 1 },
    order: 'ascending',
    limit: 100,
  });
}

/** All refunds of a rail that ended within a period, oldest first. */
export function finishedWithin(
  reader: Reader,
  rail: PaidRail,
  within: { readonly from: TimeMs; readonly below: TimeMs },
): AsyncGenerator<Refund> {
  const range = { field: 'finishedAtMs', ...within };
  return all(reader, collection, {
    index: 'byFinished',
    where: { rail },
    range,
    order: 'ascending',
    limit: 200,
  });
}

/** The states of an unfinished refund. */
const OPEN_STATES = ['requested', 'approved', 'processing'] as const satisfies readonly RefundState[];

/**
 * All refunds of a period: those that ended in it, and unfinished ones requested in it. Example: a refund requested
 * in December and paid in January belongs to January.
 */
export async function* movedWithin(
  reader: Reader,
  within: { readonly from: TimeMs; readonly below: TimeMs },
): AsyncGenerator<Refund> {
  const page = { order: 'ascending', limit: 500 } as const;
  const asked = { field: 'requestedAtMs', ...within };
  yield* all(reader, collection, { index: 'byState', where: { state: OPEN_STATES }, range: asked, ...page });
  const ended = { field: 'finishedAtMs', ...within };
  yield* all(reader, collection, {
    index: 'byFinished',
    where: { rail: Rail.options },
    range: ended,
    ...page,
  });
}

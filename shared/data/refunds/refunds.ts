/** Refunds, under the number the rail knows them by. */
import { fail } from '../../errors.ts';
import type { Page, Reader, Tx } from '../../ports/database.ts';
import type { PaidRail } from '../../ports/rail.ts';
import type { OrderId, TimeMs, UserId } from '../../schemas/base.ts';
import { Rail } from '../../schemas/orders/order.ts';
import { Refund, type RefundState } from '../../schemas/refunds/refund.ts';
import { all, defineCollection, store } from '../collection.ts';

/** What a refund of version 1 was: of money that had paid for nothing. */
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

/** Before version 2 every refund had been agreed to. */
function fromAgreed(doc: Record<string, unknown>): Record<string, unknown> {
  const state = doc.state === 'requested' ? 'approved' : doc.state;
  return { ...BEFORE_LINES, ...doc, approvedAtMs: doc.requestedAtMs, state };
}

/** Stored refunds; `due` finds those the rail has to be asked about, `ofUser` a buyer's own. */
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

/** The refund of a fact that was told. @throws a plain Error when it is missing: they are written together. */
export async function get(reader: Pick<Reader, 'find'>, id: string): Promise<Refund> {
  const refund = await find(reader, id);
  if (refund === null) throw new Error(`there is no refund ${id}`);
  return refund;
}

/** Writes a new refund. */
export function insert(tx: Tx, refund: Refund): Promise<void> {
  return tx.insert(collection, refund);
}

/** Stores a refund's new state. */
export function save(tx: Tx, before: Refund, after: Refund): Promise<void> {
  return store(tx, collection, before, after);
}

/** All refunds of an order, newest first: who asks for little, again and again, has hundreds. */
export async function ofOrder(reader: Reader, orderId: OrderId): Promise<readonly Refund[]> {
  const query = { index: 'ofOrder', where: { orderId }, order: 'descending', limit: 100 } as const;
  const found: Refund[] = [];
  for await (const refund of all(reader, collection, query)) found.push(refund);
  return found;
}

/** One page of a buyer's refunds, newest first. @throws request.invalid for a cursor of another query */
export function ofUser(
  reader: Pick<Reader, 'list'>,
  userId: UserId,
  page: { readonly limit: number; readonly cursor: string | null },
): Promise<Page<Refund>> {
  return reader.list(collection, { index: 'ofUser', where: { userId }, order: 'descending', ...page });
}

/** One page of the refunds in a state, the oldest first. @throws request.invalid for a cursor of another query */
export function inState(
  reader: Pick<Reader, 'list'>,
  state: RefundState,
  page: { readonly limit: number; readonly cursor: string | null },
): Promise<Page<Refund>> {
  return reader.list(collection, { index: 'byState', where: { state }, order: 'ascending', ...page });
}

/** Every refund that was agreed to, and that the rail has not taken yet; the longest asked for first. */
export function approved(reader: Reader): AsyncGenerator<Refund> {
  const where = { state: 'approved' };
  return all(reader, collection, { index: 'byState', where, order: 'ascending', limit: 100 });
}

/** Every refund the rail is to be asked about now, longest due first. */
export function due(reader: Reader, now: TimeMs): AsyncGenerator<Refund> {
  return all(reader, collection, {
    index: 'due',
    where: {},
    range: { field: 'syncNextAtMs', from: 0, below: now + 1 },
    order: 'ascending',
    limit: 100,
  });
}

/** Every refund of a rail that came to its end within a time, the oldest first. */
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

/** Those of these refunds that there are, at most 100 asked for. */
export function findMany(reader: Pick<Reader, 'findMany'>, ids: readonly string[]): Promise<Refund[]> {
  return reader.findMany(collection, ids);
}

/** The states of a refund that has not come to an end. */
const OPEN_STATES = ['requested', 'approved', 'processing'] as const satisfies readonly RefundState[];

/**
 * Every refund of a time: those that came to their end within it, and those without an end that were asked for within
 * it. A refund that was asked for in December and paid back in January is one of January.
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
